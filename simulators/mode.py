"""What a treadmill is about."""

from enum import Enum


class Mode(Enum):
    STANDBY = "standby"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"

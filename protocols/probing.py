"""What a commissioning asks of a machine: single acts, each sent as it is and when it is asked.

A walk never asks so. Its orders are levels, and a driver decides what to write and when.
"""

from enum import Enum
from typing import NamedTuple


class Ask(Enum):
    """One act. The last two are the link's own."""

    CONTROL = "control"
    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    SPEED = "speed"
    LEAVE = "leave"
    """Drop the link, and let the machine notice."""
    RETURN = "return"


class Asked(NamedTuple):
    """`units`: the set-point of SPEED in the machine's own; `after_s`: when, counted from now."""

    what: Ask
    units: int = 0
    after_s: float = 0.0


class Answer(NamedTuple):
    """What the machine said to an act, and when that was heard (monotonic, s)."""

    what: Ask
    accepted: bool
    at_s: float

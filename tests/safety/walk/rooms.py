"""The rooms that are walked: limits and machines as different as they come."""

from dataclasses import replace

from controller.safety.limits import FLOOR, HARD, Limits
from protocols.belt import SpeedGrid
from tests.safety.walk.letters import Room

WALKING_PAD = SpeedGrid(minimum=50, maximum=600, increment=10, units_per_mps=360.0)
FINE = SpeedGrid(minimum=10, maximum=2000, increment=1, units_per_mps=360.0)
COARSE = SpeedGrid(minimum=40, maximum=320, increment=40, units_per_mps=360.0)
HASTY = replace(
    FLOOR,
    cap_mps=0.3,
    start_mps=0.2,
    ramp_up_mps2=0.1,
    jerk_up_mps3=0.2,
    step_mps=0.05,
    rise_per_minute_mps=0.2,
    grace_factor=0.5,
    one_hand_hold_s=0.5,
)
"""Every timer as short as it may be, so that each of them runs out."""
ROOMS = (
    Room("a walking pad", Limits(), WALKING_PAD),
    Room("short timers, fine steps", HASTY, FINE),
    Room("the widest limits, coarse steps", HARD, COARSE),
    Room("half a mile an hour, fine steps", replace(Limits(), cap_mps=0.25, start_mps=0.1), FINE),
)

"""A session in the middle of a steady walk, as a value: where each trial begins."""

from controller.ramp import Ramp
from controller.safety.belt_watch import BeltWatch
from controller.safety.evidence import Hands
from controller.safety.gate import Envelope
from controller.safety.mark import Mark
from controller.safety.monitors import Monitors
from controller.safety.view import Phase
from controller.step import State
from protocols.belt import BeltOrder, Level

SPEED_UNITS = 140
"""1.4 km/h, on the grid, below the cap of 1 mph."""
SPEED_MPS = SPEED_UNITS / 360
WALKED_S = 10.0


def walking(now_s: float) -> State:
    """Steady at `SPEED_MPS` for ten seconds, both hands on the rails, this turn just over.

    Armed now, so that no event of an earlier trial counts in this one.
    """
    began_s = now_s - WALKED_S
    return State(
        phase=Phase.WALKING,
        since_s=began_s,
        monitors=Monitors(
            turn_at_s=now_s,
            hands=Hands(left=True, right=True),
            both_since_s=began_s,
            seen_released=True,
            proven=True,
            moved_at_s=began_s,
            belt=BeltWatch(probed=True),
        ),
        envelope=Envelope(SPEED_MPS, now_s, now_s),
        ramp=Ramp(SPEED_MPS),
        ceiling_mps=SPEED_MPS,
        armed_at_s=now_s,
        confirmed_at_s=now_s,
    )


def kept() -> Mark:
    """What the disk says meanwhile."""
    return Mark(moving=True)


def order(now_s: float) -> BeltOrder:
    """What that turn asked of the belt."""
    return BeltOrder(Level.RUN, SPEED_MPS, now_s)

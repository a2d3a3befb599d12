"""How far the grip unit is to be believed: lines that were damaged, signals that disagree."""

from typing import NamedTuple

from controller.safety.duration import since
from protocols.grip import GripFrame, GripReport

TOUCH_N = 1.0
"""A hand said to hold with less force than this does not hold."""
GRASP_N = 20.0
"""A hand said to be off with more force than this is not off; a resting hold is 5 to 50 N."""
DAMAGED = 3
"""So many damaged lines within a second are a fault of the wire."""


class GripWatch(NamedTuple):
    """`rejected`: the parser's count when last seen; `damaged_at_s`: when the last lines were
    damaged, oldest first; `disagrees_since_s`: since when force and contact contradict."""

    rejected: int = 0
    damaged_at_s: tuple[float, ...] = ()
    disagrees_since_s: float | None = None


def watch(before: GripWatch, grip: GripReport, now_s: float) -> GripWatch:
    """The watch after one more turn. The count begins anew with each connection."""
    damaged = grip.rejected - before.rejected
    damaged_at_s = before.damaged_at_s
    if damaged > 0:
        damaged_at_s = (*damaged_at_s, *(now_s,) * min(damaged, DAMAGED))[-DAMAGED:]
    disagrees_since_s = since(before.disagrees_since_s, _disagrees(grip.frame), now_s)
    return GripWatch(grip.rejected, damaged_at_s, disagrees_since_s)


def holds(held: bool, force_n: float | None) -> bool:
    """Of contact and force, the more dangerous one counts (S17)."""
    return held and (force_n is None or force_n >= TOUCH_N)


def _disagrees(frame: GripFrame) -> bool:
    return _contradicts(frame.left_held, frame.left_force_n) or _contradicts(
        frame.right_held, frame.right_force_n
    )


def _contradicts(held: bool, force_n: float | None) -> bool:
    """A force that is no number contradicts."""
    agrees = force_n is None or (force_n >= TOUCH_N if held else force_n <= GRASP_N)
    return not agrees

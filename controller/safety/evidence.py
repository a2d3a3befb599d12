"""Everything known at one turn, with its age. A default `Evidence()` opens every interlock.

Absence is a fault: a field that nobody filled means that the thing is not there.
"""

import math
from dataclasses import field
from typing import NamedTuple

from controller.safety.grip_watch import holds
from controller.safety.mark import Mark
from protocols.belt import BeltReport
from protocols.grip import GripReport
from protocols.value import value


@value
class Evidence:
    """What the drivers, the guard, the desk and the journal have told, as of this turn.

    Times are local monotonic seconds. `console_seen_at_s`: a signed-in supervisor's page was
    alive; `guard_seen_at_s`: the guard's pulse was heard; `journal_ok`: the session is recorded;
    `awake_since_s`: the computer has not been suspended since; `kept`: the mark on the disk.
    `relay_ok`: the relay that holds the safety circuit is closed, or none is fitted;
    `commissioned`: this very machine was measured and passed. `witness_mps`, `witness_at_s`: the
    belt's speed as a second sensor has it; `witness_due`: there should be one. `heart_rate_bpm`,
    `heart_rate_at_s`: as a strap that is worn told it last.
    """

    belt: BeltReport = field(default_factory=BeltReport)
    grip: GripReport = field(default_factory=GripReport)
    guard_seen_at_s: float | None = None
    console_seen_at_s: float | None = None
    journal_ok: bool = False
    awake_since_s: float | None = None
    kept: Mark | None = None
    relay_ok: bool = False
    commissioned: bool = False
    witness_mps: float | None = None
    witness_at_s: float | None = None
    witness_due: bool = False
    heart_rate_bpm: int | None = None
    heart_rate_at_s: float | None = None


def age_s(seen_at_s: float | None, now_s: float) -> float:
    """Seconds since a sighting; infinite for none, for one from the future, and for no number."""
    if seen_at_s is None or not seen_at_s <= now_s:
        return math.inf
    return now_s - seen_at_s


class Hands(NamedTuple):
    """Which hands are known to hold, now. Silence is release."""

    left: bool = False
    right: bool = False

    @property
    def both(self) -> bool:
        return self.left and self.right

    @property
    def any(self) -> bool:
        return self.left or self.right


def grip_fresh(evidence: Evidence, stale_s: float, now_s: float) -> bool:
    """A frame has come, and its sequence moved, within `stale_s`."""
    return age_s(evidence.grip.advanced_at_s, now_s) <= stale_s


def hands(evidence: Evidence, stale_s: float, now_s: float) -> Hands:
    """The hands a fresh frame vouches for; none without one."""
    if not grip_fresh(evidence, stale_s, now_s):
        return Hands()
    frame = evidence.grip.frame
    return Hands(
        holds(frame.left_held, frame.left_force_n), holds(frame.right_held, frame.right_force_n)
    )

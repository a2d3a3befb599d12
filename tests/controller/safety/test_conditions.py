"""At its figure, to the last bit, each condition is what its row promises."""

from dataclasses import replace
from typing import Any

import pytest

from controller.safety import conditions
from controller.safety.conditions import Condition
from controller.safety.grip_watch import DAMAGED, GripWatch
from tests.controller.bedside import LIMITS, PROVEN, look

BEGAN_S = 0.0
"""Times that begin here are exact: nothing is lost in the subtraction."""


def at(seconds: float, **monitors: Any) -> Any:
    """A view of a walk in which everything named began so long ago."""
    return look(now_s=seconds, since_s=BEGAN_S, confirmed_at_s=BEGAN_S, monitors=monitors)


SINCE: dict[str, tuple[Condition, float, dict[str, Any], bool]] = {
    "both_held": (conditions.both_held, 2.0, {"both_since_s": 0.0}, True),
    "regripping": (conditions.regripping, 1.0, {"both_since_s": 0.0}, False),
    "prompted": (conditions.one_hand_prompted, 1.0, {"one_hand_since_s": 0.0}, True),
    "held back": (
        conditions.one_hand_held_back, LIMITS.one_hand_hold_s, {"one_hand_since_s": 0.0}, True,
    ),
    "too long": (
        conditions.one_hand_too_long, LIMITS.one_hand_stop_s, {"one_hand_since_s": 0.0}, True,
    ),
    "disagrees": (
        conditions.grip_disagrees, 0.3, {"grip": replace(GripWatch(), disagrees_since_s=0.0)}, True,
    ),
    "garbled": (
        conditions.grip_garbled, 1.0,
        {"grip": replace(GripWatch(), damaged_at_s=(0.0,) * DAMAGED)}, True,
    ),
    "overspeed": (conditions.overspeed, LIMITS.overspeed_s, {"overspeed_since_s": 0.0}, True),
    "mismatch": (conditions.mismatch, LIMITS.mismatch_s, {"mismatch_since_s": 0.0}, True),
    "units": (
        conditions.units_wrong, 6.0,
        {"moved_at_s": 0.0, "belt": replace(PROVEN, probed=False)}, True,
    ),
    "unresponsive": (
        conditions.unresponsive, LIMITS.response_s,
        {"belt": replace(PROVEN, excess_since_s=0.0)}, True,
    ),
    "did not start": (
        conditions.did_not_start, LIMITS.start_patience_s, {"moved_at_s": None}, False,
    ),
    "not confirmed": (conditions.not_confirmed, LIMITS.confirm_s, {}, False),
    "no grace": (conditions.grace_spent, 1.0, {"grace_left": 0.0}, True),
    "late": (conditions.turn_late, 1.0, {"late_s": LIMITS.turn_late_s}, False),
    "lost": (conditions.turn_lost, 1.0, {"late_s": LIMITS.turn_lost_s}, False),
}  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "after_s", "monitors", "open_then"), SINCE.values(), ids=SINCE
)
def test_at_its_figure_a_condition_is_exact(
    condition: Condition, after_s: float, monitors: dict[str, Any], open_then: bool
) -> None:
    assert condition(at(after_s, **monitors)) is open_then


def test_nobody_holds_back_a_hand_that_is_not_alone() -> None:
    view = replace(at(1.0, one_hand_since_s=None), limits=replace(LIMITS, one_hand_hold_s=0.0))
    assert not conditions.one_hand_held_back(view)

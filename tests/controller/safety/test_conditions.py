"""At its figure, to the last bit, each condition is what its row promises."""

from dataclasses import replace
from typing import Any

import pytest

from controller.safety import conditions
from controller.safety.conditions import Condition
from controller.safety.grip_watch import DAMAGED, GripWatch
from controller.safety.mark import Mark
from controller.sightings import Sightings
from protocols.belt import Control, SpeedGrid
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
        conditions.grip_disagrees, 0.3, {"grip": GripWatch()._replace(disagrees_since_s=0.0)}, True,
    ),
    "garbled": (
        conditions.grip_garbled, 1.0,
        {"grip": GripWatch()._replace(damaged_at_s=(0.0,) * DAMAGED)}, True,
    ),
    "overspeed": (conditions.overspeed, LIMITS.overspeed_s, {"overspeed_since_s": 0.0}, True),
    "mismatch": (conditions.mismatch, LIMITS.mismatch_s, {"mismatch_since_s": 0.0}, True),
    "units": (
        conditions.units_wrong, 6.0,
        {"moved_at_s": 0.0, "belt": PROVEN._replace(probed=False)}, True,
    ),
    "unresponsive": (
        conditions.unresponsive, LIMITS.response_s,
        {"belt": PROVEN._replace(excess_since_s=0.0)}, True,
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


EXACT = 8.0
"""Now, in the cases below: times and their differences are exact there."""


def told(now_s: float = EXACT, **belt: Any) -> Any:
    """A walk that was armed at 0 s, and what its machine told."""
    return look(now_s=now_s, armed_at_s=0.0, belt={"reported_at_s": now_s, **belt})


def heard(**other: Any) -> Any:
    return look(now_s=EXACT, armed_at_s=0.0, other=other)


older = conditions.belt_older_than(lambda limits: limits.belt_hold_s)
answers_late = conditions.unanswered(lambda limits: limits.answer_s)
key_pulled = conditions.happened(lambda belt: belt.safety_key_at_s)
key_settled = conditions.settled(lambda belt: belt.safety_key_at_s)
HOLD_S, ANSWER_S = LIMITS.belt_hold_s, LIMITS.answer_s
SINCE_TOLD: dict[str, tuple[Condition, Any, bool]] = {
    "a report of just that age": (older, told(reported_at_s=EXACT - HOLD_S), False),
    "a report from the future": (older, told(reported_at_s=EXACT + 0.5), True),
    "moves, told so long ago": (
        conditions.moves, told(reported_at_s=EXACT - HOLD_S, speed_mps=0.3), True,
    ),
    "moves, told in the future": (
        conditions.moves, told(reported_at_s=EXACT + 0.5, speed_mps=0.3), False,
    ),
    "has no speed to tell of": (conditions.moves, told(speed_mps=None), False),
    "the witness, at its figure": (
        conditions.witness_disagrees, at(conditions.WITNESS_S, witness_since_s=0.0), False,
    ),
    "frozen for just so long": (
        conditions.frozen,
        told(speed_mps=0.3, elapsed_s=7, repeats=3, changed_at_s=EXACT - 2.5),
        True,
    ),
    "unanswered for just so long": (
        answers_late, told(unanswered_since_s=EXACT - ANSWER_S), False,
    ),
    "awake since it was armed": (conditions.suspended, heard(awake_since_s=0.0), False),
    "the key, when it was armed": (key_pulled, told(safety_key_at_s=0.0), True),
    "the key, just now": (key_pulled, told(safety_key_at_s=EXACT), True),
    "the key, settled": (key_settled, told(safety_key_at_s=EXACT - 2.0), True),
    "the guard, at its figure": (
        conditions.guard_silent, heard(guard_seen_at_s=EXACT - LIMITS.guard_silent_s), False,
    ),
    "the console, at its figure": (
        conditions.console_lost, heard(console_seen_at_s=EXACT - LIMITS.console_silent_s), False,
    ),
    "moved, though it took its time": (
        conditions.did_not_start, at(LIMITS.start_patience_s + 1.0, moved_at_s=0.5), False,
    ),
    "no mark is known": (conditions.not_marked, heard(kept=None), True),
    "marked as at rest": (conditions.not_marked, heard(kept=Mark(moving=False)), True),
    "marked as moving": (conditions.not_marked, heard(kept=Mark(moving=True)), False),
    "control that is refused to a belt that moves": (
        conditions.control_lost, told(control=Control.REFUSED), True,
    ),
    "control that nobody has while the belt moves": (
        conditions.control_lost, told(control=Control.NONE), False,
    ),
    "an incline that was never told": (conditions.incline_moved, told(inclination_pct=None), False),
}  # fmt: skip


@pytest.mark.parametrize(("condition", "view", "open_then"), SINCE_TOLD.values(), ids=SINCE_TOLD)
def test_at_its_figure_a_report_is_exact(condition: Condition, view: Any, open_then: bool) -> None:
    assert condition(view) is open_then


@pytest.mark.parametrize(("more_s", "slept"), [(0.25, False), (-0.25, False), (0.26, True)])
def test_clocks_that_part_by_more_than_a_quarter_of_a_second_tell_of_sleep(
    more_s: float, slept: bool
) -> None:
    seen = Sightings()
    seen.slept(1.0, 10.0)
    seen.slept(1.0 + more_s, 20.0)
    assert seen.awake_since_s == (20.0 if slept else 10.0)


@pytest.mark.parametrize(("grid", "climb_s"), [(None, 0.0), (SpeedGrid(8, 64, 1, 64.0), 2.5)])
def test_a_belt_has_its_patience_from_the_lowest_speed_on(
    grid: SpeedGrid | None, climb_s: float
) -> None:
    for more_s, open_then in ((0.0, False), (1e-3, True)):
        view = look(
            belt={"grid": grid},
            monitors={"moved_at_s": None},
            now_s=LIMITS.start_patience_s + climb_s + more_s,
            since_s=BEGAN_S,
        )
        assert conditions.did_not_start(view) is open_then


@pytest.mark.parametrize(
    ("at_s", "armed_at_s", "open_then"),
    [
        (None, 0.0, False),
        (3.49, 0.0, False),
        (3.5, 0.0, True),
        (3.74, 3.75, False),
        (3.75, 3.75, True),
        (EXACT, 0.0, True),
        (EXACT + 0.01, 0.0, False),
    ],
)
def test_what_happens_in_a_phase_is_told_in_it_or_on_its_eve(
    at_s: float | None, armed_at_s: float, open_then: bool
) -> None:
    told_of = conditions.happens(lambda belt: belt.console_stop_at_s)
    belt = {"console_stop_at_s": at_s}
    view = look(belt=belt, now_s=EXACT, since_s=4.0, armed_at_s=armed_at_s)
    assert told_of(view) is open_then

"""A trip stays until the cause is gone, the belt rests, and only then a supervisor resets."""

import pytest

from controller.safety import latch, rest
from controller.safety.latch import Latch
from controller.safety.view import Phase
from controller.session.commands import Role, Verb
from protocols.grip import GripReport
from tests.controller.bedside import NOW_S, Story, look

REST = "The belt must be at rest for 2 seconds."


def test_a_cause_must_be_absent_for_two_seconds() -> None:
    held = Latch("tether", NOW_S - 9.0, clear_since_s=NOW_S - 1.99)
    assert latch.missing(held, look(Phase.LATCHED)) == ("Clip the pull-cord on again.",)
    held = Latch("tether", NOW_S - 9.0, clear_since_s=NOW_S - 2.0)
    assert latch.missing(held, look(Phase.LATCHED)) == ()


def test_two_seconds_of_rest_are_enough() -> None:
    held = Latch("stop_pressed", NOW_S - 9.0, clear_since_s=NOW_S - 9.0)
    assert latch.missing(held, look(Phase.LATCHED, belt={"rest_since_s": NOW_S - 2.0})) == ()


def test_absence_is_counted_from_the_first_turn_without_the_cause() -> None:
    held = latch.watch(Latch("tether", NOW_S), look(Phase.LATCHED))
    assert held.clear_since_s == NOW_S
    heard = {"received_at_s": NOW_S + 1, "advanced_at_s": NOW_S + 1}
    later = look(Phase.LATCHED, other=heard, now_s=NOW_S + 1)
    assert latch.watch(held, later).clear_since_s == NOW_S


@pytest.mark.parametrize("cause", ["fall", "tether"])
def test_a_unit_that_says_nothing_any_more_clears_nothing(cause: str) -> None:
    assert latch.watch(Latch(cause, NOW_S), look(Phase.LATCHED)).clear_since_s == NOW_S
    gone = look(Phase.LATCHED, other={"grip": GripReport()})
    assert latch.watch(Latch(cause, NOW_S), gone).clear_since_s is None


def test_a_belt_that_its_own_sensor_sees_run_is_not_at_rest() -> None:
    held = Latch("fall", NOW_S - 9.0, clear_since_s=NOW_S - 9.0)
    for witness_mps, rests in ((0.2, True), (0.21, False), (float("nan"), False)):
        seen = {"witness_mps": witness_mps, "witness_at_s": NOW_S}
        missing = latch.missing(held, look(Phase.LATCHED, other=seen))
        assert missing == (() if rests else (rest.REST[1][1],))


def test_a_cause_that_comes_back_starts_the_count_anew() -> None:
    held = Latch("tether", NOW_S - 9.0, clear_since_s=NOW_S - 1.0)
    assert latch.watch(held, look(Phase.LATCHED, frame={"tether": False})).clear_since_s is None


@pytest.mark.parametrize(
    "belt",
    [
        {"rest_since_s": NOW_S - 1.99},
        {"rest_since_s": None},
        {"rest_since_s": float("nan")},
        {"reported_at_s": NOW_S - 2.6},
        {"reported_at_s": None},
    ],
    ids=str,
)
def test_the_belt_must_be_freshly_seen_at_rest_for_two_seconds(belt: dict[str, float]) -> None:
    held = Latch("stop_pressed", NOW_S - 9.0, clear_since_s=NOW_S - 9.0)
    assert latch.missing(held, look(Phase.LATCHED, belt=belt)) == (REST,)


def test_it_knows_the_row_of_its_cause() -> None:
    assert Latch("fall", NOW_S).row.sentence == "The fall sensor reported a fall."


def test_a_session_stopped_by_a_released_rail_is_reset_only_after_a_regrip() -> None:
    story = Story().walking().release()
    story.wait(5.0)
    assert (story.phase, story.cause) == (Phase.LATCHED, "grip_released")
    refused = story.ask(Verb.RESET)
    assert refused.reason == "Both hands must hold the rails for 2 seconds."
    assert story.phase is Phase.LATCHED

    story.hold().wait(1.9)
    assert not story.ask(Verb.RESET).accepted
    story.wait(2.2)
    story.must(Verb.RESET)
    assert (story.phase, story.cause) == (Phase.IDLE, None)


def test_a_reset_is_no_motion_and_leads_no_further_than_idle() -> None:
    story = Story().latched()
    story.must(Verb.RESET)
    story.wait(30.0)
    assert story.phase is Phase.IDLE
    assert story.belt_mps == 0


def test_a_reset_pressed_all_the_while_does_nothing_before_its_time() -> None:
    """Anti-tie-down: each press is judged by itself (F90)."""
    story = Story().walking()
    story.frame["tether"] = False
    for _ in range(100):
        assert not story.ask(Verb.RESET).accepted
    assert story.phase is Phase.LATCHED
    story.frame.clear()
    presses = [story.ask(Verb.RESET).accepted for _ in range(45)]
    assert presses.index(True) * 0.05 == pytest.approx(2.0, abs=0.051)


def test_nobody_but_a_supervisor_resets() -> None:
    story = Story().latched()
    answer = story.ask(Verb.RESET, Role.ANYONE)
    assert answer.reason == "Only a signed-in supervisor may do that."
    assert story.phase is Phase.LATCHED

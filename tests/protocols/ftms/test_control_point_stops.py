"""Stop on a hand-moved clock: it overtakes, is stated until rest is proven, and is not resumed."""

from dataclasses import replace

import pytest

from protocols.belt import PERMIT_S, REST_PROOF_S, BeltReport, Level
from protocols.ftms.control_point import ANSWER_LIMIT_S, RAISE_SPACING_S, ControlPoint
from protocols.ftms.procedures import OpCode
from tests.protocols.ftms.point_story import FAILED, GRID, START, STOP, TURN_S, Story, speed


def test_stop_overtakes_an_unanswered_set_point(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.RUN, 120)
    assert story.after(RAISE_SPACING_S + TURN_S) == [speed(120)]
    story.order_to(Level.STOP)
    assert story.turn() == STOP


def test_the_late_answer_to_an_overtaken_set_point_ends_nothing(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.RUN, 120)
    story.after(RAISE_SPACING_S + TURN_S)
    story.order_to(Level.STOP)
    assert story.turn() == STOP
    story.answer(OpCode.SET_TARGET_SPEED, FAILED)
    story.point.write_failed(OpCode.SET_TARGET_SPEED)
    assert (story.point.foreign_answers, story.point.refusals) == (1, 0)
    story.order_to(Level.RUN, 120)
    assert story.after(ANSWER_LIMIT_S - 0.2) == []


@pytest.mark.parametrize("answered", [True, False])
def test_stop_is_re_stated_within_250_ms_for_as_long_as_the_belt_moves(
    story: Story, answered: bool
) -> None:
    story.walk(100)
    story.order_to(Level.STOP)
    story.written_at_s.clear()
    for _ in range(5000):
        if story.turn() == STOP and answered:
            story.answer(OpCode.STOP_OR_PAUSE)
    gaps = [b - a for a, b in zip(story.written_at_s, story.written_at_s[1:], strict=False)]
    assert max(gaps) <= 0.25
    assert story.written_at_s[-1] > story.now_s - 0.25
    assert story.point.first_stop_at_s == story.written_at_s[0]


def test_stop_is_re_stated_until_rest_has_lasted_a_second_and_then_no_more(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.STOP)
    story.after(1.0)
    story.belt_mps = 0.0
    rested_s = story.now_s + TURN_S
    assert set(story.after(REST_PROOF_S + TURN_S)) == {STOP}
    assert rested_s + REST_PROOF_S - 0.25 <= story.written_at_s[-1] <= rested_s + REST_PROOF_S
    assert story.after(60.0) == []
    assert story.point.set_units == 0


def test_a_glitch_to_zero_is_no_rest(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.STOP)
    for _ in range(10):
        story.belt_mps = 0.0
        story.after(0.5)
        story.belt_mps = 0.2
        story.after(0.1)
    assert STOP in story.after(0.25)


def test_silence_is_no_rest(story: Story) -> None:
    story.walk(100)
    story.belt_mps = 0.0
    story.after(0.2)
    story.belt_mps = None
    story.order_to(Level.STOP)
    assert STOP in story.after(10.0)
    assert STOP in story.after(0.25)


def test_rest_seen_before_the_stop_was_written_does_not_prove_it(story: Story) -> None:
    """A belt in its countdown has long been at rest, and is about to move."""
    story.ready()
    story.order_to(Level.RUN, 100)
    assert story.turn() == START
    story.order_to(Level.STOP)
    assert set(story.after(REST_PROOF_S)) == {STOP}
    assert story.after(5.0) == []


def test_a_belt_that_falls_silent_in_its_countdown_is_not_at_rest(story: Story) -> None:
    """Its last word is of after the Stop, which may not have reached it any more."""
    story.ready()
    story.order_to(Level.RUN, 100)
    assert story.turn() == START
    assert story.point.motion_asked
    story.order_to(Level.STOP)
    story.after(0.5)
    story.belt_mps = None
    assert STOP in story.after(10.0)[-2:]
    assert story.point.motion_asked
    story.belt_mps = 0.0
    story.after(REST_PROOF_S + 2 * TURN_S)
    assert not story.point.motion_asked


def test_a_rest_that_somebody_else_doubts_is_none(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.STOP)
    story.order = replace(story.order, doubted=True)
    story.belt_mps = 0.0
    assert STOP in story.after(10.0)[-5:]
    assert STOP in story.after(0.25)
    assert story.point.motion_asked
    story.order = replace(story.order, doubted=False)
    story.after(0.1)
    assert not story.point.motion_asked


def test_a_belt_long_at_rest_gets_no_stop(story: Story) -> None:
    """Some machines take a Stop at rest for a Start."""
    story.ready()
    story.order_to(Level.STOP)
    assert story.after(10.0) == []


def test_a_belt_never_heard_of_gets_stop_before_anything_else(story: Story) -> None:
    story.belt_mps = None
    story.report = BeltReport(linked=True, grid=GRID)
    story.order_to(Level.STOP)
    assert story.turn() == STOP


def test_a_second_stop_is_written_at_once_although_the_first_run_of_stops_is_recent(
    story: Story,
) -> None:
    story.walk(100)
    story.order_to(Level.STOP)
    assert story.turn() == STOP
    story.order_to(Level.READY)
    assert story.turn() == ""
    story.order_to(Level.STOP)
    assert story.turn() == STOP
    assert story.point.first_stop_at_s == story.now_s


def test_after_a_verified_stop_a_new_walk_begins_with_start(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.STOP)
    story.after(0.2)
    story.belt_mps = 0.0
    story.after(2.0)
    story.answer(OpCode.STOP_OR_PAUSE)
    story.order_to(Level.READY)
    assert story.after(1.0) == []
    story.order_to(Level.RUN, 100)
    assert story.turn() == START


def test_an_expired_permit_is_a_stop(story: Story) -> None:
    story.walk(100)
    story.deciding = False
    assert story.after(PERMIT_S) == []
    assert story.after(2 * TURN_S) == [STOP]


def test_a_permit_from_the_future_is_a_stop(story: Story) -> None:
    story.walk(100)
    story.deciding = False
    story.order = replace(story.order, decided_at_s=story.now_s + 10)
    assert story.turn() == STOP


def test_a_stop_by_an_expired_permit_is_not_resumed_by_fresh_decisions(story: Story) -> None:
    story.walk(100)
    story.deciding = False
    story.after(0.5)
    story.deciding = True
    assert set(story.after(1.0)) == {STOP}
    story.belt_mps = 0.0
    story.after(2.0)
    story.answer(OpCode.STOP_OR_PAUSE)
    assert story.after(60.0) == []
    story.order_to(Level.READY)
    assert story.turn() == ""
    story.order_to(Level.RUN, 100)
    assert story.turn() == START


def test_a_moving_order_that_stands_when_the_link_comes_up_is_a_stop(story: Story) -> None:
    story.point = ControlPoint(GRID)
    story.belt_mps = 0.3
    story.order_to(Level.RUN, 100)
    assert story.after(0.2)[0] == STOP
    story.answer(OpCode.REQUEST_CONTROL)
    assert set(story.after(10.0)) == {STOP}

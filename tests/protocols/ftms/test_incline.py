"""Inclines at the control point: beside a set-point that stands, seldom, never before a Stop."""

import pytest

from protocols.belt import REST_PROOF_S, Control, InclineGrid, Level
from protocols.ftms import procedures
from protocols.ftms.conduct import Conduct
from protocols.ftms.control_point import (
    ANSWER_LIMIT_S,
    INCLINE_ANSWER_LIMIT_S,
    RAISE_SPACING_S,
    ControlPoint,
)
from protocols.ftms.procedures import OpCode
from protocols.incline import SPACING_S, TRIES
from tests.protocols.ftms.point_story import (
    FAILED,
    GRID,
    NOT_PERMITTED,
    STOP,
    TURN_S,
    Story,
    speed,
)

INCLINES = InclineGrid(minimum=-30, maximum=100, increment=5, units_per_pct=10)


def incline(tenths: int) -> str:
    return procedures.set_target_inclination(tenths).hex()


@pytest.fixture
def story() -> Story:
    """A walk at a set-point that was written, taken and reached."""
    story = Story()
    story.point.inclines(INCLINES)
    story.after(2.0)
    story.walk()
    story.after(2.0)
    return story


def test_an_incline_is_written_once_and_rounded_down(story: Story) -> None:
    story.order_to(Level.RUN, 100, 1.3)
    assert story.turn() == incline(10)
    story.answer(OpCode.SET_TARGET_INCLINATION)
    assert story.after(30.0) == []


def test_an_order_that_names_none_leaves_the_deck_as_it_is(story: Story) -> None:
    story.order_to(Level.RUN, 100)
    assert story.after(10.0) == []


def test_a_machine_that_named_no_inclines_is_never_asked_for_one(story: Story) -> None:
    story.point.inclines(None)
    story.order_to(Level.RUN, 100, 1.0)
    assert story.after(10.0) == []


@pytest.mark.parametrize("incline_pct", [-1.0, float("nan"), float("inf")])
def test_what_is_no_incline_to_walk_on_is_not_written(story: Story, incline_pct: float) -> None:
    story.order_to(Level.RUN, 100, incline_pct)
    assert story.after(10.0) == []


def test_level_is_an_incline_like_any_other(story: Story) -> None:
    story.order_to(Level.RUN, 100, 0.0)
    assert story.after(5.0) == [incline(0)]


def test_a_set_point_goes_before_an_incline(story: Story) -> None:
    story.order_to(Level.RUN, 120, 1.0)
    assert story.turn() == speed(120)
    story.answer(OpCode.SET_TARGET_SPEED)
    assert story.after(RAISE_SPACING_S - 2 * TURN_S) == []
    assert story.after(3 * TURN_S) == [incline(10)]


def test_no_incline_is_written_while_a_set_point_waits_for_its_turn(story: Story) -> None:
    story.order_to(Level.RUN, 120, None)
    assert story.turn() == speed(120)
    story.answer(OpCode.SET_TARGET_SPEED)
    story.order_to(Level.RUN, 130, 1.0)
    written = story.after(RAISE_SPACING_S + TURN_S)
    assert written == [speed(130)]


def test_two_inclines_are_seconds_apart(story: Story) -> None:
    story.order_to(Level.RUN, 100, 1.0)
    assert story.turn() == incline(10)
    story.answer(OpCode.SET_TARGET_INCLINATION)
    story.order_to(Level.RUN, 100, 2.0)
    assert story.after(SPACING_S - TURN_S) == []
    assert story.after(2 * TURN_S) == [incline(20)]


def test_a_stop_overtakes_an_incline_that_is_not_answered(story: Story) -> None:
    story.order_to(Level.RUN, 100, 1.0)
    assert story.turn() == incline(10)
    story.order_to(Level.STOP)
    assert story.turn() == STOP


def test_a_set_point_does_not_wait_long_for_a_lift_that_does_not_answer(story: Story) -> None:
    story.order_to(Level.RUN, 100, 1.0)
    assert story.turn() == incline(10)
    assert INCLINE_ANSWER_LIMIT_S < ANSWER_LIMIT_S
    story.order_to(Level.RUN, 80, 1.0)
    assert story.after(INCLINE_ANSWER_LIMIT_S - TURN_S) == []
    assert story.after(2 * TURN_S) == [speed(80)]


def test_a_lift_that_does_not_answer_is_no_motion_that_waits_for_one(story: Story) -> None:
    story.order_to(Level.RUN, 100, 1.0)
    story.turn()
    assert story.point.unanswered_since_s is None


def test_a_refused_incline_is_tried_three_times_and_left_alone(story: Story) -> None:
    story.order_to(Level.RUN, 100, 1.0)
    written = []
    for _ in range(round(60 / TURN_S)):
        octets = story.turn()
        if octets:
            written.append(octets)
            story.answer(OpCode.SET_TARGET_INCLINATION, FAILED)
    assert written == [incline(10)] * TRIES
    assert story.point.refusals == TRIES
    story.order_to(Level.RUN, 100, 0.5)
    assert story.turn() == incline(5)


def test_a_discarded_incline_is_written_again(story: Story) -> None:
    story.order_to(Level.RUN, 100, 1.0)
    assert story.turn() == incline(10)
    story.point.write_failed(OpCode.SET_TARGET_INCLINATION)
    assert story.after(SPACING_S) == [incline(10)]


def test_after_rest_no_incline_stands_any_more(story: Story) -> None:
    story.order_to(Level.RUN, 100, 1.0)
    assert story.turn() == incline(10)
    story.order_to(Level.STOP)
    story.turn()
    story.answer(OpCode.STOP_OR_PAUSE)
    story.belt_mps = 0.0
    story.after(REST_PROOF_S + 2 * TURN_S)
    story.order_to(Level.READY)
    story.after(ANSWER_LIMIT_S)
    story.order_to(Level.RUN, 100, 1.0)
    assert story.after(2 * TURN_S) == ["07"]
    story.answer(OpCode.START_OR_RESUME)
    story.belt_mps = 50 / 360
    assert story.after(RAISE_SPACING_S + 2 * TURN_S) == [speed(100)]
    story.answer(OpCode.SET_TARGET_SPEED)
    story.belt_mps = 100 / 360
    assert story.after(SPACING_S) == [incline(10)]


def test_a_belt_at_rest_gets_no_incline(story: Story) -> None:
    story.order_to(Level.RUN, 100, 1.0)
    story.belt_mps = 0.0
    assert incline(10) not in story.after(5.0)


def test_a_measured_pause_is_kept_on_both_sides_of_an_incline() -> None:
    story = Story()
    story.point = ControlPoint(GRID, Conduct(spacing_s=1.0))
    story.point.inclines(INCLINES)
    story.after(2.0)
    story.ready()
    story.order_to(Level.RUN, 100)
    story.after(0.1)
    story.answer(OpCode.START_OR_RESUME)
    story.belt_mps = 50 / 360
    assert story.after(1.0) == [speed(100)]
    story.answer(OpCode.SET_TARGET_SPEED)
    story.order_to(Level.RUN, 100, 1.0)
    assert story.after(1.0 - 2 * TURN_S) == []
    assert story.after(3 * TURN_S) == [incline(10)]
    story.answer(OpCode.SET_TARGET_INCLINATION)
    story.order_to(Level.RUN, 80, 1.0)
    assert story.after(1.0 - 4 * TURN_S) == []
    assert story.after(4 * TURN_S) == [speed(80)]


def test_a_set_point_that_is_permitted_no_more_after_an_incline_was_is_control_lost(
    story: Story,
) -> None:
    story.order_to(Level.RUN, 100, incline_pct=2.0)
    while story.turn() != incline(20):
        assert story.point.control is Control.GRANTED
    story.answer(OpCode.SET_TARGET_INCLINATION)
    story.order_to(Level.RUN, 120, incline_pct=2.0)
    assert story.after(RAISE_SPACING_S + TURN_S) == [speed(120)]
    story.answer(OpCode.SET_TARGET_SPEED, NOT_PERMITTED)
    assert story.point.control is Control.LOST

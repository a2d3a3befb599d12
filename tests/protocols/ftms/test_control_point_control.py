"""Control on a hand-moved clock: asked for, refused, left unanswered, lost, and asked for again."""

import pytest

from protocols.belt import Control, Level
from protocols.ftms.control_point import RAISE_SPACING_S, START_RETRY_S
from protocols.ftms.permission import CONTROL_ANSWER_LIMIT_S, CONTROL_RETRY_S
from protocols.ftms.procedures import OpCode
from tests.protocols.ftms.point_story import (
    NOT_PERMITTED,
    REQUEST,
    START,
    STOP,
    TURN_S,
    Story,
    speed,
)


def test_ready_asks_for_control_once_and_writes_nothing_more(story: Story) -> None:
    story.ready()
    assert story.point.control is Control.GRANTED
    assert story.after(60.0) == []


def test_a_machine_that_refuses_control_is_asked_again_at_most_every_two_seconds(
    story: Story,
) -> None:
    story.order_to(Level.READY)
    for _ in range(3):
        assert story.after(CONTROL_RETRY_S) == [REQUEST]
        story.answer(OpCode.REQUEST_CONTROL, NOT_PERMITTED)
        assert story.point.control is Control.REFUSED
    story.order_to(Level.RUN, 100)
    assert START not in story.after(10.0)


def test_a_machine_that_never_answers_request_control_is_driven_and_stopped_all_the_same(
    story: Story,
) -> None:
    story.order_to(Level.RUN, 100)
    assert story.after(CONTROL_ANSWER_LIMIT_S) == [REQUEST]
    assert story.after(2 * TURN_S) == [START]
    story.answer(OpCode.START_OR_RESUME)
    story.belt_mps = 0.2
    assert story.after(RAISE_SPACING_S) == [speed(100)]
    story.order_to(Level.STOP)
    assert story.turn() == STOP


def test_nothing_but_a_stop_is_written_while_control_is_still_being_asked_for(
    story: Story,
) -> None:
    story.order_to(Level.RUN, 100)
    assert story.after(CONTROL_ANSWER_LIMIT_S - TURN_S) == [REQUEST]
    story.order_to(Level.STOP)
    story.belt_mps = 0.3
    assert story.turn() == STOP


def test_a_late_grant_still_counts(story: Story) -> None:
    story.order_to(Level.READY)
    story.after(10.0)
    story.answer(OpCode.REQUEST_CONTROL)
    assert story.point.control is Control.GRANTED


def test_a_discarded_request_for_control_is_written_again_at_once(story: Story) -> None:
    story.order_to(Level.READY)
    assert story.turn() == REQUEST
    story.point.write_failed(OpCode.REQUEST_CONTROL)
    assert story.turn() == REQUEST


def test_a_stop_refused_for_want_of_control_asks_for_it_and_is_written_again_at_once(
    story: Story,
) -> None:
    story.walk(100)
    story.order_to(Level.STOP)
    assert story.turn() == STOP
    story.answer(OpCode.STOP_OR_PAUSE, NOT_PERMITTED)
    assert story.point.control is Control.NONE
    assert story.turn() == REQUEST
    story.answer(OpCode.REQUEST_CONTROL)
    assert story.turn() == STOP


def test_a_fresh_link_stops_a_moving_belt_first_and_asks_for_control_beside_it(
    story: Story,
) -> None:
    story.belt_mps = 0.4
    story.order_to(Level.STOP)
    assert story.after(0.1) == [STOP]
    assert REQUEST in story.after(0.1)
    story.answer(OpCode.REQUEST_CONTROL)
    assert story.turn() == STOP


def test_a_set_point_that_is_not_permitted_yet_asks_for_control_again(story: Story) -> None:
    """KingSmith: for some seconds after Start."""
    story.ready()
    story.order_to(Level.RUN, 100)
    assert story.after(0.1) == [START]
    story.answer(OpCode.START_OR_RESUME)
    story.belt_mps = 50 / 360
    for _ in range(3):
        assert story.after(RAISE_SPACING_S) == [speed(100)]
        story.answer(OpCode.SET_TARGET_SPEED, NOT_PERMITTED)
        assert story.point.control is Control.NONE
        assert story.turn() == REQUEST
        story.answer(OpCode.REQUEST_CONTROL)


@pytest.mark.parametrize("units", [120, 80])
def test_a_set_point_that_is_permitted_no_more_is_control_lost(story: Story, units: int) -> None:
    story.walk(100)
    story.order_to(Level.RUN, units)
    assert story.after(RAISE_SPACING_S + TURN_S)[0] == speed(units)
    story.answer(OpCode.SET_TARGET_SPEED, NOT_PERMITTED)
    assert story.point.control is Control.LOST
    assert story.after(2 * TURN_S)[0] == STOP
    assert set(story.after(5.0)) == {STOP, REQUEST}


def test_after_a_rest_a_machine_may_not_permit_a_set_point_yet_again(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.STOP)
    assert story.turn() == STOP
    story.answer(OpCode.STOP_OR_PAUSE)
    story.belt_mps = 0.0
    story.after(2.0)
    story.answer(OpCode.STOP_OR_PAUSE)
    story.order_to(Level.READY)
    story.after(0.1)
    story.order_to(Level.RUN, 100)
    assert story.after(0.1) == [START]
    story.answer(OpCode.START_OR_RESUME)
    story.belt_mps = 50 / 360
    assert story.after(RAISE_SPACING_S) == [speed(100)]
    story.answer(OpCode.SET_TARGET_SPEED, NOT_PERMITTED)
    assert story.point.control is Control.NONE


def test_a_machine_that_left_the_request_unanswered_and_then_refuses_is_asked_again(
    story: Story,
) -> None:
    story.order_to(Level.RUN, 100)
    assert story.after(CONTROL_ANSWER_LIMIT_S + 2 * TURN_S) == [REQUEST, START]
    story.answer(OpCode.START_OR_RESUME, NOT_PERMITTED)
    assert story.turn() == REQUEST
    story.answer(OpCode.REQUEST_CONTROL)
    assert story.after(START_RETRY_S) == [START]


def test_a_refusal_while_the_request_is_still_open_does_not_ask_twice(story: Story) -> None:
    story.belt_mps = 0.4
    story.order_to(Level.STOP)
    assert story.after(0.2) == [STOP, REQUEST]
    story.answer(OpCode.STOP_OR_PAUSE, NOT_PERMITTED)
    assert REQUEST not in story.after(0.5)


def test_lost_control_is_a_stop_that_is_not_resumed_by_itself(story: Story) -> None:
    story.walk(100)
    story.after(CONTROL_RETRY_S)
    story.point.permission_lost()
    assert story.point.control is Control.LOST
    assert story.after(0.2) == [STOP, REQUEST]
    story.answer(OpCode.REQUEST_CONTROL)
    assert story.point.control is Control.GRANTED
    story.order_to(Level.RUN, 120)
    assert set(story.after(5.0)) == {STOP}


def test_control_lost_at_rest_is_asked_for_again(story: Story) -> None:
    story.ready()
    story.point.permission_lost()
    assert story.after(CONTROL_RETRY_S) == [REQUEST]

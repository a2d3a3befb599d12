"""The control point as stories on a hand-moved clock: what is written, when, and never."""

import pytest

from protocols.belt import BeltReport, Control, Level
from protocols.ftms.control_point import (
    ANSWER_LIMIT_S,
    RAISE_SPACING_S,
    START_PATIENCE_S,
    START_RETRY_S,
    START_TRIES,
    STEADY_S,
)
from protocols.ftms.procedures import OpCode, ResultCode
from tests.protocols.ftms.point_story import FAILED, GRID, START, STOP, TURN_S, Story, speed


def test_watching_writes_nothing_whatever_the_belt_does(story: Story) -> None:
    for story.belt_mps in (0.0, 0.4, None):
        assert story.after(30.0) == []


def test_start_comes_before_the_first_set_point_which_waits_for_motion(story: Story) -> None:
    story.ready()
    story.order_to(Level.RUN, 100)
    assert story.turn() == START
    story.answer(OpCode.START_OR_RESUME)
    assert story.after(START_PATIENCE_S - 0.2) == []
    story.belt_mps = 0.14
    assert story.turn() == speed(100)


def test_a_machine_that_waits_for_a_speed_gets_one_once_patience_is_over(story: Story) -> None:
    story.ready()
    story.order_to(Level.RUN, 100)
    assert story.turn() == START
    story.answer(OpCode.START_OR_RESUME)
    assert story.after(START_PATIENCE_S - TURN_S) == []
    assert story.after(3 * TURN_S) == [speed(100)]


def test_start_is_never_written_to_a_belt_that_moves(story: Story) -> None:
    story.ready()
    story.belt_mps = 0.3
    story.order_to(Level.RUN, 100)
    assert story.after(5.0) == [speed(100)]


@pytest.mark.parametrize("forgotten", [True, False])
def test_neither_start_nor_speed_is_written_to_a_belt_whose_speed_is_not_known(
    story: Story, forgotten: bool
) -> None:
    story.ready()
    story.belt_mps = None
    if forgotten:
        story.report = BeltReport(linked=True, grid=GRID)
    assert story.after(3.0) == []
    story.order_to(Level.RUN, 100)
    assert story.after(20.0) == []


def test_a_refused_start_is_tried_three_times_and_no_more(story: Story) -> None:
    story.ready()
    story.order_to(Level.RUN, 100)
    for _ in range(START_TRIES):
        began_s = story.now_s
        assert story.turn() == START
        story.answer(OpCode.START_OR_RESUME, FAILED)
        assert story.after(began_s + START_RETRY_S - story.now_s) == []
    assert story.after(60.0) == []


def test_a_start_without_an_answer_is_not_repeated(story: Story) -> None:
    story.ready()
    story.order_to(Level.RUN, 100)
    assert story.turn() == START
    assert START not in story.after(60.0)


def test_only_the_newest_set_point_is_written_once_the_one_in_flight_is_answered(
    story: Story,
) -> None:
    story.walk(100)
    story.order_to(Level.RUN, 110)
    assert story.after(RAISE_SPACING_S + TURN_S) == [speed(110)]
    for units in (120, 130, 140):
        story.order_to(Level.RUN, units)
        assert story.after(0.3) == []
    story.answer(OpCode.SET_TARGET_SPEED)
    assert story.turn() == speed(140)


def test_a_set_point_that_is_never_answered_is_given_up_after_two_seconds(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.RUN, 120)
    assert story.after(RAISE_SPACING_S + TURN_S) == [speed(120)]
    story.order_to(Level.RUN, 90)
    first_s = story.written_at_s[-1]
    assert story.after(ANSWER_LIMIT_S + TURN_S) == [speed(90)]
    assert story.written_at_s[-1] - first_s == pytest.approx(ANSWER_LIMIT_S)


def test_raises_are_spaced_and_a_lower_speed_is_written_at_once(story: Story) -> None:
    story.walk(100)
    story.after(RAISE_SPACING_S)
    story.order_to(Level.RUN, 150)
    assert story.turn() == speed(150)
    story.answer(OpCode.SET_TARGET_SPEED)
    story.order_to(Level.RUN, 200)
    assert story.after(RAISE_SPACING_S - TURN_S) == []
    assert story.turn() == speed(200)
    story.answer(OpCode.SET_TARGET_SPEED)
    story.order_to(Level.RUN, 80)
    assert story.turn() == speed(80)


def test_a_speed_between_two_steps_of_the_grid_is_rounded_down(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.RUN, 129.9)
    assert story.after(1.0) == [speed(120)]


def test_an_unchanged_set_point_is_written_once(story: Story) -> None:
    story.walk(100)
    assert story.after(60.0) == []


def test_a_set_point_that_wavers_within_a_step_of_the_grid_is_written_once(story: Story) -> None:
    """The step is the dead band: a control point that is idle has room for a Stop."""
    story.walk(100)
    wavering = (109.9, 100, 104.2, 100.001)
    for turn in range(960):
        story.order_to(Level.RUN, wavering[turn % len(wavering)])
        assert story.turn() == ""


def test_a_refused_set_point_no_longer_stands_and_is_tried_again_later(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.RUN, 120)
    assert story.after(RAISE_SPACING_S + TURN_S) == [speed(120)]
    story.answer(OpCode.SET_TARGET_SPEED, FAILED)
    assert story.point.set_units == 0
    assert story.point.refusals == 1
    assert story.after(RAISE_SPACING_S + TURN_S) == [speed(120)]


def test_a_set_point_that_the_link_did_not_take_is_tried_again(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.RUN, 120)
    assert story.after(RAISE_SPACING_S + TURN_S) == [speed(120)]
    story.point.write_failed(OpCode.SET_TARGET_SPEED)
    assert story.after(RAISE_SPACING_S + TURN_S) == [speed(120)]


def test_a_speed_below_the_minimum_never_starts_a_belt(story: Story) -> None:
    story.ready()
    story.order_to(Level.RUN, 49.9)
    assert story.after(20.0) == []


def test_a_speed_below_the_minimum_stops_a_belt_that_was_started(story: Story) -> None:
    story.walk(100)
    story.order_to(Level.RUN, 49.9)
    assert story.turn() == STOP


@pytest.mark.parametrize("octets", ["", "80", "8002", "070801", "810201", "800001", "800801"])
def test_what_answers_no_question_of_ours_is_counted_and_changes_nothing(
    story: Story, octets: str
) -> None:
    story.walk(100)
    story.order_to(Level.RUN, 120)
    assert story.after(RAISE_SPACING_S + TURN_S) == [speed(120)]
    story.point.hear_answer(bytes.fromhex(octets), story.now_s)
    assert story.point.foreign_answers == 1
    assert story.point.control is Control.GRANTED
    story.order_to(Level.RUN, 90)
    assert story.after(1.0) == []


def test_a_failed_write_of_something_else_ends_nothing(story: Story) -> None:
    story.walk(100)
    story.point.write_failed(OpCode.SET_TARGET_SPEED)
    assert story.point.refusals == 0
    assert story.point.set_units == 100


@pytest.mark.parametrize("result", [0, 2, 3, 4, 6, 255])
def test_every_result_but_success_is_a_refusal(story: Story, result: int) -> None:
    story.ready()
    story.order_to(Level.RUN, 100)
    assert story.turn() == START
    assert result != ResultCode.SUCCESS
    story.answer(OpCode.START_OR_RESUME, result)
    assert story.point.refusals == 1
    assert story.after(START_RETRY_S) == [START]


def test_a_request_for_motion_waits_for_its_answer_since_it_was_written(story: Story) -> None:
    story.ready()
    assert story.point.unanswered_since_s is None
    story.order_to(Level.RUN, 100)
    assert story.after(0.1) == [START]
    assert story.point.unanswered_since_s == story.written_at_s[-1]
    story.answer(OpCode.START_OR_RESUME)
    assert story.point.unanswered_since_s is None
    story.belt_mps = 50 / 360
    assert story.after(RAISE_SPACING_S) == [speed(100)]
    assert story.point.unanswered_since_s == story.written_at_s[-1]
    story.order_to(Level.STOP)
    story.turn()
    assert story.point.unanswered_since_s is None


@pytest.mark.parametrize(
    ("units", "lowered"), [(99, True), (1, True), (100, False), (101, False), (0, False)]
)
def test_a_lower_target_is_a_person_s_once_ours_has_stood_a_while(
    story: Story, units: int, lowered: bool
) -> None:
    """Machines announce targets of their own while they ramp."""
    story.walk()
    since_s = story.written_at_s[-1]
    assert not story.point.lowered(units, since_s + STEADY_S - TURN_S)
    assert story.point.lowered(units, since_s + STEADY_S) is lowered


def test_after_a_lower_set_point_a_still_lower_target_is_a_person_s_at_once(story: Story) -> None:
    """A machine on its way down announces targets above ours."""
    story.walk()
    story.after(STEADY_S)
    story.order_to(Level.RUN, 80)
    assert story.after(1.0) == [speed(80)]
    assert story.point.lowered(79, story.now_s)
    assert not story.point.lowered(80, story.now_s)
    assert not story.point.lowered(90, story.now_s)
    story.answer(OpCode.SET_TARGET_SPEED)
    story.order_to(Level.RUN, 90)
    assert story.after(1.0) == [speed(90)]
    assert not story.point.lowered(79, story.now_s)


@pytest.mark.parametrize(("units", "raised"), [(0, False), (50, False), (51, True), (600, True)])
def test_before_our_first_set_point_only_the_lowest_speed_is_nobody_else_s(
    story: Story, units: int, raised: bool
) -> None:
    """A target that another central set on a belt at rest is where it would start (F9)."""
    story.ready()
    assert story.point.raised(units) is raised


def test_a_target_above_the_set_point_that_stands_is_somebody_else_s(story: Story) -> None:
    story.walk()
    assert not story.point.raised(100)
    assert story.point.raised(101)


def test_no_target_is_lower_than_none(story: Story) -> None:
    assert not story.point.lowered(50, story.now_s)

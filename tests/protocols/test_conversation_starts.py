"""Turn by turn, at the exact moment: what a belt is started by, and what ends its motion."""

import math
from dataclasses import replace

import pytest

from protocols.belt import Control
from protocols.dialect import News, Purpose
from tests.protocols.plain_line import READY, REST, RUN, STOP, Line


def test_no_start_before_the_machine_says_that_it_does_not_run() -> None:
    line = Line(says_running=True).rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.05, RUN, 0.4) is None
    line.hear(0.06, News(running=True))
    assert line.turn(0.07, RUN, 0.4) is None
    line.hear(0.08, News(running=False))
    assert line.turn(0.09, RUN, 0.4) == "START"


@pytest.mark.parametrize(("age_s", "written"), [(0.6, "START"), (0.61, None)])
def test_no_start_on_an_old_word_of_rest(age_s: float, written: str | None) -> None:
    line = Line().rested(0.0)
    line.turn(0.0, READY)
    line.report = replace(line.report, reported_at_s=0.05 - age_s)
    assert line.turn(0.05, RUN, 0.4) == written


def test_no_start_while_the_belt_moves_or_its_rest_has_just_begun() -> None:
    line = Line().rested(0.0)
    line.turn(0.0, READY)
    line.report = replace(line.report, rest_since_s=None)
    assert line.turn(0.05, RUN, 0.4) is None
    line.report = replace(line.report, rest_since_s=0.05, reported_at_s=0.05)
    assert line.turn(0.05, RUN, 0.4) is None
    assert line.turn(0.06, RUN, 0.4) == "START"


def test_a_machine_is_prepared_step_by_step() -> None:
    line = Line(steps=2).rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.01, RUN, 0.4) == "STEP 1"
    assert line.turn(0.02, RUN, 0.4) is None
    line.hear(0.03, News(Purpose.PREPARE))
    assert line.turn(0.04, RUN, 0.4) == "STEP"
    assert line.report.unanswered_since_s is None
    line.hear(0.05, News(Purpose.PREPARE))
    assert line.turn(0.06, RUN, 0.4) == "START"
    assert line.report.unanswered_since_s == 0.06


def test_no_set_point_before_the_start_was_taken() -> None:
    line = Line().rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.0, RUN, 0.4) == "START"
    assert line.turn(0.1, RUN, 0.4) is None
    line.hear(0.1, News(Purpose.START))
    assert line.turn(0.1, RUN, 0.4) == "SET_SPEED 4"
    late = Line().rested(0.0)
    late.turn(0.0, READY)
    assert late.turn(0.0, RUN, 0.4) == "START"
    assert late.turn(0.3, RUN, 0.4) is None
    late.hear(0.35, News(Purpose.START))
    assert late.turn(0.36, RUN, 0.4) is None


def test_a_machine_that_says_that_it_runs_has_taken_its_start() -> None:
    line = Line(says_running=True)
    line.answer = News(speed_mps=0.0, running=False)
    line.rested(0.0).turn(0.0, READY)
    assert line.turn(0.0, RUN, 0.4) == "START"
    line.answer = News(speed_mps=0.0, running=True)
    line.hear(0.1, line.answer)
    assert line.turn(0.2, RUN, 0.4) == "SET_SPEED 4"


def test_the_first_set_point_of_a_walk_waits_for_nothing() -> None:
    line = Line().walking(0.0)
    assert line.turn(0.1, STOP) == "STOP"
    line.answer = REST
    line.rested(1.2)
    line.turn(1.2, READY)
    line.rested(1.3)
    assert line.turn(1.3, RUN, 0.5) == "START"
    line.hear(1.3, News(Purpose.START))
    assert line.turn(1.3, RUN, 0.5) == "SET_SPEED 5"


@pytest.mark.parametrize(("at_s", "control"), [(7.9, Control.GRANTED), (8.0, Control.REFUSED)])
def test_a_machine_that_must_prove_itself_has_eight_seconds(at_s: float, control: Control) -> None:
    line = Line(must_prove=True).rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.0, RUN, 0.4) == "START"
    line.hear(0.0, News(Purpose.START))
    assert line.turn(0.0, RUN, 0.4) == "SET_SPEED 4"
    line.hear(0.0, News(Purpose.SET_SPEED))
    line.turn(at_s, RUN, 0.4)
    assert line.talk.control is control
    assert (line.report.grid is None) is (control is Control.REFUSED)


def test_one_that_moved_has_proved_itself() -> None:
    line = Line(must_prove=True).walking()
    line.turn(20.0, RUN, 0.4)
    assert line.talk.control is Control.GRANTED


def test_one_that_need_not_prove_itself_is_given_its_time() -> None:
    line = Line().rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.0, RUN, 0.4) == "START"
    line.hear(0.0, News(Purpose.START))
    line.turn(20.0, RUN, 0.4)
    assert line.talk.control is Control.GRANTED


def test_one_that_did_not_prove_itself_stays_unfit() -> None:
    line = Line(must_prove=True).rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.0, RUN, 0.4) == "START"
    line.hear(0.0, News(Purpose.START))
    line.turn(0.0, RUN, 0.4)
    line.turn(8.0, RUN, 0.4)
    assert line.turn(8.0, STOP) == "STOP"
    line.rested(9.5)
    line.turn(9.5, STOP)
    assert line.talk.control is Control.REFUSED
    line.turn(9.6, READY)
    line.rested(9.7)
    assert line.turn(9.7, RUN, 0.4) is None


def test_refused_motion_is_a_stop_until_rest_and_then_may_be_tried_again() -> None:
    line = Line().walking()
    assert line.turn(1.0, RUN, 0.5) == "SET_SPEED 5"
    line.hear(1.0, News(Purpose.SET_SPEED, refused=True))
    assert (line.talk.control, line.talk.refusals) == (Control.REFUSED, 1)
    assert (line.report.unanswered_since_s, line.talk.rejected) == (None, 0)
    assert line.report.grid is not None
    assert line.turn(1.01, RUN, 0.4) == "STOP"
    line.answer = REST
    line.rested(2.5)
    line.turn(2.5, READY)
    assert line.talk.control is Control.GRANTED


def test_after_a_refusal_out_of_the_blue_nothing_moves_without_another_order() -> None:
    line = Line().rested(0.0)
    line.turn(0.0, READY)
    line.hear(0.0, News(Purpose.START, refused=True))
    assert line.turn(0.05, RUN, 0.4) is None
    assert line.talk.control is Control.GRANTED
    assert line.turn(0.06, RUN, 0.4) is None
    line.turn(0.1, READY)
    line.hear(0.1, News(Purpose.START, refused=True))
    line.turn(0.11, READY)
    assert line.talk.control is Control.REFUSED
    assert line.turn(0.12, RUN, 0.4) is None


@pytest.mark.parametrize(("purpose", "rejected"), [(Purpose.SPEED, 1), (Purpose.STOP, 0)])
def test_a_refused_read_arrived_damaged(purpose: Purpose, rejected: int) -> None:
    line = Line()
    line.hear(0.0, News(purpose, refused=True))
    assert (line.talk.control, line.talk.refusals) == (Control.NONE, 1)
    assert line.talk.rejected == rejected


def test_three_answers_in_a_second_that_cannot_be_read_end_a_motion() -> None:
    line = Line().walking()
    line.words.rejected = 2
    line.hear(1.0)
    assert line.report.garbled_at_s is None
    assert line.turn(1.0, RUN, 0.4) is None
    line.words.rejected = 3
    line.hear(1.1)
    assert line.report.garbled_at_s == 1.1
    assert line.turn(1.2, RUN, 0.4) == "STOP"


def test_a_machine_that_ends_a_motion_was_stopped_at_its_console() -> None:
    line = Line(says_running=True)
    line.answer = News(speed_mps=0.0, running=False)
    line.walking()
    line.hear(0.5, News(running=True))
    line.hear(1.0, News())
    assert line.report.console_stop_at_s is None
    line.hear(2.0, News(running=False))
    assert line.report.console_stop_at_s == 2.0
    assert line.turn(2.01, RUN, 0.4) == "STOP"
    line.hear(2.1, News(running=True))
    line.hear(2.2, News(running=False))
    assert line.report.console_stop_at_s == 2.0


def test_one_that_does_not_run_yet_has_not_ended_it() -> None:
    line = Line(says_running=True)
    line.answer = News(speed_mps=0.0, running=False)
    line.walking()
    line.hear(0.5, News(running=False))
    assert line.report.console_stop_at_s is None
    assert line.turn(0.6, RUN, 0.4) is None


@pytest.mark.parametrize("news", [News(expired=True), News(guarded=False)])
def test_a_motion_without_the_machine_s_own_dead_man_is_stopped(news: News) -> None:
    line = Line()
    line.hear(-1.0, news)
    line.walking()
    assert line.turn(0.5, RUN, 0.4) is None
    line.hear(0.6, news)
    assert line.report.console_stop_at_s is None
    assert line.turn(0.7, RUN, 0.4) == "STOP"


def test_an_answer_to_what_is_not_in_flight_takes_nothing() -> None:
    line = Line().rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.0, RUN, 0.4) == "START"
    line.hear(0.0, News(Purpose.SPEED, speed_mps=0.0))
    assert line.report.unanswered_since_s == 0.0
    assert line.turn(0.05, RUN, 0.4) is None
    line.hear(0.06, News())
    assert line.report.unanswered_since_s is None
    assert line.turn(0.07, RUN, 0.4) == "SET_SPEED 4"


def test_a_belt_that_moves_before_its_start_was_taken_has_proved_nothing() -> None:
    line = Line(must_prove=True).rested(0.0)
    line.turn(0.0, READY)
    line.hear(0.0, News(speed_mps=0.3))
    line.rested(0.0)
    assert line.turn(0.0, RUN, 0.4) == "START"
    line.hear(0.0, News(Purpose.START))
    line.turn(8.0, RUN, 0.4)
    assert line.talk.control is Control.REFUSED


def test_no_speed_is_written_that_is_no_number() -> None:
    line = Line().rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.05, RUN, math.nan) is None

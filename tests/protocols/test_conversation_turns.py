"""Turn by turn, at the exact moment: when a conversation reads, stops and writes again."""

from dataclasses import replace

import pytest

from protocols.belt import BeltOrder, BeltReport, Control, InclineGrid, Level
from protocols.dialect import News, Purpose
from tests.protocols.plain_line import READY, REST, RUN, STOP, WATCH, Line


@pytest.mark.parametrize("level", [WATCH, READY, STOP])
def test_it_polls_ten_times_a_second(level: Level) -> None:
    line = Line().rested(0.0)
    line.reads = False
    assert line.turn(0.0, level) == "SPEED"
    line.hear(0.0, REST)
    assert line.turn(0.0999, level) is None
    assert line.turn(0.1, level) == "SPEED"


@pytest.mark.parametrize("level", [WATCH, STOP])
def test_an_answer_is_awaited_for_a_fifth_of_a_second(level: Level) -> None:
    line = Line().rested(0.0)
    line.reads = False
    assert line.turn(0.0, level) == "SPEED"
    assert line.turn(0.1, level) is None
    assert line.turn(0.1999, level) is None
    assert line.turn(0.2, level) == "SPEED"


def test_an_answer_is_awaited_as_long_on_any_day() -> None:
    line = Line().rested(1000.0)
    line.reads = False
    assert line.turn(1000.0, STOP) == "SPEED"
    assert line.turn(1000.19, STOP) is None
    assert line.turn(1000.21, STOP) == "SPEED"


def test_a_stop_holds_back_a_poll_for_a_twentieth_of_a_second() -> None:
    line = Line()
    line.reads = False
    assert line.turn(0.0, STOP) == "STOP"
    assert line.turn(0.0499, STOP) is None
    assert line.turn(0.05, STOP) == "SPEED"
    assert line.turn(0.1499, STOP) is None
    assert line.turn(0.15, STOP) == "STOP"


def test_a_raise_waits_for_half_a_second_and_a_lower_speed_does_not() -> None:
    line = Line().walking()
    assert line.turn(0.4999, RUN, 0.5) is None
    assert line.turn(0.4999, RUN, 0.3) == "SET_SPEED 3"
    line.hear(0.4999, News(Purpose.SET_SPEED))
    other = Line().walking()
    assert other.turn(0.5, RUN, 0.5) == "SET_SPEED 5"


def test_a_set_point_that_was_not_taken_is_written_again_and_one_that_was_is_not() -> None:
    line = Line().walking()
    assert line.turn(1.0, RUN, 0.4) is None
    assert line.turn(2.0, RUN, 0.5) == "SET_SPEED 5"
    assert line.turn(2.1, RUN, 0.5) is None
    assert line.turn(2.2, RUN, 0.5) == "SET_SPEED 5"
    line.talk.write_failed()
    assert line.turn(2.2, RUN, 0.5) == "SET_SPEED 5"
    line.hear(2.2, News(Purpose.SET_SPEED))
    assert line.turn(2.3, RUN, 0.5) is None


def test_a_stop_that_the_port_did_not_take_is_written_again_a_tick_later() -> None:
    line = Line()
    assert line.turn(0.0, STOP) == "STOP"
    assert line.turn(0.01, STOP) is None
    line.talk.write_failed()
    assert line.turn(0.02, STOP) != "STOP"
    assert line.turn(0.05, STOP) == "STOP"


def test_whatever_failed_is_in_flight_no_longer() -> None:
    line = Line()
    line.reads = False
    assert line.turn(0.0, WATCH) == "SPEED"
    line.talk.write_failed()
    assert line.turn(0.1, WATCH) == "SPEED"


def test_before_anything_was_heard_nothing_is_known() -> None:
    line = Line()
    assert line.talk.rejected == 0
    assert line.talk.noted(BeltReport()).control is Control.NONE
    assert line.rested(0.0).turn(0.0, STOP) is None
    line.reads = False
    quiet = Line().rested(0.0)
    quiet.reads = False
    assert quiet.turn(0.0, STOP) == "SPEED"
    assert quiet.talk.control is Control.NONE
    quiet.hear(0.0, REST)
    assert quiet.talk.control is Control.GRANTED


def test_what_stands_is_in_the_report() -> None:
    line = Line(inclines=InclineGrid(0, 5, 1, 1)).walking()
    assert line.report.grid == line.words.grid
    assert line.report.inclines == line.words.inclines
    assert line.report.set_point_mps == 0.4
    assert line.report.unanswered_since_s is None
    assert line.turn(1.0, RUN, 0.5) == "SET_SPEED 5"
    assert line.report.unanswered_since_s == 1.0
    assert line.turn(1.25, RUN, 0.5) == "SET_SPEED 5"
    assert line.report.unanswered_since_s == 1.0
    assert line.turn(1.5, STOP) == "STOP"
    assert (line.report.stop_sent_at_s, line.report.unanswered_since_s) == (1.5, None)


@pytest.mark.parametrize("level", [READY, WATCH])
def test_a_speed_counts_only_with_run(level: Level) -> None:
    line = Line().walking()
    assert line.turn(1.0, level, 0.4) == "STOP"


def test_a_motion_that_was_stopped_stays_stopped_until_it_rests() -> None:
    line = Line().walking()
    assert line.turn(1.0, STOP) == "STOP"
    line.turn(1.05, READY)
    assert line.turn(1.2, RUN, 0.4) == "STOP"
    line.answer = REST
    for at_s in (1.4, 1.6, 1.8, 2.0, 2.2, 2.5):
        assert line.turn(at_s, RUN, 0.4) == "STOP"
        assert line.report.set_point_mps == 0.4
        line.hear(at_s, REST)
    line.turn(2.6, READY)
    assert (line.report.set_point_mps, line.report.motion_asked) == (0.0, False)
    assert line.turn(2.7, RUN, 0.4) == "START"
    assert (line.report.set_point_mps, line.report.motion_asked) == (0.0, True)


def test_rest_is_proven_by_a_whole_second_of_it() -> None:
    line = Line()
    line.report = replace(line.report, speed_mps=0.0, reported_at_s=1.0, rest_since_s=0.0)
    assert line.turn(0.999, STOP) == "STOP"
    proven = Line()
    proven.report = line.report
    assert proven.turn(1.0, STOP) is None


def test_a_silent_machine_proves_no_rest_by_its_last_words() -> None:
    """They came soon after the Stop, or before it; a belt that was started may start since."""
    line = Line().walking(-10.0)
    line.rested(-0.5)
    assert line.turn(0.0, STOP) == "STOP"
    line.answer = None
    line.rested(0.5)
    for at_s in (0.9, 1.5, 2.5, 2.9):
        line.turn(at_s, STOP)
        assert line.report.motion_asked


def test_a_rest_that_somebody_else_doubts_is_none() -> None:
    line = Line().rested(10.0)
    assert line.turn(10.0, STOP, doubted=True) == "STOP"
    assert line.turn(10.2, STOP, doubted=True) == "STOP"
    assert line.turn(10.4, STOP) is None


def test_a_motion_s_rest_counts_from_its_first_stop() -> None:
    line = Line().walking(-10.0)
    line.answer = REST
    assert line.turn(0.0, STOP) == "STOP"
    line.rested(0.99)
    assert line.turn(0.99, STOP) == "STOP"
    line.rested(1.0)
    line.turn(1.0, STOP)
    assert line.report.set_point_mps == 0.0


def test_a_machine_that_says_that_it_runs_is_stopped_though_its_belt_rests() -> None:
    line = Line(says_running=True)
    line.answer = News(speed_mps=0.0, running=True)
    line.rested(0.0).turn(0.0, WATCH)
    line.rested(0.1)
    assert line.turn(0.1, STOP) == "STOP"
    line.answer = News(speed_mps=0.0, running=False)
    line.turn(0.2, STOP)
    line.rested(0.3)
    assert line.turn(0.3, STOP) is None


def test_a_stop_run_ends_with_the_stop() -> None:
    """The next Stop is the first of its own run."""
    line = Line().walking()
    assert line.turn(1.0, STOP) == "STOP"
    line.answer = REST
    line.rested(2.5)
    line.turn(2.5, READY)
    line.walking(5.0)
    assert line.turn(6.0, STOP) == "STOP"
    assert line.report.stop_sent_at_s == 6.0


def test_an_order_whose_permit_is_over_is_a_stop() -> None:
    line = Line().walking()
    order = BeltOrder(RUN, 0.4, 1.0)
    assert line.talk.next_write(order, line.report, 1.25) != b"STOP 0"
    assert line.talk.next_write(order, line.report, 1.26) == b"STOP 0"

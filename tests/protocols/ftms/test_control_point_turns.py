"""Turn by turn, at the exact moment: what the control point writes, in the octets of the wire."""

import pytest

from protocols.belt import Control
from tests.protocols.ftms.exact_point import (
    ASK,
    AT_100,
    BASES,
    GO,
    GRANTED,
    HALT,
    HALTED,
    MAY_NOT_GO,
    MAY_NOT_HALT,
    MAY_NOT_SET,
    NOT_GRANTED,
    READY,
    RUN,
    STOP,
    WATCH,
    WENT,
    Point,
)


def test_before_anything_is_written_nothing_stands() -> None:
    point = Point().point
    assert (point.set_units, point.set_point_mps) == (0, 0.0)
    assert (point.foreign_answers, point.refusals) == (0, 0)
    assert (point.first_stop_at_s, point.unanswered_since_s) == (None, None)
    assert point.control is Control.NONE


@pytest.mark.parametrize("base_s", BASES)
def test_a_request_for_motion_is_unanswered_since_it_was_written(base_s: float) -> None:
    line = Point().ready(base_s)
    assert line.turn(base_s + 0.25, RUN, 100) == GO
    assert line.point.unanswered_since_s == base_s + 0.25
    line.hear(base_s + 0.5, WENT)
    assert line.point.unanswered_since_s is None
    assert line.moves().turn(base_s + 1.0, RUN, 100) == AT_100
    assert line.point.unanswered_since_s == base_s + 1.0
    assert line.turn(base_s + 1.25, STOP) == HALT
    assert line.point.unanswered_since_s is None


@pytest.mark.parametrize("answered", [True, False])
def test_a_stop_is_written_again_after_fifteen_hundredths_of_a_second(answered: bool) -> None:
    line = Point().walks(-1.0)
    assert line.turn(0.0, STOP) == HALT
    if answered:
        line.hear(0.0, HALTED)
    assert line.turn(0.1499, STOP) == ""
    assert line.turn(0.15, STOP) == HALT
    assert line.turn(0.2999, STOP) == ""
    assert line.turn(0.3, STOP) == HALT
    assert line.point.first_stop_at_s == 0.0


def test_a_stop_is_written_again_as_soon_on_any_day() -> None:
    line = Point().walks(999.0)
    assert line.turn(1000.0, STOP) == HALT
    assert line.turn(1000.14, STOP) == ""
    assert line.turn(1000.16, STOP) == HALT
    assert line.point.first_stop_at_s == 1000.0


@pytest.mark.parametrize("octets", [GRANTED, NOT_GRANTED])
def test_a_stop_is_written_again_at_once_when_control_is_granted(octets: str) -> None:
    line = Point().moves()
    assert line.turn(0.0, STOP) == HALT
    assert line.turn(0.1, STOP) == ASK
    line.hear(0.11, octets)
    assert line.turn(0.12, STOP) == (HALT if octets == GRANTED else "")
    assert line.turn(0.14, STOP) == ""
    assert line.point.first_stop_at_s == 0.0


@pytest.mark.parametrize(("at_s", "written"), [(0.0999, ""), (0.1, ASK)])
def test_a_stop_without_an_answer_holds_back_the_request_for_a_tenth_of_a_second(
    at_s: float, written: str
) -> None:
    line = Point().moves()
    assert line.turn(0.0, STOP) == HALT
    assert line.turn(at_s, STOP) == written


def test_a_stop_that_was_answered_holds_back_nothing() -> None:
    line = Point().moves()
    assert line.turn(0.0, STOP) == HALT
    line.hear(0.01, HALTED)
    assert line.turn(0.01, STOP) == ASK


def test_a_later_stop_holds_back_the_request_as_long() -> None:
    line = Point().moves()
    assert line.turn(1000.0, STOP) == HALT
    assert line.turn(1000.09, STOP) == ""
    assert line.turn(1000.11, STOP) == ASK


@pytest.mark.parametrize("base_s", BASES)
def test_a_second_stop_that_may_start_the_belt_waits_two_and_a_half_seconds(base_s: float) -> None:
    line = Point(stop_once=True).walks(base_s - 1.0)
    assert line.turn(base_s, STOP) == HALT
    line.hear(base_s, HALTED)
    assert line.turn(base_s + 2.4999, STOP) == ""
    assert line.turn(base_s + 2.5, STOP) == HALT
    assert line.turn(base_s + 4.9999, STOP) == ""
    assert line.turn(base_s + 5.0, STOP) == HALT


@pytest.mark.parametrize(("age_s", "written"), [(2.5, HALT), (2.5001, "")])
def test_it_is_written_on_no_word_older_than_that(age_s: float, written: str) -> None:
    line = Point(stop_once=True).walks(-1.0)
    assert line.turn(0.0, STOP) == HALT
    line.age_s = age_s
    assert line.turn(2.5, STOP) == written


def test_it_is_not_written_to_a_belt_that_has_come_to_rest() -> None:
    line = Point(stop_once=True).walks(-1.0)
    assert line.turn(0.0, STOP) == HALT
    assert line.rests(since_s=2.4).turn(2.5, STOP) == ""
    assert line.moves(0.01).turn(2.6, STOP) == HALT


def test_it_is_not_hastened_by_a_grant_of_control() -> None:
    line = Point(stop_once=True).moves()
    assert line.turn(0.0, STOP) == HALT
    assert line.turn(0.1, STOP) == ASK
    line.hear(0.1, GRANTED)
    assert line.turn(0.2, STOP) == ""
    assert line.turn(2.5, STOP) == HALT


def test_a_speed_below_the_minimum_is_a_stop_of_a_belt_that_was_asked_to_move() -> None:
    started = Point().started(0.0)
    assert started.turn(0.1, RUN, 49) == HALT
    found_moving = Point().ready(0.0).moves()
    assert found_moving.turn(0.1, RUN, 100) == AT_100
    assert found_moving.turn(0.2, RUN, 49) == HALT


def test_a_speed_below_the_minimum_is_none_of_a_belt_that_was_not() -> None:
    line = Point().ready(0.0).moves()
    assert line.turn(0.1, RUN, 49) == ""


def test_rest_is_proven_by_a_whole_second_of_it() -> None:
    line = Point()
    assert line.rests(since_s=0.0).turn(0.9999, STOP) == HALT
    assert Point().rests(since_s=0.0).turn(1.0, STOP) == ""


@pytest.mark.parametrize("base_s", BASES)
def test_the_rest_of_a_belt_that_was_asked_to_move_counts_from_its_first_stop(
    base_s: float,
) -> None:
    line = Point().walks(base_s - 2.0).rests()
    for elapsed_s in (0.0, 0.25, 0.5, 0.75, 0.9999):
        assert line.turn(base_s + elapsed_s, STOP) == HALT
        assert line.point.set_units == 100
    assert line.turn(base_s + 1.0, STOP) == ""
    assert line.point.set_units == 0


def test_a_rest_that_began_after_the_first_stop_counts_from_its_own_beginning() -> None:
    line = Point().walks(-2.0)
    assert line.turn(0.0, STOP) == HALT
    assert line.rests(since_s=2.0).turn(2.9999, STOP) == HALT
    assert line.turn(3.0, STOP) == ""


def test_a_rest_counts_from_the_first_stop_of_the_present_run_of_stops() -> None:
    line = Point().walks(-1.0)
    assert line.turn(0.0, STOP) == HALT
    line.hear(0.0, HALTED)
    assert line.turn(0.1, READY) == ""
    line.rests()
    assert line.turn(2.0, STOP) == HALT
    assert line.point.first_stop_at_s == 2.0
    assert line.turn(2.9999, STOP) == HALT
    assert line.turn(3.0, STOP) == ""


def test_a_belt_whose_rest_was_proven_gets_no_further_stop() -> None:
    line = Point().walks(-1.0)
    assert line.turn(0.0, STOP) == HALT
    assert line.rests().turn(1.0, STOP) == ""
    assert line.turn(1.1, READY) == ""
    assert line.turn(1.2, STOP) == ""
    assert line.turn(1.3, RUN, 49) == ""


def test_a_request_for_control_without_an_answer_is_waited_for_a_second() -> None:
    line = Point()
    assert line.turn(0.0, READY) == ASK
    assert line.turn(0.9999, RUN, 100) == ""
    assert line.turn(1.0, RUN, 100) == GO
    assert line.point.control is Control.NONE


def test_control_that_is_refused_is_asked_for_again_two_seconds_later() -> None:
    line = Point()
    assert line.turn(0.0, READY) == ASK
    line.hear(0.0, NOT_GRANTED)
    assert line.point.control is Control.REFUSED
    assert line.turn(1.9999, RUN, 100) == ""
    assert line.turn(2.0, RUN, 100) == ASK


@pytest.mark.parametrize("octets", [MAY_NOT_GO, MAY_NOT_SET])
def test_a_motion_refused_for_want_of_control_asks_for_it_at_once(octets: str) -> None:
    line = Point().ready(0.0)
    if octets == MAY_NOT_SET:
        line.moves()
    assert line.turn(0.1, RUN, 100) == (AT_100 if octets == MAY_NOT_SET else GO)
    line.hear(0.1, octets)
    assert (line.point.control, line.point.refusals) == (Control.NONE, 1)
    assert line.point.set_units == 0
    assert line.turn(0.1, RUN, 100) == ASK


def test_a_stop_refused_for_want_of_control_asks_for_it_at_once() -> None:
    line = Point().walks(-1.0)
    assert line.turn(0.0, STOP) == HALT
    line.hear(0.0, MAY_NOT_HALT)
    assert line.turn(0.0, STOP) == ASK
    line.hear(0.01, GRANTED)
    assert line.turn(0.02, STOP) == HALT


def test_a_watch_writes_nothing_and_forgets_nothing() -> None:
    line = Point().walks(0.0)
    assert line.turn(0.1, WATCH) == ""
    assert line.point.set_units == 100
    assert line.turn(0.2, RUN, 100) == ""

"""Turn by turn, at the exact moment: set-points that are read back, inclines, directions."""

import pytest

from protocols.belt import Control, InclineGrid
from protocols.dialect import Heading, News, Purpose
from tests.protocols.plain_line import READY, REST, RUN, STOP, WATCH, Line

READS_BACK = {"polls": (Purpose.SPEED, Purpose.SET_POINT)}


def test_a_set_point_that_was_taken_is_read_back_at_once() -> None:
    line = Line(**READS_BACK).walking()
    line.reads = False
    assert line.turn(0.0, RUN, 0.4) == "SET_POINT"
    line.hear(0.0, News(set_units=4))
    assert line.turn(0.0, RUN, 0.4) is None
    assert line.report.foreign_at_s is None


def test_a_stop_reads_nothing_back() -> None:
    line = Line(**READS_BACK).walking()
    line.reads = False
    assert line.turn(0.0, STOP) == "STOP"
    line.hear(0.0, News(Purpose.STOP))
    assert line.turn(0.05, STOP) is None


def held(line: Line, at_s: float, units: int) -> None:
    """The machine says, when it is asked, which set-point it holds."""
    line.reads = True
    line.answer = News(speed_mps=0.4, set_units=units)
    line.turn(at_s, RUN, 0.4)


@pytest.mark.parametrize(("at_s", "lowered_at_s"), [(2.9999, None), (3.0, 3.0)])
def test_a_lower_set_point_is_somebody_s_once_ours_had_three_seconds(
    at_s: float, lowered_at_s: float | None
) -> None:
    line = Line(**READS_BACK).walking()
    held(line, at_s, 3)
    assert line.report.lowered_at_s == lowered_at_s
    assert line.report.lowered_mps == (0.3 if lowered_at_s else 0.0)
    assert line.report.foreign_at_s is None


def test_a_higher_set_point_is_somebody_s_at_once() -> None:
    line = Line(**READS_BACK).walking()
    held(line, 0.2, 5)
    assert (line.report.foreign_at_s, line.report.lowered_at_s) == (0.2, None)


def test_of_two_walks_each_set_point_has_its_own_three_seconds() -> None:
    line = Line(**READS_BACK).walking(10.0)
    held(line, 11.0, 3)
    assert line.report.lowered_at_s is None


def test_a_set_point_is_compared_only_with_one_of_ours_that_was_taken() -> None:
    line = Line(**READS_BACK)
    line.answer = News(speed_mps=0.0, set_units=9)
    line.rested(0.0).turn(0.0, WATCH)
    line.turn(0.1, WATCH)
    assert line.report.foreign_at_s is None
    walk = Line(polls=(Purpose.SET_POINT,)).walking()
    assert walk.turn(1.0, RUN, 0.5) == "SET_SPEED 5"
    walk.reads = False
    assert walk.turn(1.25, RUN, 0.5) == "SET_POINT"
    walk.hear(1.25, News(set_units=9))
    assert walk.report.foreign_at_s is None


def test_a_set_point_that_nobody_asked_for_is_not_believed() -> None:
    line = Line(**READS_BACK).walking()
    held(line, 0.2, 4)
    line.hear(0.3, News(Purpose.SET_POINT, set_units=9))
    assert line.report.foreign_at_s is None


def test_a_machine_that_holds_less_before_it_moved_is_told_again() -> None:
    line = Line(**READS_BACK).rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.0, RUN, 0.4) == "START"
    line.hear(0.0, News(Purpose.START))
    assert line.turn(0.0, RUN, 0.4) == "SET_SPEED 4"
    line.hear(0.0, News(Purpose.SET_SPEED))
    line.answer = News(speed_mps=0.0, set_units=0)
    assert line.turn(5.0, RUN, 0.4) == "SET_SPEED 4"
    assert line.report.lowered_at_s is None


def test_telemetry_keeps_the_deck_s_incline_until_it_says_another() -> None:
    line = Line()
    line.hear(0.0, News(incline_pct=2.0), News(speed_mps=0.3))
    assert (line.report.inclination_pct, line.report.speed_mps) == (2.0, 0.3)
    assert line.report.reported_at_s == 0.0
    line.hear(1.0, News(incline_pct=1.0))
    assert (line.report.inclination_pct, line.report.reported_at_s) == (1.0, 0.0)


INCLINED = {"inclines": InclineGrid(minimum=0, maximum=5, increment=1, units_per_pct=1)}


def test_an_incline_is_written_beside_a_set_point_that_stands_for_half_a_second() -> None:
    line = Line(**INCLINED).walking()
    assert line.turn(0.4999, RUN, 0.4, incline_pct=2.0) is None
    assert line.turn(0.5, RUN, 0.4, incline_pct=2.0) == "SET_INCLINE 2"
    assert line.report.unanswered_since_s is None
    line.hear(0.5, News(Purpose.SET_INCLINE))
    assert line.turn(3.0, RUN, 0.4, incline_pct=2.0) is None
    assert line.turn(3.0, RUN, 0.4) is None
    later = Line(**INCLINED).walking(10.0)
    assert later.turn(10.4, RUN, 0.4, incline_pct=2.0) is None


def test_no_incline_beside_a_set_point_that_was_not_taken_or_on_a_belt_at_rest() -> None:
    line = Line(**INCLINED).walking()
    line.turn(1.0, RUN, 0.5)
    line.hear(1.0, News(Purpose.SPEED, speed_mps=0.4))
    assert line.turn(1.05, RUN, 0.5, incline_pct=2.0) is None
    resting = Line(**INCLINED).walking()
    resting.answer = REST
    assert resting.turn(1.0, RUN, 0.4, incline_pct=2.0) is None


@pytest.mark.parametrize("failure", ["refused", "the port"])
def test_an_incline_that_was_not_taken_is_written_again_two_seconds_later(failure: str) -> None:
    line = Line(**INCLINED).walking()
    assert line.turn(1.0, RUN, 0.4, incline_pct=2.0) == "SET_INCLINE 2"
    if failure == "refused":
        line.hear(1.0, News(Purpose.SET_INCLINE, refused=True))
    else:
        line.talk.write_failed()
    assert line.talk.control is Control.GRANTED
    assert line.talk.rejected == 0
    assert line.turn(2.99, RUN, 0.4, incline_pct=2.0) is None
    assert line.turn(3.0, RUN, 0.4, incline_pct=2.0) == "SET_INCLINE 2"


def test_each_walk_begins_with_no_incline_asked_for() -> None:
    line = Line(**INCLINED).walking()
    assert line.turn(1.0, RUN, 0.4, incline_pct=2.0) == "SET_INCLINE 2"
    line.hear(1.0, News(Purpose.SET_INCLINE))
    assert line.turn(2.0, STOP) == "STOP"
    line.answer = REST
    line.rested(3.5)
    line.turn(3.5, STOP)
    line.walking(10.0)
    assert line.turn(11.0, RUN, 0.4, incline_pct=2.0) == "SET_INCLINE 2"


BY_COMMAND = {"heading": Heading.BY_COMMAND, "polls": (Purpose.SPEED, Purpose.DIRECTION)}


def test_a_direction_is_set_at_rest_and_read_back_before_any_start() -> None:
    line = Line(**BY_COMMAND).rested(0.0)
    assert line.turn(0.0, READY, reverse=True) is None
    line.hear(0.0, News(reverse=False))
    assert line.turn(0.01, READY, reverse=True) is None
    line.reads = False
    assert line.turn(0.1, READY, reverse=True) == "DIRECTION"
    line.hear(0.1, News(reverse=False))
    assert line.turn(0.1, READY, reverse=True) == "TURN 0 R"
    line.hear(0.1, News(Purpose.TURN))
    line.rested(0.15)
    assert line.turn(0.15, RUN, 0.4, reverse=True) is None
    assert line.report.reverse is False
    line.turn(0.2, READY, reverse=True)
    line.hear(0.2, REST)
    assert line.turn(0.31, READY, reverse=True) == "DIRECTION"
    line.hear(0.31, News(reverse=True))
    assert line.report.reverse is True
    line.rested(0.35)
    assert line.turn(0.35, RUN, 0.4) is None
    assert line.turn(0.35, RUN, 0.4, reverse=True) == "START 0 R"


def test_no_start_of_a_belt_whose_direction_is_not_known() -> None:
    line = Line(**BY_COMMAND).rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.05, RUN, 0.4) is None
    line.hear(0.06, News(reverse=False))
    assert line.turn(0.07, RUN, 0.4) is None


def test_no_direction_is_set_on_a_machine_that_says_that_it_runs() -> None:
    line = Line(**BY_COMMAND, says_running=True).rested(0.0)
    line.answer = News(speed_mps=0.0, reverse=False, running=True)
    line.turn(0.0, READY)
    line.turn(0.1, READY)
    line.rested(0.15)
    assert line.turn(0.15, READY, reverse=True) is None
    line.hear(0.16, News(running=False))
    assert line.turn(0.17, READY, reverse=True) == "TURN 0 R"


@pytest.mark.parametrize(
    ("reverse", "awaited", "written"),
    [(True, True, "STOP"), (False, True, None), (None, True, None), (True, False, None)],
)
def test_a_machine_that_only_heads_forward_and_says_otherwise_is_stopped(
    reverse: bool | None, awaited: bool, written: str | None
) -> None:
    line = Line().walking()
    line.reads = False
    assert line.turn(0.1, RUN, 0.4) == "SPEED"
    line.hear(0.1, News(Purpose.SPEED if awaited else Purpose.STOP, reverse=reverse))
    if not awaited:
        line.hear(0.1, News(Purpose.SPEED))
    assert line.turn(0.15, RUN, 0.4) == written


def test_one_that_says_so_at_rest_may_be_told_to_run_all_the_same() -> None:
    """What counts is what it says while it moves."""
    line = Line().rested(0.0)
    line.answer = News(speed_mps=0.0, reverse=True)
    line.turn(0.0, READY)
    line.rested(0.05)
    assert line.turn(0.05, RUN, 0.4) == "START"

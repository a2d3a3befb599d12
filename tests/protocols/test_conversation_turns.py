"""Turn by turn, at the exact moment: what a conversation writes, and what it makes of an answer.

The dialect here has plain words, so that nothing but the conversation is tried.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from protocols.belt import BeltOrder, BeltReport, Control, InclineGrid, Level, SpeedGrid
from protocols.conversation import Conversation
from protocols.dialect import Heading, News, Purpose

READS = (Purpose.SPEED, Purpose.STATUS, Purpose.SET_POINT, Purpose.DIRECTION, Purpose.INCLINE)
RUN, READY, STOP, WATCH = Level.RUN, Level.READY, Level.STOP, Level.WATCH
REST = News(speed_mps=0.0)
LONG_AGO_S = -100.0


@dataclass
class Plain:
    """A dialect whose octets are its purpose, its units and its way, and that hears what `said`
    holds."""

    polls: Sequence[Purpose] = (Purpose.SPEED,)
    heading: Heading = Heading.FORWARD_ONLY
    says_running: bool = False
    must_prove: bool = False
    steps: int = 0
    inclines: InclineGrid | None = None
    grid: SpeedGrid = SpeedGrid(minimum=1, maximum=20, increment=1, units_per_mps=10.0)  # noqa: RUF009 - a value
    rejected: int = 0
    said: tuple[News, ...] = ()

    def octets(self, purpose: Purpose, units: int = 0, *, reverse: bool = False) -> bytes:
        return f"{purpose.name} {units}{' R' * reverse}".encode()

    def prepare(self) -> bytes | None:
        self.steps -= 1
        return f"STEP {self.steps}".encode() if self.steps >= 0 else None

    def hear(self, octets: bytes) -> list[News]:
        return list(self.said)


class Line:
    """A conversation and its report. Reads are answered at once while `reads`, with `answer`."""

    def __init__(self, **words: Any) -> None:
        self.words = Plain(**words)
        self.talk = Conversation(self.words)
        self.report = BeltReport(linked=True)
        self.reads = True
        self.answer = REST

    def turn(self, at_s: float, level: Level, speed_mps: float = 0.0, **more: Any) -> str | None:
        """What is written, past the reads that are answered at once."""
        order = BeltOrder(level, speed_mps, at_s, **more)
        while True:
            octets = self.talk.next_write(order, self.report, at_s)
            self.report = self.talk.noted(self.report)
            if octets is None:
                return None
            written = octets.decode().removesuffix(" 0")
            if not self.reads or Purpose.__members__.get(written) not in READS:
                return written
            self.hear(at_s, self.answer)

    def hear(self, at_s: float, *said: News) -> None:
        self.words.said = said
        self.report = self.talk.hear(b"", self.report, at_s)

    def rested(self, at_s: float) -> "Line":
        """Long at rest, as telemetry of just now says."""
        self.report = replace(
            self.report, speed_mps=0.0, reported_at_s=at_s, rest_since_s=LONG_AGO_S
        )
        return self

    def walking(self, started_at_s: float = 0.0, units: int = 4) -> "Line":
        """Started, and a set-point taken at the same moment; the belt moves."""
        self.rested(started_at_s).turn(started_at_s, READY)
        assert self.turn(started_at_s, RUN, units / 10) == "START"
        self.hear(started_at_s, News(Purpose.START))
        assert self.turn(started_at_s, RUN, units / 10) == f"SET_SPEED {units}"
        self.answer = News(speed_mps=units / 10)
        self.hear(started_at_s, News(Purpose.SET_SPEED), self.answer)
        return self


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


def test_a_stop_that_the_port_did_not_take_is_written_again_at_once() -> None:
    line = Line()
    assert line.turn(0.0, STOP) == "STOP"
    assert line.turn(0.01, STOP) is None
    line.talk.write_failed()
    assert line.turn(0.02, STOP) == "STOP"


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
    for at_s in (1.4, 1.6, 1.8, 2.0, 2.2):
        assert line.turn(at_s, RUN, 0.4) == "STOP"
        assert line.report.set_point_mps == 0.4
        line.hear(at_s, REST)
    line.turn(2.5, READY)
    assert line.report.set_point_mps == 0.0
    assert line.turn(2.6, RUN, 0.4) == "START"


def test_rest_is_proven_by_a_whole_second_of_it() -> None:
    line = Line()
    line.report = replace(line.report, speed_mps=0.0, reported_at_s=1.0, rest_since_s=0.0)
    assert line.turn(0.999, STOP) == "STOP"
    proven = Line()
    proven.report = line.report
    assert proven.turn(1.0, STOP) is None


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


def test_no_speed_is_written_that_is_no_number() -> None:
    line = Line().rested(0.0)
    line.turn(0.0, READY)
    assert line.turn(0.05, RUN, math.nan) is None

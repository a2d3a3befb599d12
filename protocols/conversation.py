"""The client's side of a serial treadmill, without I/O: one set of rules for every dialect.

Given the newest order and report, `next_write` says which octets to hand to the port now, if any;
`hear` takes what came back. Neither waits, neither raises.

- A machine that talks only in reply is polled, at every level: reads change nothing. They are also
  what keeps a machine's own dead-man content, so that silence stops the belt.
- One request is in flight at a time; of several set-points only the newest is ever written.
- Stop overtakes whatever is in flight, is restated until fresh telemetry has shown rest, and until
  then nothing else that moves is written, whatever is ordered.
- Start is written once, to a belt that fresh telemetry shows at rest; a set-point only to a belt
  that was started here. Whatever ended a motion, the next one takes another order in between.
- An incline is written only beside a set-point that was taken and stands.
- The direction is set at verified rest at level READY, and read back before any Start.

A new connection takes a new `Conversation`, so nothing survives a reconnect.
"""

import math
from itertools import cycle

from protocols.belt import REST_PROOF_S, BeltOrder, BeltReport, Control, Level
from protocols.dialect import MOTION, Dialect, News, Purpose
from protocols.direction import FRESH_S, Direction
from protocols.incline import InclineTarget
from protocols.line_quality import LineQuality
from protocols.permit import Permit
from protocols.stop_run import StopRun
from protocols.value import replace

POLL_S = 0.1
"""Between two polls; with a driver's tick of 50 ms, well within a dead-man of 0.5 s."""
ANSWER_LIMIT_S = 0.2
"""An answer that has not come by now is not awaited any longer: five octets each way take 21 ms at
4800 baud, a USB adapter adds 16, and a lost answer must not let the dead-man expire."""
STOP_TURN_S = 0.05
"""A Stop without an answer for so long no longer holds back a poll."""
RAISE_SPACING_S = 0.5
STEADY_S = 3.0
"""A set-point that stands for so long has been reached."""
PROOF_S = 8.0
"""A machine that must prove that it takes set-points moves within this time of Start."""


class Conversation:
    """Decides the next write from orders, reports and answers. Time is the caller's, monotonic."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._polls = cycle(dialect.polls)
        self._polled_at_s = self._speed_at_s = -math.inf
        self._flying: Purpose | None = None
        self._flying_since_s = self._started_at_s = 0.0
        self._permit = Permit()
        self._motion_asked = self._started = self._moved = self._stopping = False
        self._confirmed, self._read_back = True, False
        self._running: bool | None = None
        self._direction = Direction(dialect.heading)
        self._incline = InclineTarget(dialect.inclines)
        self._unanswered_since_s: float | None = None
        self._stops = StopRun()
        self._quality = LineQuality()
        self._misread = 0
        self._fit = True
        self.control = Control.NONE
        self.set_units = 0
        """The latest set-point written, in wire units; 0 when none stands."""
        self.refusals = 0

    @property
    def rejected(self) -> int:
        """Answers that could not be read, and reads that the machine could not."""
        return self._dialect.rejected + self._misread

    def next_write(self, order: BeltOrder, report: BeltReport, now_s: float) -> bytes | None:
        """Octets to hand over now, or None. The caller hands over what it is given, at once."""
        level = self._permit.level(order, now_s)
        units = self._units(order, level)
        if level is Level.STOP or (self._motion_asked and (self._stopping or not units)):
            return self._stop(order, report, now_s)
        self._stops.over()
        if self._in_flight(now_s):
            return None
        if self._read_back or now_s - self._polled_at_s >= POLL_S:
            return self._poll(now_s)
        if level is Level.READY:
            return self._turn(order, report, now_s)
        return self._run(units, order, report, now_s) if units else None

    def hear(self, octets: bytes, report: BeltReport, now_s: float) -> BeltReport:
        """The report after these octets came; what they leave unfinished is kept."""
        for news in self._dialect.hear(octets):
            report = self._heard(news, report, now_s)
        if self._quality.bad(self.rejected, now_s):
            self._permit.withdrawn |= self._motion_asked
            report = replace(report, garbled_at_s=now_s)
        return self.noted(report)

    def noted(self, report: BeltReport) -> BeltReport:
        """The report with what stands, and what is waited for."""
        return replace(
            report,
            control=self.control,
            grid=self._dialect.grid if self._fit else None,
            inclines=self._dialect.inclines,
            reverse=self._direction.told() if self._direction.known else report.reverse,
            set_point_mps=self._dialect.grid.mps(self.set_units),
            motion_asked=self._motion_asked,
            stop_sent_at_s=self._stops.first_at_s,
            unanswered_since_s=self._unanswered_since_s,
        )

    def write_failed(self) -> None:
        """The port did not take the last write: whatever it was, it is due again."""
        if self._flying is Purpose.STOP:
            self._stops.failed()
        elif self._flying is Purpose.SET_SPEED:
            self._confirmed = False
        elif self._flying is Purpose.SET_INCLINE:
            self._incline.failed()
        self._flying = None

    def _units(self, order: BeltOrder, level: Level) -> int:
        """The set-point that the order asks for; 0 if it asks for what must not, or cannot, be."""
        if level is not Level.RUN or self.control is Control.REFUSED or not self._fit:
            return 0
        heads_so = order.reverse is bool(self._direction.reverse)
        return self._dialect.grid.floor(order.speed_mps) if heads_so else 0

    def _in_flight(self, now_s: float) -> bool:
        if self._flying is not None and now_s - self._flying_since_s >= ANSWER_LIMIT_S:
            self._flying = None
        return self._flying is not None

    def _poll(self, now_s: float) -> bytes:
        self._polled_at_s = now_s
        purpose = Purpose.SET_POINT if self._read_back else next(self._polls)
        self._read_back = False
        return self._fly(purpose, self._dialect.octets(purpose), now_s)

    def _stop(self, order: BeltOrder, report: BeltReport, now_s: float) -> bytes | None:
        if not order.doubted and self._rest_proven(report, now_s):
            self._at_rest()
            return self._poll_in_turn(ANSWER_LIMIT_S, now_s)
        self._stopping = self._motion_asked
        self._permit.withdrawn |= self._motion_asked
        if self._stops.due(now_s):
            self._unanswered_since_s, self._read_back = None, False
            return self._fly(Purpose.STOP, self._dialect.octets(Purpose.STOP), now_s)
        held_s = STOP_TURN_S if self._flying is Purpose.STOP else ANSWER_LIMIT_S
        return self._poll_in_turn(held_s, now_s)

    def _poll_in_turn(self, held_s: float, now_s: float) -> bytes | None:
        """A poll, if it is due and what is in flight has had so long."""
        held = self._flying is not None and now_s - self._flying_since_s < held_s
        return None if held or now_s - self._polled_at_s < POLL_S else self._poll(now_s)

    def _rest_proven(self, report: BeltReport, now_s: float) -> bool:
        """Rest was shown, and if motion was asked for, it was shown since a Stop was written."""
        since_s = self._stops.since_s if self._motion_asked else -math.inf
        shown_s = report.rest_shown_s(since_s, now_s)
        return shown_s >= REST_PROOF_S and self._running is not True

    def _at_rest(self) -> None:
        """What moved has come to rest: nothing stands any more."""
        self._motion_asked = self._started = self._moved = self._stopping = False
        self.set_units = 0
        self._incline.over()
        if self._fit and self.control is Control.REFUSED:
            self.control = Control.GRANTED

    def _turn(self, order: BeltOrder, report: BeltReport, now_s: float) -> bytes | None:
        """Set the direction of a belt whose rest is verified; it is read back by the polls."""
        if self._running or not self._direction.turn_due(order.reverse, report, now_s):
            return None
        octets = self._dialect.octets(Purpose.TURN, reverse=order.reverse)
        return self._fly(Purpose.TURN, octets, now_s)

    def _run(self, units: int, order: BeltOrder, report: BeltReport, now_s: float) -> bytes | None:
        if not self._motion_asked:
            return self._start(order, report, now_s)
        unproven = self._dialect.must_prove and not self._moved
        if unproven and now_s - self._started_at_s >= PROOF_S:
            self._refused(Purpose.SET_SPEED)
            return None
        if not self._started:
            return None
        octets = self._set_speed(units, order, now_s)
        return octets or (self._set_incline(order, now_s) if report.speed_mps else None)

    def _start(self, order: BeltOrder, report: BeltReport, now_s: float) -> bytes | None:
        """To a belt at rest, whose machine says so too if it can, and that heads the right way."""
        ready = self._running is False or not self._dialect.says_running
        fresh = report.age_s(now_s) <= FRESH_S and report.at_rest_for_s(now_s) > 0
        if not (ready and fresh and self._direction.known):
            return None
        step = self._dialect.prepare()
        if step is not None:
            return self._fly(Purpose.PREPARE, step, now_s)
        self._motion_asked = True
        self._started_at_s, self._speed_at_s = now_s, -math.inf
        octets = self._dialect.octets(Purpose.START, reverse=order.reverse)
        return self._fly(Purpose.START, octets, now_s)

    def _set_speed(self, units: int, order: BeltOrder, now_s: float) -> bytes | None:
        too_soon = units > self.set_units and now_s - self._speed_at_s < RAISE_SPACING_S
        if too_soon or (units == self.set_units and self._confirmed):
            return None
        self._confirmed = False
        self._speed_at_s = now_s if units != self.set_units else self._speed_at_s
        self.set_units = units
        octets = self._dialect.octets(Purpose.SET_SPEED, units, reverse=order.reverse)
        return self._fly(Purpose.SET_SPEED, octets, now_s)

    def _set_incline(self, order: BeltOrder, now_s: float) -> bytes | None:
        if not self._confirmed or now_s - self._speed_at_s < RAISE_SPACING_S:
            return None
        units = self._incline.due(order, now_s)
        if units is None:
            return None
        octets = self._dialect.octets(Purpose.SET_INCLINE, units)
        return self._fly(Purpose.SET_INCLINE, octets, now_s)

    def _fly(self, purpose: Purpose, octets: bytes, now_s: float) -> bytes:
        self._flying, self._flying_since_s = purpose, now_s
        if purpose in MOTION and self._unanswered_since_s is None:
            self._unanswered_since_s = now_s
        return octets

    def _heard(self, news: News, report: BeltReport, now_s: float) -> BeltReport:
        purpose = self._flying if news.answers is None else news.answers
        awaited = purpose is not None and purpose is self._flying
        if awaited:
            self._flying = None
        if news.refused:
            self._refused(purpose)
            return report
        if awaited and purpose in MOTION:
            self._taken(purpose)
        if self.control is Control.NONE:
            self.control = Control.GRANTED
        if awaited and not self._direction.heard(news.reverse):
            self._permit.withdrawn |= self._motion_asked
        report = self._hear_state(news, report, now_s)
        if news.set_units is not None and awaited:
            report = self._hear_set_point(news.set_units, report, now_s)
        if news.incline_pct is not None:
            report = replace(report, inclination_pct=news.incline_pct)
        if news.speed_mps is None:
            return report
        self._moved |= news.speed_mps > 0 and self._started
        return report.heard(news.speed_mps, None, now_s, inclination_pct=report.inclination_pct)

    def _taken(self, purpose: Purpose | None) -> None:
        """The machine took a Start or a set-point."""
        self._unanswered_since_s = None
        if purpose is Purpose.START:
            self._started = True
        else:
            self._confirmed = True
            self._read_back = Purpose.SET_POINT in self._dialect.polls

    def _refused(self, purpose: Purpose | None) -> None:
        """Motion refused ends in a Stop; a read that was not understood arrived damaged."""
        self.refusals += 1
        if purpose in MOTION:
            self.control = Control.REFUSED
            self._permit.withdrawn = True
            self._unanswered_since_s = None
            self._fit = not self._dialect.must_prove
        elif purpose is Purpose.SET_INCLINE:
            self._incline.failed()
        elif purpose is not Purpose.STOP:
            self._misread += 1

    def _hear_state(self, news: News, report: BeltReport, now_s: float) -> BeltReport:
        """Started or not; a machine that ends a motion of ours was stopped at its console, or by
        its own dead-man, and one that runs without its dead-man is not to."""
        before = self._running
        self._running = before if news.running is None else news.running
        if not self._motion_asked or self._stopping:
            return report
        self._started |= self._running is True
        ended = before is True and self._running is False
        self._permit.withdrawn |= ended or news.expired or not news.guarded
        return replace(report, console_stop_at_s=now_s) if ended else report

    def _hear_set_point(self, units: int, report: BeltReport, now_s: float) -> BeltReport:
        """The set-point that the machine holds: ours, or another's."""
        if not (self.set_units and self._confirmed) or units == self.set_units:
            return report
        if units > self.set_units:
            return replace(report, foreign_at_s=now_s)
        if not self._moved:
            self._confirmed = False
            return report
        if now_s - self._speed_at_s < STEADY_S:
            return report
        lowered_mps = self._dialect.grid.mps(units)
        return replace(report, lowered_at_s=now_s, lowered_mps=lowered_mps)

"""The client's side of the Fitness Machine Control Point (2AD9), without I/O.

Given the newest order and report, `next_write` says which octets to hand to the link now, if any.
It never waits: an answer is news that arrives by `hear_answer`, or does not.

- One procedure is in flight at a time; of several set-points only the newest is ever written.
- Stop overtakes whatever is in flight, and is re-stated until fresh telemetry has shown rest.
- An acknowledgement is not motion: Start and Stop are judged by the report alone.
- Start is never written to a belt that moves, nor to one whose speed is not freshly known.
- A late answer, or one to somebody else's request, is told by its op code and ignored.
- A set-point that is not permitted, after others were, says as much as a status that says so:
  control is lost.
- An incline is written only beside a set-point that stands; it is not awaited for long.

A new connection takes a new `ControlPoint`, so nothing survives a reconnect: a moving order that
already stands is a Stop, until another order has come.
"""

import math

from protocols.belt import (
    REST_PROOF_S,
    BeltOrder,
    BeltReport,
    Control,
    InclineGrid,
    Level,
    SpeedGrid,
)
from protocols.ftms import procedures
from protocols.ftms.conduct import UNMEASURED, Conduct
from protocols.ftms.permission import Permission
from protocols.ftms.procedures import OpCode, ResultCode
from protocols.incline import InclineTarget
from protocols.permit import Permit

RUN, STOP, WATCH = Level.RUN, Level.STOP, Level.WATCH
MOTION = (OpCode.START_OR_RESUME, OpCode.SET_TARGET_SPEED)
LIFT = OpCode.SET_TARGET_INCLINATION
MOVING = frozenset((*MOTION, LIFT))

ANSWER_LIMIT_S = 3.0
"""An answer that has not come by now is not awaited any longer. The profile allows 30 s, which is
no use to a person on a belt; measured machines answer within 50 ms. It is told as unanswered for
longer than any setting lets a walk go on without an answer (2 s)."""
INCLINE_ANSWER_LIMIT_S = 0.5
"""For an incline: a set-point that follows shall not wait for a lift."""
RESTATE_STOP_S = 0.15
"""Between two Stops, so that a poll every 50 ms keeps well within 250 ms."""
STOP_ONCE_S = 2.5
"""Between two Stops to a machine whose second one may start it; by then the first has slowed it."""
STOP_TURN_S = 0.1
"""A Stop without an answer for so long no longer holds back a Request Control."""
START_PATIENCE_S = 6.5
"""From Start to the first set-point if no motion is reported: 4.4-6.2 s were measured (Omega Z)."""
START_RETRY_S = 1.0
START_TRIES = 3
RAISE_SPACING_S = 0.5
"""Between two raised set-points, to keep the control point idle for a Stop."""
STEADY_S = 3.0
"""A set-point that stands for so long has been reached: pads gain 0.14 m/s² and more."""


class ControlPoint:
    """Decides the next write from orders, reports and answers. Time is the caller's, monotonic."""

    def __init__(self, grid: SpeedGrid, conduct: Conduct = UNMEASURED) -> None:
        self._grid = grid
        self._incline = InclineTarget()
        self._conduct = conduct
        self._permission = Permission(conduct)
        self._permit = Permit()
        self._flying: OpCode | None = None
        self._flying_since_s = 0.0
        self._started_at_s: float | None = None
        self._start_tries = 0
        self._speed_at_s: float | None = None
        self._raised_at_s: float | None = None
        self._stopped_at_s: float | None = None
        self._first_stop_at_s: float | None = None
        self._restate_now = False
        self.motion_asked = False
        self._heeded = False
        self.set_units = 0
        """The latest set-point written, in wire units; 0 when none stands."""
        self.foreign_answers = 0
        self.refusals = 0

    @property
    def control(self) -> Control:
        return self._permission.control

    @property
    def set_point_mps(self) -> float:
        """The latest set-point written, in m/s; 0 when none stands."""
        return self._grid.mps(self.set_units)

    @property
    def first_stop_at_s(self) -> float | None:
        """When the first Stop of the present or latest run of Stops was handed over."""
        return self._first_stop_at_s

    @property
    def unanswered_since_s(self) -> float | None:
        """When the request for motion was written that has not been answered; None without one."""
        moves = self._flying in MOTION
        return self._flying_since_s if moves else None

    def inclines(self, inclines: InclineGrid | None) -> None:
        """The machine named the inclines that it takes; until then none is written."""
        self._incline.grid = inclines

    def raised(self, target_units: int) -> bool:
        """Whether an announced target is above anything that we asked for.

        Where no set-point stands a machine may announce its lowest speed, at which it starts.
        """
        return target_units > max(self.set_units, self._grid.minimum)

    def lowered(self, target_units: int, now_s: float) -> bool:
        """Whether an announced target is a person's, who wants to go slower than we asked.

        Machines announce targets of their own on their way up, so our last raise must be long ago.
        """
        stands = self._raised_at_s is not None and now_s - self._raised_at_s >= STEADY_S
        return stands and 0 < target_units < self.set_units

    def next_write(self, order: BeltOrder, report: BeltReport, now_s: float) -> bytes | None:
        """Octets to hand over now, or None. The caller hands over what it is given, at once."""
        level = self._permit.level(order, now_s)
        units = self._grid.floor(order.speed_mps) if level is RUN else 0
        if level is STOP or (level is RUN and units == 0 and self.motion_asked):
            return self._stop(order, report, now_s)
        self._stopped_at_s = None
        if level is WATCH:
            self._permission.forgive()
        if level is WATCH or self._in_flight(now_s):
            return None
        if not self._permission.holds(now_s):
            return self._request_control(now_s)
        return self._run(units, order, report, now_s) if units else None

    def hear_answer(self, octets: bytes, now_s: float) -> None:
        """Take an indication of the control point; anything but the awaited answer is counted."""
        answer = procedures.decode_response(octets)
        if answer is None:
            self.foreign_answers += 1
        elif self._permission.asking and answer.request_op == OpCode.REQUEST_CONTROL:
            self._permission.answered(granted=answer.ok)
            self._restate_now = answer.ok
        elif self._flying is not None and answer.request_op == self._flying:
            if answer.result == ResultCode.CONTROL_NOT_PERMITTED:
                self._not_permitted(now_s)
            self._over(refused=not answer.ok)
        else:
            self.foreign_answers += 1

    def write_failed(self, op: int) -> None:
        """The link did not take a write, or the machine discarded it: the procedure is over."""
        if op == OpCode.REQUEST_CONTROL:
            self._permission.ask_anew()
        elif self._flying is not None and op == self._flying:
            self._over(refused=True)

    def _not_permitted(self, now_s: float) -> None:
        """Some machines permit no set-point yet, soon after Start (KingSmith): control is asked for
        anew. One that took a set-point of this walk, and takes none now, is somebody else's."""
        if self._flying is OpCode.SET_TARGET_SPEED and self._heeded:
            self.permission_lost()
        elif self._permission.holds(now_s):
            self._permission.control = Control.NONE
            self._permission.ask_anew()

    def permission_lost(self) -> None:
        """Machine Status FF: the console, or another central, has taken control.

        Whoever has it now, our motion ends: a moving order is a Stop until another order came.
        """
        self._permission.lost()
        self._permit.withdrawn = True

    def _in_flight(self, now_s: float) -> bool:
        lift = self._flying is LIFT
        limit_s = INCLINE_ANSWER_LIMIT_S if lift else ANSWER_LIMIT_S
        if self._flying is not None and now_s - self._flying_since_s >= limit_s:
            self._flying = None
        return self._flying is not None or self._permission.awaited(now_s)

    def _request_control(self, now_s: float) -> bytes | None:
        return procedures.request_control() if self._permission.due(now_s) else None

    def _stop(self, order: BeltOrder, report: BeltReport, now_s: float) -> bytes | None:
        if not order.doubted and self._rest_proven(report, now_s):
            self.motion_asked = self._heeded = False
            self._started_at_s = None
            self._start_tries = 0
            self.set_units = 0
            self._incline.over()
            return None
        if self._stop_is_due(report, now_s):
            if self._stopped_at_s is None:
                self._first_stop_at_s = now_s
            self._stopped_at_s = now_s
            self._restate_now = False
            return self._fly(OpCode.STOP_OR_PAUSE, procedures.stop(), now_s)
        if self.control is not Control.GRANTED and self._stop_had_its_turn(now_s):
            return self._request_control(now_s)
        return None

    def _stop_had_its_turn(self, now_s: float) -> bool:
        return self._flying is None or now_s - self._flying_since_s >= STOP_TURN_S

    def _stop_is_due(self, report: BeltReport, now_s: float) -> bool:
        """The first at once, the next as soon as control is granted, then each when it has aged."""
        if self._stopped_at_s is None:
            return True
        if self._conduct.stop_once:
            moves = report.age_s(now_s) <= STOP_ONCE_S and report.speed_mps != 0
            return moves and now_s - self._stopped_at_s >= STOP_ONCE_S
        if self._restate_now:
            return True
        return now_s - self._stopped_at_s >= RESTATE_STOP_S

    def _rest_proven(self, report: BeltReport, now_s: float) -> bool:
        """Rest was shown, and if motion was asked for, it was shown since a Stop was written."""
        since_s: float | None = -math.inf
        if self.motion_asked:
            since_s = None if self._stopped_at_s is None else self._first_stop_at_s
        return since_s is not None and report.rest_shown_s(since_s, now_s) >= REST_PROOF_S

    def _run(self, units: int, order: BeltOrder, report: BeltReport, now_s: float) -> bytes | None:
        if report.speed_mps == 0:
            if self._started_at_s is None:
                return self._start(report, now_s)
            if now_s - self._started_at_s < START_PATIENCE_S:
                return None
        if report.speed_mps is None:
            return None
        octets = self._set_speed(units, now_s)
        if octets is not None or report.speed_mps == 0:
            return octets
        return self._set_incline(units, order, now_s)

    def _start(self, report: BeltReport, now_s: float) -> bytes | None:
        spaced = self._speed_at_s is None or now_s - self._speed_at_s >= START_RETRY_S
        tries = 1 if self._conduct.start_toggles else START_TRIES
        if self._start_tries == tries or not spaced or not report.at_rest_for_s(now_s):
            return None
        self._start_tries += 1
        self._started_at_s = self._speed_at_s = now_s
        self.motion_asked = True
        return self._fly(OpCode.START_OR_RESUME, procedures.start(), now_s)

    def _set_speed(self, units: int, now_s: float) -> bytes | None:
        spacing_s = self._conduct.spacing_s
        if units > self.set_units:
            spacing_s = max(spacing_s, RAISE_SPACING_S)
        if units == self.set_units or not self._spaced(spacing_s, now_s):
            return None
        if units > self.set_units:
            self._raised_at_s = now_s
        self.set_units = units
        self._speed_at_s = now_s
        self.motion_asked = True
        return self._fly(OpCode.SET_TARGET_SPEED, procedures.set_target_speed(units), now_s)

    def _set_incline(self, units: int, order: BeltOrder, now_s: float) -> bytes | None:
        """Only while the set-point stands, and not right after it."""
        spacing_s = max(self._conduct.spacing_s, RAISE_SPACING_S)
        if units != self.set_units or not self._spaced(spacing_s, now_s):
            return None
        tenths = self._incline.due(order, now_s)
        if tenths is None:
            return None
        octets = procedures.set_target_inclination(tenths)
        return self._fly(OpCode.SET_TARGET_INCLINATION, octets, now_s)

    def _spaced(self, spacing_s: float, now_s: float) -> bool:
        """The last set-point was written so long ago, and no incline within the measured pause."""
        after_speed = self._speed_at_s is None or now_s - self._speed_at_s >= spacing_s
        return after_speed and now_s - self._incline.written_at_s >= self._conduct.spacing_s

    def _fly(self, op: OpCode, octets: bytes, now_s: float) -> bytes:
        self._flying = op
        self._flying_since_s = now_s
        return octets

    def _over(self, *, refused: bool) -> None:
        """The procedure in flight has ended."""
        op, self._flying = self._flying, None
        if not refused:
            self._heeded = self._heeded or op is OpCode.SET_TARGET_SPEED
            return
        self.refusals += 1
        if op is OpCode.SET_TARGET_SPEED:
            self.set_units = 0
        elif op is OpCode.START_OR_RESUME:
            self._started_at_s = None
        elif op is OpCode.SET_TARGET_INCLINATION:
            self._incline.failed()

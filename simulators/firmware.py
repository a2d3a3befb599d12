"""A treadmill's firmware without its radio: requests in, results and a wish for the belt out.

The rules are those of FTMS 1.0 section 4.16: indications first (else ATT error 0xFD), one
procedure at a time (0xFE), Request Control before anything else (result 05), Start when started
and Stop when stopped fail (04), a parameter out of range is invalid (03), an unknown op code is
not supported (02). Control is lost with the link; the belt runs on, as on most machines.

`mode` walks STANDBY → RUNNING → (PAUSED →) STOPPING → STANDBY; STOPPING lasts until the belt rests.
Speeds are those of the belt, m/s; the wire's units end in here.
"""

from collections.abc import Callable
from enum import Enum
from functools import partial
from math import inf
from typing import NamedTuple

from protocols.belt import SpeedGrid
from protocols.ftms import parameters, procedures
from protocols.ftms.procedures import OpCode, Request, ResultCode
from simulators.agenda import Agenda
from simulators.faults.parts import HONEST, SPEEDS, Machine
from simulators.manners import MANNERS
from simulators.plant import BeltInput, BeltState
from simulators.quirks import QUIRKS
from simulators.trouble import Clocks

__all__ = ["INCLINES", "SPEEDS", "Answer", "Firmware", "Mode"]

CCCD_IMPROPERLY_CONFIGURED = 0xFD
PROCEDURE_ALREADY_IN_PROGRESS = 0xFE
"""ATT errors of the Core Specification Supplement, part B, 1.2."""

INCLINES = range(0, 105, 5)
"""0–10 % in steps of 0.5, in 0.1 %."""

INCLINE_PER_S = 5.0
"""Speed of the lift motor, 0.1 % per second."""


class Mode(Enum):
    STANDBY = "standby"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


class Answer(NamedTuple):
    """What comes back for a write: an ATT error, or else a response to indicate after `delay_s`.

    Neither means that the write is taken and never answered. Whoever carries a response calls
    `Firmware.answered` when it hands the response over, which ends the procedure.
    """

    att_error: int | None = None
    response: bytes | None = None
    delay_s: float = 0.0


class Firmware:
    """One machine's mind. `machine` may be exchanged at any time, as when a part fails.

    `set_at_s` is for the manner that drops what comes too soon; `last_op` is the request before
    the present one.
    """

    def __init__(self, machine: Machine = HONEST) -> None:
        self.machine = machine
        self.mode = Mode.STANDBY
        self.controlled = False
        self.key_in = True
        self.set_point_mps = 0.0
        self.target_incline = 0
        self.incline = 0.0
        self.elapsed_s = 0.0
        self.agenda = Agenda()
        self.set_at_s = -inf
        self.last_op: int | None = None
        self._answering = False
        self._started_at_s = -inf

    @property
    def speeds(self) -> SpeedGrid:
        return self.machine.habits.speeds

    @property
    def highest_mps(self) -> float:
        return self.speeds.mps(self.speeds.maximum)

    @property
    def running(self) -> bool:
        return self.mode is Mode.RUNNING

    @property
    def paused(self) -> bool:
        return self.mode is Mode.PAUSED

    @property
    def started_s(self) -> float:
        """Seconds since the belt was last started."""
        return self.now_s - self._started_at_s

    @property
    def now_s(self) -> float:
        return self.agenda.now_s

    def clocks(self) -> Clocks:
        return self.agenda.clocks()

    def afflict(self, machine: Machine) -> None:
        """Be `machine` from now on; onsets count from now where their clock runs already."""
        self.machine = machine
        self.agenda.count_anew(running=self.running)

    def write(self, octets: bytes, *, indications_on: bool) -> Answer:
        """Take what a client wrote to the control point."""
        if not indications_on:
            return Answer(CCCD_IMPROPERLY_CONFIGURED)
        if self._answering:
            return Answer(PROCEDURE_ALREADY_IN_PROGRESS)
        request = procedures.decode_request(octets)
        if request is None:
            return Answer()
        response = self._respond(request)
        self.last_op = request.op
        if response is None:
            return Answer()
        self._answering = True
        return Answer(None, response, self.machine.habits.answer_s)

    def answered(self) -> None:
        self._answering = False

    def connected(self) -> None:
        self.agenda.link(True)

    def disconnected(self) -> None:
        self.controlled = False
        self._answering = False
        self.agenda.link(False)
        if self.machine.habits.stops_unlinked and self.mode is not Mode.STANDBY:
            self.halt()

    def ask(self, load_n: float = 0.0) -> BeltInput:
        """What the drive is told now, under the load of a walker."""
        mode = self.mode
        return BeltInput(
            mode is Mode.RUNNING and self.machine.habits.moves,
            self.set_point_mps,
            mode is Mode.STOPPING or mode is Mode.STANDBY,
            load_n,
            self.key_in,
        )

    def pass_time(self, belt: BeltState, dt_s: float) -> None:
        """The belt was moved by `dt_s`: count, lift, and see whether it has come to rest."""
        self.agenda.now_s += dt_s
        if self.mode is Mode.RUNNING:
            self.elapsed_s += dt_s
            if self.machine.habits.runaway_mps2:
                self._run_away(dt_s)
        elif self.mode is Mode.STOPPING and belt.speed_mps == 0.0:
            self.mode = Mode.STANDBY
        if self.target_incline != self.incline:
            way = self.target_incline - self.incline
            self.incline += max(-INCLINE_PER_S * dt_s, min(INCLINE_PER_S * dt_s, way))
        if self.agenda.busy:
            self.agenda.catch_up()

    def start(self) -> ResultCode:
        """Begin at the machine's minimum, or at the target set while at rest; or resume."""
        return self._carry_out(OpCode.START_OR_RESUME)

    def stop(self) -> ResultCode:
        return self._carry_out(OpCode.STOP_OR_PAUSE, parameters.STOP)

    def pause(self) -> ResultCode:
        return self._carry_out(OpCode.STOP_OR_PAUSE, parameters.PAUSE)

    def set_speed(self, units: int) -> ResultCode:
        return self._carry_out(OpCode.SET_TARGET_SPEED, units)

    def set_moving(self) -> ResultCode:
        """Start from whatever it was doing."""
        if not self.key_in:
            return ResultCode.OPERATION_FAILED
        self.mode = Mode.RUNNING
        self.set_point_mps = self.set_point_mps or self._executed(self.speeds.minimum)
        self._started_at_s = self.now_s
        self.agenda.begin()
        return ResultCode.SUCCESS

    def halt(self) -> None:
        """What Stop, Reset and the safety key do to the belt."""
        self.mode = Mode.STOPPING
        self.set_point_mps = 0.0

    def force(self, request: Request) -> None:
        """Carry out a Start or a set-point, also if the belt was stopped since."""
        if not self.running:
            self.set_moving()
        if request.op == OpCode.SET_TARGET_SPEED:
            self._set_speed(*request.values)

    def lowers(self, values: tuple[int, ...]) -> bool:
        """Whether a commanded speed is below the present set-point of a belt that runs."""
        return self.running and self._executed(values[0]) < self.set_point_mps

    def _respond(self, request: Request) -> bytes | None:
        """What the control point answers, by way of the machine's manners."""

        def honestly() -> bytes | None:
            result = request.fault or self._obey(OpCode(request.op), request.values)
            return procedures.response(request.op, result)

        proceed: Callable[[], bytes | None] = honestly
        for trouble in self.machine.manners:
            if trouble.active(self.clocks()):
                proceed = partial(MANNERS[trouble.what], self, request, trouble.by, proceed)
        return proceed()

    def _obey(self, op: OpCode, values: tuple[int, ...]) -> ResultCode:
        if op not in _PROCEDURES:
            return ResultCode.OP_CODE_NOT_SUPPORTED
        permitted = self.controlled or not self.machine.habits.needs_control
        if op is not OpCode.REQUEST_CONTROL and not permitted:
            return ResultCode.CONTROL_NOT_PERMITTED
        return self._carry_out(op, *values)

    def _carry_out(self, op: OpCode, *values: int) -> ResultCode:
        """Do it, by way of the machine's quirks."""
        proceed: Callable[[], ResultCode] = partial(_PROCEDURES[op], self, *values)
        for trouble in self.machine.quirks:
            concerned, quirk = QUIRKS[trouble.what]
            if concerned is op and trouble.active(self.clocks()):
                proceed = partial(quirk, self, values, trouble.by, proceed)
        return proceed()

    def _start(self) -> ResultCode:
        if self.mode not in (Mode.STANDBY, Mode.PAUSED):
            return ResultCode.OPERATION_FAILED
        return self.set_moving()

    def _stop_or_pause(self, which: int) -> ResultCode:
        if which == parameters.STOP and self.mode is not Mode.STANDBY:
            self.halt()
        elif which == parameters.PAUSE and self.running:
            self.mode = Mode.PAUSED
        else:
            return ResultCode.OPERATION_FAILED
        return ResultCode.SUCCESS

    def _set_speed(self, units: int) -> ResultCode:
        speeds = self.speeds
        off_grid = (units - speeds.minimum) % speeds.increment
        if not speeds.minimum <= units <= speeds.maximum or off_grid:
            return ResultCode.INVALID_PARAMETER
        if self.mode is Mode.STOPPING:
            return ResultCode.OPERATION_FAILED
        self.set_point_mps = self._executed(units)
        return ResultCode.SUCCESS

    def _take_control(self) -> ResultCode:
        self.controlled = True
        return ResultCode.SUCCESS

    def _reset(self) -> ResultCode:
        self.halt()
        self.controlled = False
        self.target_incline = 0
        self.elapsed_s = 0.0
        return ResultCode.SUCCESS

    def _set_incline(self, tenths: int) -> ResultCode:
        if tenths not in INCLINES:
            return ResultCode.INVALID_PARAMETER
        self.target_incline = round(tenths * self.machine.habits.incline_scale)
        return ResultCode.SUCCESS

    def _executed(self, units: int) -> float:
        """The true speed of a commanded one; a machine that takes km/h for mph runs too fast."""
        return self.speeds.mps(units) * self.machine.habits.unit_scale

    def _run_away(self, dt_s: float) -> None:
        habits = self.machine.habits
        if self.clocks().run_s >= habits.runaway_after_s:
            risen_mps = self.set_point_mps + habits.runaway_mps2 * dt_s
            self.set_point_mps = max(self.set_point_mps, min(self.highest_mps, risen_mps))


_PROCEDURES: dict[OpCode, Callable[..., ResultCode]] = {
    OpCode.REQUEST_CONTROL: Firmware._take_control,
    OpCode.RESET: Firmware._reset,
    OpCode.SET_TARGET_SPEED: Firmware._set_speed,
    OpCode.SET_TARGET_INCLINATION: Firmware._set_incline,
    OpCode.START_OR_RESUME: Firmware._start,
    OpCode.STOP_OR_PAUSE: Firmware._stop_or_pause,
}

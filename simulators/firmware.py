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
from typing import NamedTuple

from protocols.belt import SpeedGrid
from protocols.ftms import parameters, procedures
from protocols.ftms.procedures import OpCode, ResultCode
from protocols.ftms.treadmill_data import SPEED_UNITS_PER_MPS
from simulators.faults import HONEST, Machine
from simulators.plant import BeltInput, BeltState

CCCD_IMPROPERLY_CONFIGURED = 0xFD
PROCEDURE_ALREADY_IN_PROGRESS = 0xFE
"""ATT errors of the Core Specification Supplement, part B, 1.2."""

SPEEDS = SpeedGrid(minimum=50, maximum=600, increment=10, units_per_mps=SPEED_UNITS_PER_MPS)
"""0.5–6.0 km/h in steps of 0.1, a walking pad's usual range."""

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
    """One machine's mind. `machine` may be exchanged at any time, as when a part fails."""

    def __init__(self, machine: Machine = HONEST) -> None:
        self.machine = machine
        self.mode = Mode.STANDBY
        self.controlled = False
        self.key_in = True
        self.set_point_mps = 0.0
        self.target_incline = 0
        self.incline = 0.0
        self.elapsed_s = 0.0
        self._answering = False

    def write(self, octets: bytes, *, indications_on: bool) -> Answer:
        """Take what a client wrote to the control point."""
        if not indications_on:
            return Answer(CCCD_IMPROPERLY_CONFIGURED)
        if self._answering:
            return Answer(PROCEDURE_ALREADY_IN_PROGRESS)
        request = procedures.decode_request(octets)
        if request is None:
            return Answer()
        result = request.fault or self._obey(OpCode(request.op), request.values)
        if request.op == OpCode.REQUEST_CONTROL and not self.machine.habits.answers_control:
            return Answer()
        self._answering = True
        response = procedures.response(request.op, result)
        return Answer(None, response, self.machine.habits.answer_s)

    def answered(self) -> None:
        self._answering = False

    def disconnected(self) -> None:
        self.controlled = False
        self._answering = False

    def ask(self, load_n: float = 0.0) -> BeltInput:
        """What the drive is told now, under the load of a walker."""
        return BeltInput(
            running=self.mode is Mode.RUNNING and self.machine.habits.moves,
            set_point_mps=self.set_point_mps,
            stopping=self.mode in (Mode.STOPPING, Mode.STANDBY),
            load_n=load_n,
            powered=self.key_in,
        )

    def pass_time(self, belt: BeltState, dt_s: float) -> None:
        """The belt was moved by `dt_s`: count, lift, and see whether it has come to rest."""
        if self.mode is Mode.RUNNING:
            self.elapsed_s += dt_s
            self._run_away(dt_s)
        elif self.mode is Mode.STOPPING and belt.speed_mps == 0.0:
            self.mode = Mode.STANDBY
        way = self.target_incline - self.incline
        self.incline += max(-INCLINE_PER_S * dt_s, min(INCLINE_PER_S * dt_s, way))

    def start(self) -> ResultCode:
        """Begin at the machine's minimum, or at the target set while at rest; or resume."""
        if self.mode is Mode.RUNNING and self.machine.habits.start_toggles:
            return self.pause()
        if self.mode not in (Mode.STANDBY, Mode.PAUSED) or not self.key_in:
            return ResultCode.OPERATION_FAILED
        self.mode = Mode.RUNNING
        self.set_point_mps = self.set_point_mps or self._executed(SPEEDS.minimum)
        return ResultCode.SUCCESS

    def stop(self) -> ResultCode:
        if not self.machine.habits.obeys_stop:
            return ResultCode.SUCCESS
        if self.mode is Mode.STANDBY:
            return ResultCode.OPERATION_FAILED
        self.halt()
        return ResultCode.SUCCESS

    def pause(self) -> ResultCode:
        if not self.machine.habits.obeys_stop:
            return ResultCode.SUCCESS
        if self.mode is not Mode.RUNNING:
            return ResultCode.OPERATION_FAILED
        self.mode = Mode.PAUSED
        return ResultCode.SUCCESS

    def halt(self) -> None:
        """What Stop, Reset and the safety key do to the belt."""
        self.mode = Mode.STOPPING
        self.set_point_mps = 0.0

    def set_speed(self, units: int) -> ResultCode:
        off_grid = (units - SPEEDS.minimum) % SPEEDS.increment
        if not SPEEDS.minimum <= units <= SPEEDS.maximum or off_grid:
            return ResultCode.INVALID_PARAMETER
        if self.mode is Mode.STOPPING:
            return ResultCode.OPERATION_FAILED
        self.set_point_mps = self._executed(units)
        return ResultCode.SUCCESS

    def _obey(self, op: OpCode, values: tuple[int, ...]) -> ResultCode:
        if op not in _PROCEDURES:
            return ResultCode.OP_CODE_NOT_SUPPORTED
        if op is not OpCode.REQUEST_CONTROL and not self.controlled:
            return ResultCode.CONTROL_NOT_PERMITTED
        return _PROCEDURES[op](self, *values)

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
        self.target_incline = tenths
        return ResultCode.SUCCESS

    def _stop_or_pause(self, which: int) -> ResultCode:
        return self.stop() if which == parameters.STOP else self.pause()

    def _executed(self, units: int) -> float:
        """The true speed of a commanded one; a machine that takes km/h for mph runs too fast."""
        return SPEEDS.mps(units) * self.machine.habits.unit_scale

    def _run_away(self, dt_s: float) -> None:
        rise_mps = self.machine.habits.runaway_mps2 * dt_s
        if rise_mps:
            self.set_point_mps = min(SPEEDS.mps(SPEEDS.maximum), self.set_point_mps + rise_mps)


_PROCEDURES: dict[OpCode, Callable[..., ResultCode]] = {
    OpCode.REQUEST_CONTROL: Firmware._take_control,
    OpCode.RESET: Firmware._reset,
    OpCode.SET_TARGET_SPEED: Firmware.set_speed,
    OpCode.SET_TARGET_INCLINATION: Firmware._set_incline,
    OpCode.START_OR_RESUME: Firmware.start,
    OpCode.STOP_OR_PAUSE: Firmware._stop_or_pause,
}

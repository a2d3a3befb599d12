"""A treadmill's firmware without its radio: requests in, results and a wish for the belt out.

The rules are those of FTMS 1.0 section 4.16: indications first (else ATT error 0xFD), one
procedure at a time (0xFE), Request Control before anything else (result 05), Start when started
and Stop when stopped fail (04), a parameter out of range is invalid (03), an unknown op code is
not supported (02). Control is lost with the link; the belt runs on, as on most machines.

`mode` walks STANDBY → RUNNING → (PAUSED →) STOPPING → STANDBY; STOPPING lasts until the belt rests.
Speeds are those of the belt, m/s; the wire's units end in here.
"""

from collections.abc import Callable
from functools import partial
from math import inf

from protocols.belt import SpeedGrid
from protocols.ftms import parameters, procedures
from protocols.ftms.procedures import OpCode, Request, ResultCode
from simulators.agenda import Agenda
from simulators.answer import (
    CCCD_IMPROPERLY_CONFIGURED,
    PROCEDURE_ALREADY_IN_PROGRESS,
    Answer,
)
from simulators.faults.parts import HONEST, SPEEDS, Machine
from simulators.manners import MANNERS
from simulators.mode import Mode
from simulators.obedience import INCLINES, PROCEDURES
from simulators.plant import BeltInput, BeltState
from simulators.quirks import QUIRKS
from simulators.trouble import Clocks

__all__ = ["INCLINES", "SPEEDS", "Answer", "Firmware", "Mode"]

RUNNING, STOPPING = Mode.RUNNING, Mode.STOPPING
HALTED = (STOPPING, Mode.STANDBY)
INCLINE_PER_S = 5.0
"""Speed of the lift motor, 0.1 % per second."""


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
        self.mains = True
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
            mode is RUNNING and self.machine.habits.moves,
            self.set_point_mps,
            mode in HALTED,
            load_n,
            self.key_in and self.mains,
        )

    def pass_time(self, belt: BeltState, dt_s: float) -> None:
        """The belt was moved by `dt_s`: count, lift, and see whether it has come to rest."""
        self.agenda.now_s += dt_s
        if self.mode is RUNNING:
            self.elapsed_s += dt_s
            if self.machine.habits.runaway_mps2:
                self._run_away(dt_s)
        elif self.mode is STOPPING and belt.speed_mps == 0.0:
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

    def set_incline(self, tenths: int) -> ResultCode:
        return self._carry_out(OpCode.SET_TARGET_INCLINATION, tenths)

    def set_moving(self) -> ResultCode:
        """Start from whatever it was doing."""
        if not (self.key_in and self.mains):
            return ResultCode.OPERATION_FAILED
        self.mode = Mode.RUNNING
        self.set_point_mps = self.set_point_mps or self.executed(self.speeds.minimum)
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
            PROCEDURES[OpCode.SET_TARGET_SPEED](self, *request.values)

    def executed(self, units: int) -> float:
        """The true speed of a commanded one; a machine that takes km/h for mph runs too fast."""
        return self.speeds.mps(units) * self.machine.habits.unit_scale

    def lowers(self, values: tuple[int, ...]) -> bool:
        """Whether a commanded speed is below the present set-point of a belt that runs."""
        return self.running and self.executed(values[0]) < self.set_point_mps

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
        if op not in PROCEDURES:
            return ResultCode.OP_CODE_NOT_SUPPORTED
        permitted = self.controlled or not self.machine.habits.needs_control
        if op is not OpCode.REQUEST_CONTROL and not permitted:
            return ResultCode.CONTROL_NOT_PERMITTED
        return self._carry_out(op, *values)

    def _carry_out(self, op: OpCode, *values: int) -> ResultCode:
        """Do it, by way of the machine's quirks."""
        proceed: Callable[[], ResultCode] = partial(PROCEDURES[op], self, *values)
        for trouble in self.machine.quirks:
            concerned, quirk = QUIRKS[trouble.what]
            if concerned is op and trouble.active(self.clocks()):
                proceed = partial(quirk, self, values, trouble.by, proceed)
        return proceed()

    def _run_away(self, dt_s: float) -> None:
        habits = self.machine.habits
        if self.clocks().run_s >= habits.runaway_after_s:
            risen_mps = self.set_point_mps + habits.runaway_mps2 * dt_s
            self.set_point_mps = max(self.set_point_mps, min(self.highest_mps, risen_mps))

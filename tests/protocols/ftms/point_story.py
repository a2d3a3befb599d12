"""A control point as a story: asked at every turn, its answers and its belt as a test says."""

from dataclasses import replace

from protocols.belt import BeltOrder, BeltReport, Level, SpeedGrid
from protocols.ftms import procedures
from protocols.ftms.control_point import RAISE_SPACING_S, ControlPoint
from protocols.ftms.procedures import OpCode

TURN_S = 1 / 16
"""Slower than the driver's 50 ms, and without rounding errors."""
GRID = SpeedGrid(minimum=50, maximum=600, increment=10, units_per_mps=360)
REQUEST, START, STOP = "00", "07", "0801"
SUCCESS, FAILED, NOT_PERMITTED = 1, 4, 5


def speed(units: int) -> str:
    return procedures.set_target_speed(units).hex()


class Story:
    """A control point asked at every turn, a belt that reports as often, a clock moved by hand."""

    def __init__(self) -> None:
        self.point = ControlPoint(GRID)
        self.now_s = 1000.0
        self.report = BeltReport(linked=True, grid=GRID)
        self.belt_mps: float | None = 0.0
        self.order = BeltOrder()
        self.deciding = True
        self.written_at_s: list[float] = []

    def order_to(self, level: Level, units: float = 0, incline_pct: float | None = None) -> None:
        self.order = BeltOrder(level, units / 360, self.now_s, incline_pct=incline_pct)

    def turn(self) -> str:
        """One turn later; what is written in it, in hex, or nothing."""
        self.now_s += TURN_S
        if self.belt_mps is not None:
            self.report = self.report.heard(self.belt_mps, None, self.now_s)
        if self.deciding:
            self.order = replace(self.order, decided_at_s=self.now_s)
        octets = self.point.next_write(self.order, self.report, self.now_s)
        if octets is None:
            return ""
        self.written_at_s.append(self.now_s)
        return octets.hex()

    def after(self, seconds: float) -> list[str]:
        """Everything written in the turns of so many seconds."""
        turns = [self.turn() for _ in range(round(seconds / TURN_S))]
        return [octets for octets in turns if octets]

    def answer(self, op: int, result: int = SUCCESS) -> None:
        self.point.hear_answer(procedures.response(op, result), self.now_s)

    def ready(self) -> None:
        """Control asked for and granted."""
        self.order_to(Level.READY)
        assert self.after(0.1) == [REQUEST]
        self.answer(OpCode.REQUEST_CONTROL)

    def walk(self, units: int = 100) -> None:
        """Control granted, started, at a set-point that the belt follows."""
        self.ready()
        self.order_to(Level.RUN, units)
        assert self.after(0.1) == [START]
        self.answer(OpCode.START_OR_RESUME)
        self.belt_mps = 50 / 360
        assert self.after(RAISE_SPACING_S) == [speed(units)]
        self.answer(OpCode.SET_TARGET_SPEED)
        self.belt_mps = units / 360

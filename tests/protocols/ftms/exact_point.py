"""A control point and its belt, asked at exact moments and heard in the octets of the wire."""

from protocols.belt import BeltOrder, BeltReport, InclineGrid, Level, SpeedGrid
from protocols.ftms.conduct import Conduct
from protocols.ftms.control_point import ControlPoint

RUN, READY, STOP, WATCH = Level.RUN, Level.READY, Level.STOP, Level.WATCH
GRID = SpeedGrid(minimum=50, maximum=600, increment=10, units_per_mps=360)
INCLINES = InclineGrid(minimum=-30, maximum=100, increment=5, units_per_pct=10)
LONG_AGO_S = -100.0
BASES = (0.0, 1000.0)
"""A moment at which nothing is rounded, and one at which a sum is no difference."""
ASK, GO, HALT = "00", "07", "0801"
AT_80, AT_100, AT_120 = "025000", "026400", "027800"
AT_ONE_PCT, AT_TWO_PCT = "030a00", "031400"
GRANTED, NOT_GRANTED = "800001", "800005"
WENT, DID_NOT_GO, MAY_NOT_GO = "800701", "800704", "800705"
HALTED, MAY_NOT_HALT = "800801", "800805"
SET, NOT_SET, MAY_NOT_SET = "800201", "800204", "800205"
LIFTED, NOT_LIFTED = "800301", "800304"


class Point:
    """A control point and the belt that it hears of at every turn."""

    def __init__(self, **conduct: bool | float) -> None:
        self.point = ControlPoint(GRID, Conduct(**conduct))  # type: ignore[arg-type]
        self.point.inclines(INCLINES)
        self.belt_mps: float | None = 0.0
        self.rest_since_s: float | None = LONG_AGO_S
        self.age_s = 0.0

    def turn(
        self, at_s: float, level: Level, units: int = 0, incline_pct: float | None = None
    ) -> str:
        """What is written, in hex, or nothing."""
        order = BeltOrder(level, units / 360, at_s, incline_pct=incline_pct)
        report = BeltReport(
            linked=True,
            speed_mps=self.belt_mps,
            reported_at_s=at_s - self.age_s,
            rest_since_s=self.rest_since_s,
        )
        octets = self.point.next_write(order, report, at_s)
        return "" if octets is None else octets.hex()

    def hear(self, at_s: float, octets: str) -> None:
        self.point.hear_answer(bytes.fromhex(octets), at_s)

    def moves(self, belt_mps: float = 0.2) -> "Point":
        self.belt_mps, self.rest_since_s = belt_mps, None
        return self

    def rests(self, since_s: float = LONG_AGO_S) -> "Point":
        self.belt_mps, self.rest_since_s = 0.0, since_s
        return self

    def ready(self, at_s: float) -> "Point":
        """Control asked for and granted."""
        assert self.turn(at_s, READY) == ASK
        self.hear(at_s, GRANTED)
        return self

    def started(self, at_s: float) -> "Point":
        """Control granted and Start taken at the same moment; the belt does not move yet."""
        self.ready(at_s)
        assert self.turn(at_s, RUN, 100) == GO
        self.hear(at_s, WENT)
        return self

    def walks(self, at_s: float) -> "Point":
        """Started a second before; its first set-point written and taken at this moment."""
        self.started(at_s - 1.0).moves()
        assert self.turn(at_s, RUN, 100) == AT_100
        self.hear(at_s, SET)
        return self

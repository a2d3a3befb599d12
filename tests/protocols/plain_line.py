"""A conversation in plain words, so that nothing but the conversation is tried."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from protocols.belt import BeltOrder, BeltReport, InclineGrid, Level, SpeedGrid
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

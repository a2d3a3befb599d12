"""Sensors that speak over the network: the desk hears them and passes their readings on.

They are slower than a wire and may be cut off by anybody on the way, so what they say is folded by
the wired unit's rules: local receive time, a sequence that moves, and silence is release.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

from protocols.grip import GripFrame, GripReport, fold

FALL_S = 10.0
"""A fall told once, by a sensor that then falls silent, counts so long."""
HEART_S = 5.0
"""A strap tells once a second; older than this its figure is not known."""

Reading = Mapping[str, Any]


class Grip(Protocol):
    """Anything that keeps a grip report."""

    @property
    def report(self) -> GripReport: ...


class NetworkGrip:
    """A grip unit behind the broker. A reading carries what the way here adds, if it is known."""

    def __init__(
        self, on_news: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._on_news = on_news
        self._clock = clock
        self.report = GripReport(latency_s=None)

    async def __aenter__(self) -> "NetworkGrip":
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        return

    def take(self, reading: Reading) -> None:
        before = self.report
        report = fold(before, _frame(reading), self._clock())
        self.report = report._replace(latency_s=_number(reading.get("latency_s")))
        if _signals(before.frame) != _signals(report.frame):
            self._on_news()


@dataclass
class Vitals:
    """A fall signal and a heart rate from the network, each good for a while."""

    on_news: Callable[[], None]
    clock: Callable[[], float] = time.monotonic
    _fell_at_s: float | None = field(default=None, init=False)
    _beat: tuple[int, float] | None = field(default=None, init=False)

    @property
    def fell(self) -> bool:
        return self._fell_at_s is not None and self.clock() - self._fell_at_s <= FALL_S

    @property
    def heart_rate_bpm(self) -> int | None:
        if self._beat is None or self.clock() - self._beat[1] > HEART_S:
            return None
        return self._beat[0]

    @property
    def heard_at_s(self) -> float | None:
        """When the heart rate was heard."""
        return None if self._beat is None else self._beat[1]

    def take_fall(self, reading: Reading) -> None:
        """Whatever does not say in so many words that nobody fell is a fall."""
        self._fell_at_s = None if reading.get("fall") is False else self.clock()
        self.on_news()

    def take_heart_rate(self, reading: Reading) -> None:
        bpm = reading.get("bpm")
        if isinstance(bpm, int):
            self._beat = (bpm, self.clock())


@dataclass
class WithFalls:
    """A grip unit whose fall signal is joined by the network's: either is enough.

    A fall, or a pull-cord that came off, that `note` has seen is in the next report that is read,
    even if it was taken back at once: both may come in one chunk of octets.
    """

    grip: Grip
    vitals: Vitals
    _fell: bool = field(default=False, init=False)
    _came_off: bool = field(default=False, init=False)

    def note(self) -> None:
        """Call it at each change, before anybody decides."""
        report = self.grip.report
        self._fell |= self.vitals.fell or report.frame.fall
        self._came_off |= report.received_at_s is not None and not report.frame.tether

    @property
    def report(self) -> GripReport:
        """For the loop, once a turn: what was held until now is told."""
        self.note()
        report = self.grip.report
        tether = report.frame.tether and not self._came_off
        frame = report.frame._replace(fall=self._fell, tether=tether)
        self._fell = self._came_off = False
        return report._replace(frame=frame)


def _signals(frame: GripFrame) -> tuple[bool, bool, bool, bool]:
    """What must not wait for the next turn when it changes."""
    return frame.left_held, frame.right_held, frame.tether, frame.fall


def _frame(reading: Reading) -> GripFrame:
    """What is not said plainly is not held, not attached, and a fall."""
    sequence = reading.get("sequence")
    return GripFrame(
        sequence=sequence if isinstance(sequence, int) else 0,
        left_held=reading.get("left") is True,
        right_held=reading.get("right") is True,
        left_force_n=_number(reading.get("left_force_n")),
        right_force_n=_number(reading.get("right_force_n")),
        tether=reading.get("tether") is True,
        fall=reading.get("fall") is not False,
        battery_pct=_whole(reading.get("battery_pct")),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None

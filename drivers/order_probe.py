"""The road of a commissioning to a machine whose driver takes orders only, such as a serial one.

Single acts become orders that stand, restated as a walk restates its own; what the driver cannot
be brought to do, such as a Start while the belt moves, no walk can bring it to do either.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Self

from drivers.treadmill import KeptTreadmill
from protocols.belt import BeltOrder, BeltReport, Control, Level
from protocols.probing import Answer, Ask, Asked

TURN_S = 0.05


class OrderProbe:
    """Opens the driver while it is entered, and anew after each absence."""

    remarks: frozenset[str] = frozenset()
    name = ""

    def __init__(
        self,
        opened: Callable[[], KeptTreadmill],
        on_news: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opened = opened
        self._on_news = on_news
        self._clock = clock
        self._treadmill: KeptTreadmill | None = None
        self._level, self._units = Level.WATCH, 0
        self._awaited: Asked | None = None
        self._asked_at_s = 0.0
        self._turning: asyncio.Task[None] | None = None
        self._works: set[asyncio.Task[None]] = set()
        self.answers: tuple[Answer, ...] = ()

    @property
    def report(self) -> BeltReport:
        return BeltReport() if self._treadmill is None else self._treadmill.report

    async def __aenter__(self) -> Self:
        await self._come()
        self._turning = asyncio.create_task(self._turn())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._turning is not None:
            self._turning.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._turning
        await self._go()

    def send(self, asked: Asked) -> None:
        if asked.what is Ask.PAUSE:
            return
        self._awaited, self._asked_at_s = asked, self._clock()
        if asked.what in (Ask.LEAVE, Ask.RETURN):
            self._level, self._awaited = Level.WATCH, None
            task = asyncio.create_task(self._go() if asked.what is Ask.LEAVE else self._come())
            self._works.add(task)
            task.add_done_callback(self._works.discard)
            return
        self._level, self._units = self._ordered(asked)
        self._command()

    def _ordered(self, asked: Asked) -> tuple[Level, int]:
        """What an act is as an order: level, and set-point in the machine's own units."""
        grid = self.report.grid
        lowest = 0 if grid is None else grid.minimum
        return {
            Ask.CONTROL: (Level.READY, 0),
            Ask.START: (Level.RUN, self._units or lowest),
            Ask.SPEED: (Level.RUN, asked.units),
        }.get(asked.what, (Level.STOP, 0))

    def _command(self) -> None:
        grid, treadmill = self.report.grid, self._treadmill
        if treadmill is not None:
            speed_mps = 0.0 if grid is None else grid.mps(self._units)
            treadmill.command(BeltOrder(self._level, speed_mps, self._clock()))

    async def _turn(self) -> None:
        while True:
            await asyncio.sleep(TURN_S)
            self._command()
            self._hear()

    def _hear(self) -> None:
        """The answer is what the driver has made of the order."""
        asked, report = self._awaited, self.report
        if asked is None or self._clock() - self._asked_at_s < TURN_S:
            return
        refused = report.control is Control.REFUSED
        if refused or self._taken(asked, report):
            self._awaited = None
            self.answers = (*self.answers, Answer(asked.what, not refused, self._clock()))
            self._on_news()

    def _taken(self, asked: Asked, report: BeltReport) -> bool:
        if asked.what is Ask.CONTROL:
            return report.control is Control.GRANTED
        if asked.what is Ask.STOP:
            return report.stop_sent_at_s is not None
        wanted_mps = 0.0 if report.grid is None else report.grid.mps(self._units)
        stands = abs(report.set_point_mps - wanted_mps) < 1e-6
        return stands and report.unanswered_since_s is None

    async def _come(self) -> None:
        if self._treadmill is None:
            self._treadmill = self._opened()
            await self._treadmill.__aenter__()

    async def _go(self) -> None:
        treadmill, self._treadmill = self._treadmill, None
        if treadmill is not None:
            await treadmill.__aexit__(None, None, None)
        self._on_news()

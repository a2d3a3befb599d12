"""The FTMS driver on a link in memory, in virtual time, with a loop that decides anew."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from drivers.ftms_treadmill import FtmsTreadmill
from protocols.belt import BeltOrder, BeltReport, Level
from tests.drivers.machine_link import MachineLink
from tests.simulators.virtual_time import now_s

REQUEST, START, STOP = "00", "07", "0801"
WALK_MPS = 100 / 360
TURN_S = 0.05


class Rig:
    """The driver, the link under it, what went over the wire, and a loop that decides anew."""

    def __init__(self, link: MachineLink, on_wire: Callable[[str, bytes], None] | None) -> None:
        self.link = link
        self.news = 0
        self.wire: list[tuple[str, str]] = []
        self.deciding = True
        self._order = BeltOrder()
        self.driver = FtmsTreadmill(link, self._count, on_wire or self._record, now_s)

    @property
    def report(self) -> BeltReport:
        return self.driver.report

    @property
    def belt_mps(self) -> float:
        return self.link.treadmill.belt.speed_mps

    def order_to(self, level: Level, speed_mps: float = 0.0) -> None:
        self._order = BeltOrder(level, speed_mps, now_s())
        self.driver.command(self._order)

    async def decide(self) -> None:
        while True:
            await asyncio.sleep(TURN_S)
            if self.deciding:
                self.driver.command(replace(self._order, decided_at_s=now_s()))

    async def ready(self) -> None:
        await asyncio.sleep(2.0)
        self.order_to(Level.READY)
        await asyncio.sleep(0.5)

    async def walk(self) -> None:
        """On a belt that has reached its speed."""
        await self.ready()
        self.order_to(Level.RUN, WALK_MPS)
        await asyncio.sleep(8.0)
        assert self.belt_mps == pytest.approx(WALK_MPS, abs=0.01)

    def written(self, since_s: float = 0.0) -> list[str]:
        return [octets for at_s, octets in self.link.written if at_s >= since_s]

    def _count(self) -> None:
        self.news += 1

    def _record(self, direction: str, octets: bytes) -> None:
        self.wire.append((direction, octets.hex()))


@contextlib.asynccontextmanager
async def rig(
    link: MachineLink | None = None, on_wire: Callable[[str, bytes], None] | None = None
) -> AsyncIterator[Rig]:
    rig = Rig(link or MachineLink(), on_wire)
    others = [asyncio.create_task(rig.link.live()), asyncio.create_task(rig.decide())]
    async with rig.driver:
        yield rig
    for task in others:
        task.cancel()

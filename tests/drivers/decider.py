"""A loop that decides anew at every turn, over a driver and a simulated machine in virtual time."""

import asyncio
from dataclasses import replace

from drivers.treadmill import KeptTreadmill
from protocols.belt import BeltOrder, BeltReport, Level
from simulators.treadmill import Treadmill
from tests.simulators.virtual_time import now_s

TURN_S = 0.05


class Decider:
    """States the order that stands again, as control does, while `deciding`; counts the news."""

    driver: KeptTreadmill
    treadmill: Treadmill

    def __init__(self) -> None:
        self.deciding = True
        self.news = 0
        self._order = BeltOrder()

    @property
    def report(self) -> BeltReport:
        return self.driver.report

    @property
    def belt_mps(self) -> float:
        return self.treadmill.belt.speed_mps

    def order_to(
        self, level: Level, speed_mps: float = 0.0, incline_pct: float | None = None
    ) -> None:
        self._order = BeltOrder(level, speed_mps, now_s(), incline_pct=incline_pct)
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

    def count(self) -> None:
        self.news += 1

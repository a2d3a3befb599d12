"""The FTMS driver on a link in memory, in virtual time, with a loop that decides anew."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from drivers.ftms_treadmill import FtmsTreadmill
from protocols.belt import Level
from tests.drivers.decider import Decider
from tests.drivers.machine_link import MachineLink
from tests.simulators.virtual_time import now_s

REQUEST, START, STOP = "00", "07", "0801"
WALK_MPS = 100 / 360


class Rig(Decider):
    """The driver, the link under it, what went over the wire, and the loop over them."""

    def __init__(self, link: MachineLink, on_wire: Callable[[str, bytes], None] | None) -> None:
        super().__init__()
        self.link = link
        self.treadmill = link.treadmill
        self.wire: list[tuple[str, str]] = []
        self.driver = FtmsTreadmill(link, self.count, on_wire or self._record, now_s)

    async def walk(self) -> None:
        """On a belt that has reached its speed."""
        await self.ready()
        self.order_to(Level.RUN, WALK_MPS)
        await asyncio.sleep(8.0)
        assert self.belt_mps == pytest.approx(WALK_MPS, abs=0.01)

    def written(self, since_s: float = 0.0) -> list[str]:
        return [octets for at_s, octets in self.link.written if at_s >= since_s]

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

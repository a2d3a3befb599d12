"""A serial machine on a real pty that can be unplugged, damaged, held up and plugged in elsewhere.

Real time; a drive that is faster than any treadmill's, so that a story takes few seconds.
"""

import asyncio
import contextlib
import os
import termios
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from drivers.address import treadmill as place_of
from drivers.machines import treadmill_at
from protocols.belt import BeltOrder, BeltReport, Level
from simulators.faults import HONEST
from simulators.plant import Drive
from simulators.serial_machines import SerialEnd, machine
from simulators.treadmill import Treadmill
from simulators.wire import PtyWire, Wire

TICK_S, TURN_S, LIMIT_S = 0.01, 0.05, 20.0
FAST = Drive(up_mps2=1.0, down_mps2=1.0, stop_mps2=2.0, lag_s=0.02, countdown_s=0.05)

Mangle = Callable[[bytes], bytes]


class Line:
    """A wire whose octets may be changed on their way; `out` is towards the driver."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.inward: Mangle = bytes
        self.out: Mangle = bytes
        self.address = wire.address

    def listen(self, on_octets: Callable[[bytes], None]) -> None:
        self._wire.listen(lambda octets: on_octets(self.inward(octets)))

    def send(self, octets: bytes) -> None:
        self._wire.send(self.out(octets))

    async def __aenter__(self) -> "Line":
        return self

    async def __aexit__(self, *_: object) -> None: ...


class RealLine:
    """The machine, a name like those of /dev/serial/by-id, and a driver that opens that name."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.name = folder / "by-id"
        self.treadmill = Treadmill(HONEST._replace(drive=FAST))
        self.machine = machine(kind, self.treadmill, self._requested)
        self.events: list[str] = []
        self.deciding = True
        self._now_s = 0.0
        self._order = BeltOrder()
        self._plugged = contextlib.AsyncExitStack()
        self._end: SerialEnd | None = None
        self.driver = treadmill_at(place_of(f"{kind}:{self.name}"), lambda: None)

    @property
    def report(self) -> BeltReport:
        return self.driver.report

    @property
    def belt_mps(self) -> float:
        return self.treadmill.belt.speed_mps

    async def plug(self) -> None:
        """In some port or other, under the one name."""
        wire = await self._plugged.enter_async_context(PtyWire())
        self.line = Line(wire)
        self._end = SerialEnd(self.machine, self.line, lambda: self._now_s)
        self.name.symlink_to(wire.address)
        self._plugged.callback(self.name.unlink)

    async def unplug(self) -> None:
        """The port hangs up, and its name is gone."""
        self._end = None
        await self._plugged.aclose()

    @contextlib.contextmanager
    def held_up(self) -> Iterator[None]:
        """As after an XOFF that no XON follows."""
        port = os.open(self.name, os.O_RDWR | os.O_NOCTTY)
        termios.tcflow(port, termios.TCOOFF)
        yield
        termios.tcflow(port, termios.TCOON)
        os.close(port)

    def order_to(self, level: Level, speed_mps: float = 0.0) -> None:
        self._order = BeltOrder(level, speed_mps, time.monotonic())
        self.driver.command(self._order)

    async def until(self, what: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not what():  # noqa: ASYNC110 - a belt has no event
                await asyncio.sleep(TICK_S)

    async def walk(self, speed_mps: float = 0.4) -> None:
        await self.until(lambda: self.report.at_rest_for_s(time.monotonic()) > 0.1)
        self.order_to(Level.READY)
        await asyncio.sleep(2 * TURN_S)
        self.order_to(Level.RUN, speed_mps)
        await self.until(lambda: self.belt_mps > speed_mps - 0.05)

    async def rest(self) -> None:
        await self.until(lambda: self.belt_mps == 0)

    async def live(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._now_s += TICK_S
            self.treadmill.advance(TICK_S)
            if self._end is not None:
                await self._end.report()

    async def decide(self) -> None:
        while True:
            await asyncio.sleep(TURN_S)
            if self.deciding:
                self.order_to(self._order.level, self._order.speed_mps)

    def _requested(self, event: str, _at_ns: int, _octets: bytes, _accepted: bool) -> None:
        self.events.append(event)


@contextlib.asynccontextmanager
async def real_line(kind: str, folder: Path) -> AsyncIterator[RealLine]:
    it = RealLine(kind, folder)
    await it.plug()
    others = [asyncio.create_task(it.live()), asyncio.create_task(it.decide())]
    try:
        async with it.driver:
            yield it
    finally:
        for task in others:
            task.cancel()
        await it.unplug()

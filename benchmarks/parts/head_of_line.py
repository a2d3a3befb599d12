"""Stop behind other requests: what leaves before it, and how long until the link has taken it.

A treadmill in memory whose link has one request outstanding at a time, as ATT has, each for as long
as a connection interval of 30 ms. A driver of its own for each Stop, brought into its state by
orders alone.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.parts.figures import quantiles_ms
from benchmarks.parts.measured import running
from benchmarks.parts.memory_treadmill import MemoryTreadmill
from benchmarks.parts.walking import SPEED_MPS, SPEED_UNITS
from drivers.ftms_treadmill import FtmsTreadmill
from protocols.belt import BeltOrder, Control, Level
from protocols.ftms import procedures
from protocols.ftms.procedures import ResultCode

REQUEST_S = 0.03
STATE_S = 5.0


class AttTreadmill(MemoryTreadmill):
    """`taken` has each write's octets as the link takes it; `answers` ends with the machine's
    patience for indications."""

    def __init__(self) -> None:
        super().__init__(SPEED_UNITS, lambda _at_ns: None)
        self._bearer = asyncio.Lock()
        self.taken: list[tuple[bytes, int]] = []
        self.answers = True

    @property
    def busy(self) -> bool:
        """A request is outstanding."""
        return self._bearer.locked()

    async def write(self, uuid: str, octets: bytes, *, response: bool) -> None:
        async with self._bearer:
            self.taken.append((octets, time.monotonic_ns()))
            await asyncio.sleep(REQUEST_S)
        if self.answers:
            answer = procedures.response(octets[0], ResultCode.SUCCESS)
            asyncio.get_running_loop().call_soon(self._tell, uuid, answer)


@dataclass
class Scene:
    """A driver that is linked to such a machine, whose belt moves."""

    link: AttTreadmill
    driver: FtmsTreadmill
    news: asyncio.Event
    random: random.Random

    def order(self, level: Level) -> None:
        speed_mps = SPEED_MPS if level is Level.RUN else 0.0
        self.driver.command(BeltOrder(level, speed_mps, time.monotonic()))

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(STATE_S):
            while not is_so():
                self.news.clear()
                await self.news.wait()


async def _not_held(scene: Scene) -> None:
    scene.order(Level.WATCH)


async def _held(scene: Scene) -> None:
    scene.order(Level.READY)
    await scene.until(lambda: scene.driver.report.control is Control.GRANTED)


async def _asked(scene: Scene) -> None:
    scene.order(Level.READY)
    await _part_of_a_request(scene)


async def _unanswered(scene: Scene) -> None:
    await _held(scene)
    scene.link.answers = False
    scene.order(Level.RUN)
    await scene.until(lambda: len(scene.link.taken) == 2 and not scene.link.busy)


async def _busy(scene: Scene) -> None:
    await _held(scene)
    scene.order(Level.RUN)
    await _part_of_a_request(scene)


async def _part_of_a_request(scene: Scene) -> None:
    await asyncio.sleep(scene.random.uniform(0.0, REQUEST_S))


IDLE = "control held, link idle"
STATES: dict[str, Callable[[Scene], Awaitable[None]]] = {
    IDLE: _held,
    "control not held": _not_held,
    "set-point unanswered": _unanswered,
    "link busy: Request Control": _asked,
    "link busy: set-point": _busy,
}


@dataclass
class Stops:
    """Of every Stop: nanoseconds until it was taken, and how many requests were before it."""

    late_ns: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        return {"n": len(self.before), "before": max(self.before), **quantiles_ms(self.late_ns)}


async def measure(count: int) -> dict[str, dict[str, Any]]:
    """Figures by state; `count` Stops in each, by turns."""
    chance = random.Random(1)  # noqa: S311 - a phase, not a secret
    rows = {name: Stops() for name in STATES}
    for _ in range(count):
        for name, stops in rows.items():
            async with _scene(chance) as scene:
                await STATES[name](scene)
                await _stop(scene, stops)
    return {name: stops.figures() for name, stops in rows.items()}


@asynccontextmanager
async def _scene(chance: random.Random) -> AsyncIterator[Scene]:
    link, news = AttTreadmill(), asyncio.Event()
    async with FtmsTreadmill(link, news.set) as driver, running(link.report()):
        scene = Scene(link, driver, news, chance)
        await scene.until(lambda: driver.report.speed_mps is not None)
        yield scene


async def _stop(scene: Scene, into: Stops) -> None:
    link = scene.link
    taken, outstanding = len(link.taken), int(link.busy)
    commanded_ns = time.monotonic_ns()
    scene.order(Level.STOP)
    await scene.until(lambda: any(is_stop(octets) for octets, _ in link.taken[taken:]))
    later = link.taken[taken:]
    place = next(n for n, (octets, _) in enumerate(later) if is_stop(octets))
    into.late_ns.append(later[place][1] - commanded_ns)
    into.before.append(outstanding + place)


def is_stop(octets: bytes) -> bool:
    return octets == procedures.stop()

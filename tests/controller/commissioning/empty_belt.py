"""A commissioning in virtual time: the simulated treadmill, its radio, and a person who obeys."""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from controller.commission import commission
from controller.commissioning.notes import Sight
from controller.commissioning.probe import Probe
from drivers.ftms_probe import FtmsProbe
from simulators.faults.parts import Machine
from simulators.treadmill import Treadmill
from tests.drivers.machine_link import MachineLink
from tests.simulators.virtual_time import in_virtual_time, now_s


def timeless(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """`in_virtual_time` for a test with parameters."""
    run = in_virtual_time(test)
    run.__signature__ = inspect.signature(test)  # type: ignore[attr-defined]
    return run


@dataclass
class Person:
    """Says yes to the first `yeses` questions, and wants to stop in the step named `stops_in`."""

    yeses: int = 99
    stops_in: str = ""
    stops: bool = False
    questions: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def told(self, sentence: str) -> None:
        self.heard.append(sentence)

    def waits(self) -> None:
        self.stops |= self.stops_in == "waiting"

    def shows(self, probe: Probe, _sight: Sight) -> None:
        if self.steps[-1:] != [probe.step.name]:
            self.steps.append(probe.step.name)
        self.stops |= probe.step.name == self.stops_in

    async def asked(self, question: str) -> bool:
        self.questions.append(question)
        return len(self.questions) <= self.yeses


@dataclass
class Commissioned:
    """What came of one: the probe at its end, the road's remarks, the machine and its fastest."""

    probe: Probe
    remarks: frozenset[str]
    treadmill: Treadmill
    fastest_mps: float
    written: list[str]

    @property
    def flaws(self) -> tuple[str, ...]:
        return self.probe.notes.flaws

    @property
    def quirks(self) -> frozenset[str]:
        return self.probe.notes.quirks | self.remarks


async def commissioned(
    *faults: str,
    machine: Machine | None = None,
    person: Person | None = None,
    stops: int = 4,
    name: str = "",
) -> Commissioned:
    link = MachineLink(*faults, treadmill=Treadmill(machine) if machine else None)
    fastest = [0.0]
    news = asyncio.Event()
    async with lived(link, fastest), FtmsProbe(link, news.set, now_s, lambda: name) as road:
        probe = await commission(road, news, person or Person(), Probe(stops=stops), now_s)
        written = [octets for _, octets in link.written]
        return Commissioned(probe, road.remarks, link.treadmill, fastest[0], written)


@contextlib.asynccontextmanager
async def lived(link: MachineLink, fastest: list[float]) -> AsyncIterator[None]:
    """The machine moves along virtual time; its true highest speed is kept."""
    before: Callable[[], None] = link.turn

    def turn() -> None:
        before()
        fastest[0] = max(fastest[0], link.treadmill.belt.speed_mps)

    link.turn = turn  # type: ignore[method-assign]
    living = asyncio.create_task(link.live())
    try:
        yield
    finally:
        living.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await living

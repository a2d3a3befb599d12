"""Every treadmill driver at its end of a link in memory, with one set of ways to break it."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from typing import Any

from drivers.ftms_treadmill import FtmsTreadmill
from drivers.links import LinkError
from drivers.serial_treadmill import SerialTreadmill
from protocols.belt import Level
from protocols.conversation import Conversation
from protocols.ftms import uuids
from protocols.serial_machines import KINDS, dialect
from simulators.faults import afflicted
from simulators.serial_machines import machine
from simulators.treadmill import Treadmill
from tests.drivers.decider import Decider
from tests.drivers.machine_link import DT_S, MachineLink
from tests.simulators.virtual_time import now_s

FTMS_EVENTS = {"07": "start", "02": "speed", "03": "incline", "08": "stop"}
SERIAL_EVENTS = {
    "start_received": "start",
    "speed_set": "speed",
    "incline_set": "incline",
    "stop_received": "stop",
}


class Subject(Decider, ABC):
    """One driver, one simulated machine, and the loop over them.

    `happened`: (when, "start" | "speed" | "incline" | "stop") as the machine received it.
    """

    async def walk(self, speed_mps: float) -> None:
        await self.ready()
        self.order_to(Level.RUN, speed_mps)
        await asyncio.sleep(9.0)

    def events(self, since_s: float = 0.0) -> list[str]:
        return [event for at_s, event in self.happened() if at_s >= since_s]

    def times(self, event: str, since_s: float = 0.0) -> list[float]:
        return [at_s for at_s, e in self.happened() if e == event and at_s >= since_s]

    @abstractmethod
    def happened(self) -> list[tuple[float, str]]: ...

    @abstractmethod
    async def live(self) -> None: ...

    @abstractmethod
    def cut(self) -> None:
        """The link goes away and does not come back until `restore`."""

    @abstractmethod
    def restore(self) -> None: ...

    @abstractmethod
    def block(self) -> None:
        """No write is taken until `unblock`."""

    @abstractmethod
    def unblock(self) -> None: ...

    @abstractmethod
    def mute(self) -> None:
        """Nothing that the machine says arrives, for good."""

    @abstractmethod
    def say(self, octets: bytes) -> None:
        """As if the machine had said so."""


class FtmsSubject(Subject):
    def __init__(self, *faults: str) -> None:
        super().__init__()
        self.link = MachineLink(*faults)
        self.treadmill = self.link.treadmill
        self.driver = FtmsTreadmill(self.link, self.count, clock=now_s)

    def happened(self) -> list[tuple[float, str]]:
        written = [(at_s, FTMS_EVENTS.get(octets[:2])) for at_s, octets in self.link.written]
        return [(at_s, event) for at_s, event in written if event is not None]

    async def live(self) -> None:
        await self.link.live()

    def cut(self) -> None:
        self.link.reachable = False
        self.link.cut()

    def restore(self) -> None:
        self.link.reachable = True

    def block(self) -> None:
        self.link.released.clear()

    def unblock(self) -> None:
        self.link.released.set()

    def mute(self) -> None:
        self.link.tell = lambda *_: None  # type: ignore[method-assign]

    def say(self, octets: bytes) -> None:
        for uuid in (uuids.TREADMILL_DATA, uuids.MACHINE_STATUS, uuids.CONTROL_POINT):
            self.link.tell(uuid, octets)


class MemoryPort:
    """A `ByteLink` whose other end is the subject."""

    def __init__(self, subject: "SerialSubject") -> None:
        self._subject = subject
        self.on_octets: Callable[[bytes], None] | None = None
        self.on_lost: Callable[[str], None] = lambda _: None

    def start(self, on_octets: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self.on_octets, self.on_lost = on_octets, on_lost

    def write(self, octets: bytes) -> bool:
        return self.on_octets is not None and self._subject.arrived(octets)

    def close(self) -> None:
        self.on_octets = None


class SerialSubject(Subject):
    def __init__(self, kind: str, *faults: str) -> None:
        super().__init__()
        self.treadmill = Treadmill(afflicted(faults))
        self.machine = machine(kind, self.treadmill, self._requested)
        self.plugged, self.blocked, self.muted = True, False, False
        self.opened = 0
        self.port = MemoryPort(self)
        self._happened: list[tuple[float, str]] = []
        self.driver = SerialTreadmill(
            self._open, lambda: Conversation(dialect(kind)), self.count, clock=now_s
        )

    def happened(self) -> list[tuple[float, str]]:
        return self._happened

    async def live(self) -> None:
        while True:
            await asyncio.sleep(DT_S)
            self.treadmill.advance(DT_S)
            self.say(self.machine.pass_time(DT_S))

    def arrived(self, octets: bytes) -> bool:
        if self.blocked:
            return False
        answer = self.machine.take(octets)
        if not self.muted:
            asyncio.get_running_loop().call_later(DT_S, self.say, answer)
        return True

    def cut(self) -> None:
        self.plugged = False
        self.port.on_lost("The port went away.")

    def restore(self) -> None:
        self.plugged = True

    def block(self) -> None:
        self.blocked = True

    def unblock(self) -> None:
        self.blocked = False

    def mute(self) -> None:
        self.muted = True

    def say(self, octets: bytes) -> None:
        if octets and self.port.on_octets is not None:
            self.port.on_octets(octets)

    def _open(self) -> MemoryPort:
        self.opened += 1
        if not self.plugged:
            raise LinkError("There is no such port.")
        self.port = MemoryPort(self)
        return self.port

    def _requested(self, event: str, _at_ns: int, _octets: bytes, _accepted: bool) -> None:
        if event in SERIAL_EVENTS:
            self._happened.append((now_s(), SERIAL_EVENTS[event]))


SUBJECTS: dict[str, Callable[..., Subject]] = {
    "ftms": FtmsSubject,
    **{kind: lambda *faults, kind=kind: SerialSubject(kind, *faults) for kind in KINDS},
}


@contextlib.asynccontextmanager
async def at_work(subject: Any) -> AsyncIterator[Any]:
    """The driver entered, the machine alive, decisions coming."""
    others = [asyncio.create_task(subject.live()), asyncio.create_task(subject.decide())]
    try:
        async with subject.driver:
            yield subject
    finally:
        for task in others:
            task.cancel()

"""The whole control stack without radio, port and disk: loop, drivers and octets, and a bedside.

It runs in any event loop, on that loop's clock: a virtual one as fast as it goes, or a real one.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from controller.loop import Loop
from controller.programs.program import Program, ProgramPhase
from controller.safety.limits import tightest
from controller.safety.mark import Mark
from controller.safety.view import Phase
from controller.session.commands import Orientation, Role, Verb
from controller.step import Command
from drivers.ftms_treadmill import FtmsTreadmill
from drivers.grip import GripUnit
from protocols.ftms import uuids
from simulators.readings import fixed, properties
from simulators.scene import Scene

SLICE_S = 0.02
HOLD_AT_S = 0.3
ASK_EVERY_S = 0.5
NEXT = {Phase.IDLE: Verb.ARM, Phase.ARMED: Verb.START}
PROGRAM = Program("bench", "Bench", (ProgramPhase(1700.0, 0.4),))


class Unwritten:
    """A journal that takes everything at once."""

    ok = True
    waiting = 0

    def begin(self, session_id: str, now_s: float, **facts: object) -> None: ...

    def add(self, kind: str, now_s: float, **facts: object) -> None: ...

    def end(self, now_s: float, **facts: object) -> None: ...


class MemoryLink:
    """A `GattLink` to the scene's treadmill, whose writes arrive at once."""

    def __init__(self, scene: Scene) -> None:
        self._treadmill = scene.treadmill
        self._heard: dict[str, Callable[[bytes], None]] = {}
        self.connected = False

    async def connect(self, on_lost: Callable[[], None]) -> None:
        self.connected = True
        self._treadmill.connected()

    async def disconnect(self) -> None:
        self.connected = False

    def properties(self, uuid: str) -> frozenset[str]:
        return properties(self._treadmill.firmware.machine, visits=1).get(uuid, frozenset())

    async def read(self, uuid: str) -> bytes:
        return fixed(self._treadmill.firmware.machine).get(uuid, b"")

    async def subscribe(self, uuid: str, on_octets: Callable[[bytes], None]) -> None:
        self._heard[uuid] = on_octets

    async def write(self, uuid: str, octets: bytes, *, response: bool) -> None:
        answer = self._treadmill.firmware.write(octets, indications_on=True)
        if answer.response is not None:
            later = asyncio.get_running_loop().call_later
            later(answer.delay_s, self._answer, answer.response)

    def turn(self) -> None:
        for uuid, octets in self._treadmill.due():
            self.tell(uuid, octets)

    def tell(self, uuid: str, octets: bytes) -> None:
        if uuid in self._heard:
            self._heard[uuid](octets)

    def _answer(self, response: bytes) -> None:
        self._treadmill.firmware.answered()
        self.tell(uuids.CONTROL_POINT, response)


class MemoryPort:
    """A `ByteLink` that carries what the scene's grip unit says."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._take: Callable[[bytes], None] = lambda _octets: None

    def start(self, on_octets: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self._take = on_octets

    def write(self, octets: bytes) -> bool:
        return True

    def close(self) -> None: ...

    def turn(self) -> None:
        for _, octets in self.scene.grip_lines()[1]:
            self._take(octets)


class Stack:
    """One session. `alive()` walks it up to a steady speed and keeps it there while entered."""

    def __init__(self, seed: int) -> None:
        self._clock = asyncio.get_running_loop().time
        self.scene = Scene(seed=seed)
        self._link, self._port = MemoryLink(self.scene), MemoryPort(self.scene)
        news = asyncio.Event()
        limits, bound_by = tightest({})
        self._treadmill = FtmsTreadmill(self._link, news.set, clock=self._clock)
        self._grip = GripUnit(lambda: self._port, news.set, self._clock)
        self._asked_at_s = 0.0
        self.control = Loop(
            self._treadmill, self._grip, Unwritten(), limits, bound_by, self._clock, news,
            kept=lambda: Mark(moving=True), commissioned=lambda: True,
        )  # fmt: skip

    @property
    def walking(self) -> bool:
        return self.control.state.phase is Phase.WALKING

    @contextlib.asynccontextmanager
    async def alive(self) -> AsyncIterator["Stack"]:
        async with self._treadmill, self._grip:
            tasks = [asyncio.create_task(self.control.run()), asyncio.create_task(self._live())]
            try:
                yield self
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _live(self) -> None:
        began_s = self._clock()
        slices = 0
        while True:
            slices += 1
            await asyncio.sleep(max(0.0, began_s + slices * SLICE_S - self._clock()))
            self.scene.advance(SLICE_S)
            self._link.turn()
            self._port.turn()
            self._people(self._clock(), self._clock() - began_s)

    def _people(self, now_s: float, into_s: float) -> None:
        """The guard's pulse, a supervisor who is seen and asks for the next thing, two hands."""
        self.control.seen.pulse(True, now_s)
        self.control.seen.console_at_s = now_s
        if into_s > HOLD_AT_S and not self.scene.wish.left:
            self.scene.intend("hold")
        if now_s - self._asked_at_s < ASK_EVERY_S:
            return
        self._asked_at_s = now_s
        verb = NEXT.get(self.control.state.phase, Verb.PRESENT)
        asked = Command("bench", verb, Role.SUPERVISOR, PROGRAM, orientation=Orientation.TURNED)
        self.control.ask(asked, lambda _answer: None)

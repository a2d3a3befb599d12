"""The whole control stack on one virtual clock, and the whole bedside at its other end.

Control's side is the product: loop, turn, gate, latch, both drivers. The bedside's is the
simulators': firmware, belt, walker, grip sensor. Between them are a radio and a cable in memory,
a guard's pulse, a console's presence, and a journal that keeps a hash.
"""

import asyncio
import contextlib
import functools
import logging
import struct
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

from controller.cli.supervisor import habit
from controller.loop import Loop
from controller.safety.heart import Beat
from controller.safety.limits import tightest
from controller.safety.mark import CLEAN, Mark
from drivers.ftms_treadmill import FtmsTreadmill
from drivers.grip import GripUnit
from protocols import heart_rate
from protocols.belt import BeltOrder
from protocols.errors import ProtocolError
from protocols.ftms.ranges import SpeedRange
from protocols.heart_watch import HeartReport, heard
from simulators import virtual_time
from simulators.faults import HONEST, Machine
from simulators.scene import Scene
from simulators.worn import Strap
from tests.safety.stack.link import AirLink
from tests.safety.stack.log import DECIDED, OUT, TOLD, TRUTH, Ledger, Log
from tests.safety.stack.persons import Supervisor
from tests.safety.stack.traps import Traps
from tests.safety.stack.verdict import Truth, Verdict
from tests.safety.stack.wire import GripWire

SLICE_S = 0.02
"""Of the scene: the grip unit's own period."""
PULSE_SLICES = 5
PRESENCE_SLICES = 50
HABIT_SLICES = 25
STORE_S = 0.008
"""From a mark to its being on the disk for sure."""


@dataclass
class Room:
    """What a run begins with."""

    machine: Machine = HONEST
    limits: dict[str, float] = field(default_factory=dict)
    delay_s: float = 0.01
    jitter_s: float = 0.005
    loss: float = 0.0
    kept: int = 0


class ToldTreadmill(FtmsTreadmill):
    """The driver, with every order logged on its way in."""

    log: Log
    now_s: Any

    def command(self, order: BeltOrder) -> None:
        octets = f"{order.level.value} {order.speed_mps!r}".encode()
        self.log.add(DECIDED, order.decided_at_s, octets)
        super().command(order)


class Bedside:
    """Make it inside a virtual loop; it lives while `alive()` is entered."""

    def __init__(self, seed: int, room: Room | None = None) -> None:
        room = room or Room()
        rng = Random(f"bedside {seed}")
        self.loop = asyncio.get_running_loop()
        self.seed, self.rng = seed, rng
        self.log = Log(room.kept)
        self.scene = Scene(room.machine, seed=rng.getrandbits(63))
        self.traps = Traps()
        self.link = AirLink(self.scene.treadmill, self.log, rng, self.traps)
        self.link.delay_s, self.link.jitter_s = room.delay_s, room.jitter_s
        self.link.loss = room.loss
        self.link.on_write, self.link.on_read = self._write, self._read
        self.wire = GripWire(self.scene, self.log, self.traps)
        self.ledger = Ledger(self.log, self.traps)
        limits, bound_by = tightest({"site": room.limits})
        self.verdict = Verdict(limits.cap_mps, limits.ramp_up_mps2)
        news = asyncio.Event()
        clock = self.loop.time
        self.treadmill = ToldTreadmill(self.link, news.set, self._wire_record, clock)
        self.treadmill.log = self.log
        self.grip = GripUnit(self.wire.open, news.set, clock)
        self.control = Loop(
            self.treadmill, self.grip, self.ledger, limits, bound_by, clock, news,
            publish=self._publish, beat=self._beat, new_id=functools.partial("{:08x}".format, seed),
            heart=self._heart, kept=self._kept, asleep_s=self._asleep_s, commissioned=lambda: True,
        )  # fmt: skip
        self.supervisor = Supervisor(self.loop.call_later, self.control.ask, rng)
        self.supervisor.on_answer = self.verdict.answered
        self.strap, self._heart_report = Strap(), HeartReport()
        self.kept: Mark | None = CLEAN
        self._mark: Mark | None = CLEAN
        self.guard_lives = True
        self.obliging = True
        self._slices = 0
        self._begin_s = 0.0

    @property
    def now_s(self) -> float:
        return self.loop.time()

    @contextlib.asynccontextmanager
    async def alive(self) -> AsyncIterator["Bedside"]:
        self._begin_s = self.now_s + SLICE_S * self.rng.random()
        self._tick()
        async with self.treadmill, self.grip:
            turning = asyncio.create_task(self.control.run(), name="loop")
            try:
                yield self
            finally:
                turning.cancel()
                await asyncio.gather(turning, return_exceptions=True)
                self._begin_s = float("inf")

    async def until(self, wanted: Any, limit_s: float) -> bool:
        """Let time pass until `wanted()`; False if it did not come about in time."""
        ends_s = self.now_s + limit_s
        while self.now_s < ends_s:
            if wanted():
                return True
            await asyncio.sleep(0.1)
        return bool(wanted())

    def stall(self, seconds: float) -> None:
        """The computer stands still for so long, and the world goes on."""
        self.loop.jump(seconds)
        self.verdict.stalled_until_s = self.now_s

    def _tick(self) -> None:
        """Move the scene up to now: one slice, or many after the computer stood still."""
        if self._begin_s == float("inf"):
            return
        while self._begin_s + (self._slices) * SLICE_S <= self.now_s:
            self._slices += 1
            self._slice()
        self.loop.call_at(self._begin_s + self._slices * SLICE_S, self._tick)

    def _slice(self) -> None:
        scene, now_s = self.scene, self.now_s
        scene.advance(SLICE_S)
        belt = scene.belt
        self.log.add(TRUTH, now_s, struct.pack("<dd", belt.speed_mps, belt.distance_m))
        takes_since_s = max(self.link.takes_since_s, self.verdict.stalled_until_s)
        self.verdict.saw(
            Truth(now_s, belt.speed_mps, scene.hands_on, takes_since_s, self.link.heard_at_s)
        )
        self.wire.turn()
        self.link.turn()
        octets = self.strap.due(belt.speed_mps, now_s)
        if octets is not None:
            self._heart_report = heard(self._heart_report, heart_rate.decode(octets), now_s)
        self._people(now_s)

    def _people(self, now_s: float) -> None:
        if self.guard_lives and self._slices % PULSE_SLICES == 0:
            self.control.seen.pulse(True, now_s)
        if self.supervisor.attends and self._slices % PRESENCE_SLICES == 0:
            self.control.seen.console_at_s = now_s
        if self.obliging and self._slices % HABIT_SLICES == 0 and self.supervisor.told:
            intent = habit(self.supervisor.told)
            if intent:
                self.scene.intend(intent)

    def _publish(self, told: dict[str, Any]) -> None:
        now_s = self.now_s
        self.traps.reach("publish")
        self.log.add(TOLD, now_s, f"{told['state']} {told['cause']} {told['pull_key']}".encode())
        self.verdict.heard(told)
        self.supervisor.hear(told)

    def _write(self, octets: bytes) -> None:
        self.log.add(OUT, self.now_s, octets)
        self.verdict.wrote(octets, self.now_s)

    def _read(self, octets: bytes) -> None:
        with contextlib.suppress(ProtocolError):
            self.verdict.announced(SpeedRange.from_bytes(octets).grid())

    def _beat(self, moving: bool, _escalate: bool) -> None:
        self.traps.reach("beat")
        latch = self.control.state.latch
        mark = Mark(moving, latch.cause if latch else "")
        if mark != self._mark:
            self._mark = mark
            self.loop.call_later(STORE_S, self._keep, mark)

    def _keep(self, mark: Mark) -> None:
        self.kept = mark

    def _kept(self) -> Mark | None:
        self.traps.reach("kept")
        return self.kept

    def _heart(self) -> Beat:
        return Beat(self._heart_report.bpm(self.now_s), self._heart_report.heard_at_s)

    def _asleep_s(self) -> float:
        self.traps.reach("asleep")
        return 0.0

    def _wire_record(self, direction: str, octets: bytes) -> None:
        self.ledger.add("wire", self.now_s, direction=direction, octets=octets.hex())


def run(story: Coroutine[Any, Any, Any], seed: int) -> Any:
    """Run a story in virtual time, its interleaving drawn from the seed.

    What goes wrong is judged, not logged: campaigns provoke thousands of warnings.
    """
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        return virtual_time.run(story, seed)
    finally:
        logging.disable(before)

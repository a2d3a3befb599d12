"""The radio between driver and treadmill, in memory and in virtual time.

It stands where `simulators.link_model` tells; what fails is the machine's own affair.
"""

import asyncio
from collections.abc import Callable
from math import inf
from random import Random

from drivers.links import LinkError
from protocols.ftms import uuids
from simulators.readings import fixed, properties
from simulators.treadmill import Treadmill
from tests.safety.stack.log import DATA, IN, Log
from tests.safety.stack.traps import Traps

CONNECTS_S = 0.1
OUTSTANDING = 3
"""A driver holds no more unfinished writes than this, and cannot write while it does."""
OUT_OF_REACH = "The treadmill is not in reach: switch it on."

OnOctets = Callable[[bytes], None]


class AirLink:
    """A `GattLink`. What travels one way keeps its order, unless a fault disorders it.

    `loss` (0 to 1) concerns notifications alone: a real radio repeats the rest. `takes_since_s`:
    since when a write could be handed over; infinite while none can.
    """

    def __init__(self, treadmill: Treadmill, log: Log, rng: Random, traps: Traps) -> None:
        self._treadmill = treadmill
        self._log = log
        self._rng = rng
        self._traps = traps
        self._loop = asyncio.get_running_loop()
        self._subscribed: dict[str, OnOctets] = {}
        self._on_lost: Callable[[], None] = lambda: None
        self._gone = asyncio.Event()
        self._arrives_at_s = self._written_at_s = 0.0
        self._unfinished = 0
        self._found: dict[str, frozenset[str]] = {}
        self.on_write: OnOctets = lambda _octets: None
        self.on_read: OnOctets = lambda _octets: None
        self.delay_s, self.jitter_s, self.loss = 0.01, 0.005, 0.0
        self.connected = False
        self.takes_since_s = inf
        self.heard_at_s = -inf

    async def connect(self, on_lost: Callable[[], None]) -> None:
        self._traps.reach("link.connect")
        await asyncio.sleep(CONNECTS_S)
        treadmill, machine = self._treadmill, self._treadmill.firmware.machine
        stranger = machine.table.stranger_later and treadmill.visits
        if not treadmill.reachable or stranger:
            raise LinkError(OUT_OF_REACH)
        self.connected = True
        treadmill.connected()
        self._found = properties(machine, treadmill.visits)
        self._gone = asyncio.Event()
        self._on_lost = on_lost

    async def disconnect(self) -> None:
        self._leave()
        self._traps.reach("link.disconnect")

    def properties(self, uuid: str) -> frozenset[str]:
        self._traps.reach("link.properties")
        return self._found.get(uuid, frozenset())

    async def read(self, uuid: str) -> bytes:
        self._traps.reach("link.read")
        await asyncio.sleep(self._delay_s())
        octets = fixed(self._treadmill.firmware.machine)[uuid]
        if uuid == uuids.SPEED_RANGE:
            self.on_read(octets)
        return octets

    async def subscribe(self, uuid: str, on_octets: OnOctets) -> None:
        self._traps.reach("link.subscribe")
        await asyncio.sleep(self._delay_s())
        if not self.connected:
            raise LinkError("The link to the treadmill was lost.")
        self._subscribed[uuid] = on_octets
        if uuid == uuids.CONTROL_POINT:
            self.takes_since_s = self._loop.time()

    async def write(self, uuid: str, octets: bytes, *, response: bool) -> None:
        assert uuid == uuids.CONTROL_POINT
        self.on_write(octets)
        self._begun()
        try:
            self._traps.reach("link.write")
            await self._carry(octets)
        finally:
            self._ended()

    def turn(self) -> None:
        """The treadmill has moved: deliver what it says, and cut the link if it is to be cut."""
        for uuid, octets in self._treadmill.due():
            self.send(uuid, octets)
        if self.connected and not self._treadmill.reachable:
            self.cut()

    def cut(self) -> None:
        """The radio is gone; the belt runs on."""
        self._leave()
        self._on_lost()

    def send(self, uuid: str, octets: bytes) -> None:
        if not self.connected or (uuid != uuids.CONTROL_POINT and self._lost()):
            return
        for delay_s, arriving in self._treadmill.leaving(uuid, octets):
            at_s = self._loop.time() + self._delay_s() + delay_s
            if not delay_s:
                at_s = self._arrives_at_s = max(self._arrives_at_s, at_s)
            self._loop.call_at(at_s, self._deliver, uuid, arriving, self._gone)

    async def _carry(self, octets: bytes) -> None:
        gone, treadmill = self._gone, self._treadmill
        passage = treadmill.arriving()
        now_s = self._loop.time()
        self._written_at_s = max(self._written_at_s, now_s + self._delay_s() + passage.delay_s)
        await asyncio.sleep(self._written_at_s - now_s)
        error = passage.att_error
        if passage.arrives and not gone.is_set():
            answer = treadmill.firmware.write(octets, indications_on=True)
            error = answer.att_error
            if answer.response is not None:
                self._loop.call_later(answer.delay_s, self._answer, answer.response, gone)
        if gone.is_set() or not passage.acked:
            await gone.wait()
            raise LinkError("The link to the treadmill was lost.")
        if error is not None:
            raise LinkError("The treadmill discarded a write.", error)

    def _answer(self, response: bytes, gone: asyncio.Event) -> None:
        if not gone.is_set():
            self._treadmill.firmware.answered()
            self.send(uuids.CONTROL_POINT, response)

    def _deliver(self, uuid: str, octets: bytes, gone: asyncio.Event) -> None:
        if gone.is_set() or uuid not in self._subscribed:
            return
        now_s = self._loop.time()
        data = uuid == uuids.TREADMILL_DATA
        self.heard_at_s = now_s if data else self.heard_at_s
        self._log.add(DATA if data else IN, now_s, octets)
        self._subscribed[uuid](octets)

    def _begun(self) -> None:
        self._unfinished += 1
        if self._unfinished >= OUTSTANDING:
            self.takes_since_s = inf

    def _ended(self) -> None:
        self._unfinished -= 1
        if self._unfinished == OUTSTANDING - 1 and self.connected:
            self.takes_since_s = self._loop.time()

    def _lost(self) -> bool:
        return bool(self.loss) and self._rng.random() < self.loss

    def _delay_s(self) -> float:
        return self.delay_s + self.jitter_s * self._rng.random()

    def _leave(self) -> None:
        if self.connected:
            self.connected = False
            self._gone.set()
            self._treadmill.disconnected()
        self._subscribed.clear()
        self.takes_since_s = inf

"""A `GattLink` in memory with the simulated treadmill at its other end, and ways to break it.

It stands between a driver and a treadmill as `simulators.link_model` tells, in virtual time.
"""

import asyncio
from collections.abc import Callable

from drivers.links import LinkError
from protocols.ftms import uuids
from simulators.faults import afflicted
from simulators.readings import fixed, properties
from simulators.treadmill import Treadmill

DT_S = 0.02

OnOctets = Callable[[bytes], None]


class MachineLink:
    """`written` keeps every write as (when, hex); `hung` holds each write until it is set."""

    def __init__(self, *faults: str, treadmill: Treadmill | None = None, seed: int = 0) -> None:
        self.treadmill = treadmill or Treadmill(afflicted(faults), seed)
        self.written: list[tuple[float, str]] = []
        self.with_response: list[bool] = []
        self.attempts_at_s: list[float] = []
        self.connected = False
        self.reachable = True
        self.released = asyncio.Event()
        self.released.set()
        self.fails: Exception | None = None
        self.linger_s = 0.0
        self.unfinished = self.most_unfinished = 0
        self.offered = properties(self.treadmill.firmware.machine, visits=1)
        values = fixed(self.treadmill.firmware.machine)
        self.fixed = values
        self.speed_range: bytes | LinkError = values.get(uuids.SPEED_RANGE, b"")
        self.named: dict[str, bytes] = {}
        """What it says of itself, by UUID."""
        self._gone = asyncio.Event()
        self._subscribed: dict[str, OnOctets] = {}
        self._on_lost: Callable[[], None] = lambda: None

    async def connect(self, on_lost: Callable[[], None]) -> None:
        self.attempts_at_s.append(asyncio.get_running_loop().time())
        if self.fails is not None:
            raise self.fails
        if not self.reachable:
            raise LinkError("The treadmill is not in reach: switch it on.")
        machine = self.treadmill.firmware.machine
        if not self.treadmill.reachable or (machine.table.stranger_later and self.treadmill.visits):
            raise LinkError("The treadmill is not in reach: switch it on.")
        self.connected = True
        self.treadmill.connected()
        if self.treadmill.visits > 1:
            self.offered = properties(machine, self.treadmill.visits)
        self._gone = asyncio.Event()
        self._on_lost = on_lost

    async def disconnect(self) -> None:
        await asyncio.sleep(self.linger_s)
        self._leave()
        self._subscribed.clear()

    def properties(self, uuid: str) -> frozenset[str]:
        if uuid in self.named:
            return frozenset({"read"})
        return self.offered.get(uuid, frozenset())

    async def read(self, uuid: str) -> bytes:
        if uuid in self.named:
            return self.named[uuid]
        if uuid != uuids.SPEED_RANGE:
            return self.fixed[uuid]
        if isinstance(self.speed_range, LinkError):
            raise self.speed_range
        return self.speed_range

    async def subscribe(self, uuid: str, on_octets: OnOctets) -> None:
        self._subscribed[uuid] = on_octets

    async def write(self, uuid: str, octets: bytes, *, response: bool) -> None:
        assert uuid == uuids.CONTROL_POINT
        loop = asyncio.get_running_loop()
        self.written.append((loop.time(), octets.hex()))
        self.with_response.append(response)
        self.unfinished += 1
        self.most_unfinished = max(self.most_unfinished, self.unfinished)
        try:
            await self.released.wait()
        finally:
            self.unfinished -= 1
        if self.fails is not None:
            raise self.fails
        await self._carry(octets)

    def cut(self) -> None:
        """The radio is gone; the belt runs on."""
        self._leave()
        self._on_lost()

    def tell(self, uuid: str, octets: bytes) -> None:
        if uuid in self._subscribed:
            self._subscribed[uuid](octets)

    async def live(self) -> None:
        """Move the machine and deliver what it says, for ever."""
        while True:
            await asyncio.sleep(DT_S)
            self.treadmill.advance(DT_S)
            self.turn()

    def turn(self) -> None:
        """The treadmill has moved: deliver what it says, and cut the link if it is to be cut."""
        for uuid, octets in self.treadmill.due():
            self._send(uuid, octets)
        if self.connected and not self.treadmill.reachable:
            self.cut()

    async def _carry(self, octets: bytes) -> None:
        """A write on its way: late, lost, refused or done, as the link has it."""
        gone = self._gone
        passage = self.treadmill.arriving()
        if passage.delay_s:
            await asyncio.sleep(passage.delay_s)
        error = passage.att_error
        if passage.arrives and not gone.is_set():
            answer = self.treadmill.firmware.write(octets, indications_on=True)
            error = answer.att_error
            if answer.response is not None:
                later = asyncio.get_running_loop().call_later
                later(answer.delay_s, self._answer, answer.response, gone)
        if not passage.acked:
            await gone.wait()
            raise LinkError("The link to the treadmill was lost.")
        if error is not None:
            raise LinkError("The treadmill discarded a write.", error)

    def _answer(self, response: bytes, gone: asyncio.Event) -> None:
        if not gone.is_set():
            self.treadmill.firmware.answered()
            self._send(uuids.CONTROL_POINT, response)

    def _send(self, uuid: str, octets: bytes) -> None:
        for delay_s, arriving in self.treadmill.leaving(uuid, octets):
            if delay_s > 0:
                later = asyncio.get_running_loop().call_later
                later(delay_s, self._deliver, uuid, arriving, self._gone)
            else:
                self.tell(uuid, arriving)

    def _deliver(self, uuid: str, octets: bytes, gone: asyncio.Event) -> None:
        if not gone.is_set():
            self.tell(uuid, octets)

    def _leave(self) -> None:
        if self.connected:
            self.connected = False
            self._gone.set()
            self.treadmill.disconnected()

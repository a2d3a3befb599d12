"""A `GattLink` in memory with the simulated treadmill at its other end, and ways to break it."""

import asyncio
from collections.abc import Callable

from drivers.links import LinkError
from protocols.ftms import uuids
from protocols.ftms.ranges import SpeedRange
from simulators.faults import afflicted
from simulators.firmware import SPEEDS
from simulators.treadmill import Treadmill

DT_S = 0.02

OnOctets = Callable[[bytes], None]


class MachineLink:
    """`written` keeps every write as (when, hex); `hung` holds each write until it is set."""

    def __init__(self, *faults: str) -> None:
        self.treadmill = Treadmill(afflicted(faults))
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
        self.offered = {
            uuids.CONTROL_POINT: frozenset({"write", "indicate"}),
            uuids.TREADMILL_DATA: frozenset({"notify"}),
            uuids.MACHINE_STATUS: frozenset({"notify"}),
            uuids.SPEED_RANGE: frozenset({"read"}),
        }
        self.speed_range: bytes | LinkError = bytes(
            SpeedRange(SPEEDS.minimum, SPEEDS.maximum, SPEEDS.increment)
        )
        self._subscribed: dict[str, OnOctets] = {}
        self._on_lost: Callable[[], None] = lambda: None

    async def connect(self, on_lost: Callable[[], None]) -> None:
        self.attempts_at_s.append(asyncio.get_running_loop().time())
        if self.fails is not None:
            raise self.fails
        if not self.reachable:
            raise LinkError("The treadmill is not in reach: switch it on.")
        self.connected = True
        self._on_lost = on_lost

    async def disconnect(self) -> None:
        await asyncio.sleep(self.linger_s)
        self.connected = False
        self._subscribed.clear()

    def properties(self, uuid: str) -> frozenset[str]:
        return self.offered.get(uuid, frozenset())

    async def read(self, uuid: str) -> bytes:
        assert uuid == uuids.SPEED_RANGE
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
        answer = self.treadmill.firmware.write(octets, indications_on=True)
        if answer.att_error is not None:
            raise LinkError("The treadmill discarded a write.", answer.att_error)
        if answer.response is not None:
            loop.call_later(answer.delay_s, self._answer, answer.response)

    def cut(self) -> None:
        """The radio is gone; the belt runs on."""
        self.connected = False
        self.treadmill.firmware.disconnected()
        self._on_lost()

    def tell(self, uuid: str, octets: bytes) -> None:
        if uuid in self._subscribed:
            self._subscribed[uuid](octets)

    async def live(self) -> None:
        """Move the machine and deliver what it says, for ever."""
        while True:
            await asyncio.sleep(DT_S)
            self.treadmill.advance(DT_S)
            for uuid, octets in self.treadmill.due():
                self.tell(uuid, octets)

    def _answer(self, response: bytes) -> None:
        self.treadmill.firmware.answered()
        self.tell(uuids.CONTROL_POINT, response)

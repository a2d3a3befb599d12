"""A treadmill in memory: a `GattLink` that answers as a machine does and stamps every Stop."""

import asyncio
import time
from collections.abc import Callable

from protocols.ftms import procedures, treadmill_data, uuids
from protocols.ftms.procedures import ResultCode
from protocols.ftms.ranges import SpeedRange
from protocols.ftms.treadmill_data import TreadmillData

AIR_S = 0.0075
"""From a write to its acknowledgement, and from there to the answer: the shortest connection
interval, so that writes of quick trials do not pile up. Nothing measured waits for either."""
TELEMETRY_S = 0.05
OFFERS = {
    uuids.CONTROL_POINT: frozenset({"write", "indicate"}),
    uuids.TREADMILL_DATA: frozenset({"notify"}),
    uuids.SPEED_RANGE: frozenset({"read"}),
}
SPEEDS = SpeedRange(minimum=50, maximum=1600, increment=10)


class MemoryTreadmill:
    """Its belt runs at `speed_units` (0.01 km/h) for ever, whatever is written.

    `on_stop` gets the monotonic nanoseconds at which `write` was entered with a Stop.
    """

    def __init__(self, speed_units: int, on_stop: Callable[[int], None]) -> None:
        self._speed_units = speed_units
        self._on_stop = on_stop
        self._heard: dict[str, Callable[[bytes], None]] = {}
        self.connected = False

    async def connect(self, on_lost: Callable[[], None]) -> None:
        self.connected = True

    async def disconnect(self) -> None:
        self.connected = False
        self._heard.clear()

    def properties(self, uuid: str) -> frozenset[str]:
        return OFFERS.get(uuid, frozenset())

    async def read(self, uuid: str) -> bytes:
        return bytes(SPEEDS)

    async def subscribe(self, uuid: str, on_octets: Callable[[bytes], None]) -> None:
        self._heard[uuid] = on_octets

    async def write(self, uuid: str, octets: bytes, *, response: bool) -> None:
        at_ns = time.monotonic_ns()
        if octets == procedures.stop():
            self._on_stop(at_ns)
        await asyncio.sleep(AIR_S)
        answer = procedures.response(octets[0], ResultCode.SUCCESS)
        asyncio.get_running_loop().call_later(AIR_S, self._tell, uuid, answer)

    async def report(self) -> None:
        """20 records a second, until cancelled."""
        distance_m = 0.0
        due_s = time.monotonic()
        while True:
            distance_m += self._speed_units / 360 * TELEMETRY_S
            record = TreadmillData(speed=self._speed_units, distance_m=int(distance_m))
            for octets in treadmill_data.encode(record):
                self._tell(uuids.TREADMILL_DATA, octets)
            due_s = max(due_s + TELEMETRY_S, time.monotonic())
            await asyncio.sleep(due_s - time.monotonic())

    def _tell(self, uuid: str, octets: bytes) -> None:
        if uuid in self._heard:
            self._heard[uuid](octets)

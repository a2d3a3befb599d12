"""A link to a real peripheral whose belt is always told to be in a steady walk.

What is written goes over the link unchanged. Each trial stops the belt; waiting until it walks
again would take ten seconds, and the way of a Stop does not depend on it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.links import GattLink
from protocols.ftms import treadmill_data, uuids
from protocols.ftms.treadmill_data import TreadmillData

UNITS_PER_MPS = 360
QUIET = frozenset({uuids.MACHINE_STATUS})
"""Not passed on: a machine that was stopped says so, and the next trial would believe it."""


@dataclass
class SteadyLink:
    """All of `link`, but the belt's own word for its speed, and for being stopped."""

    link: GattLink
    speed_units: int
    _began_s: float = field(default_factory=time.monotonic, init=False)

    @property
    def connected(self) -> bool:
        return self.link.connected

    async def connect(self, on_lost: Callable[[], None]) -> None:
        await self.link.connect(on_lost)

    async def disconnect(self) -> None:
        await self.link.disconnect()

    def properties(self, uuid: str) -> frozenset[str]:
        return frozenset() if uuid in QUIET else self.link.properties(uuid)

    async def read(self, uuid: str) -> bytes:
        return await self.link.read(uuid)

    async def subscribe(self, uuid: str, on_octets: Callable[[bytes], None]) -> None:
        if uuid == uuids.TREADMILL_DATA:
            await self.link.subscribe(uuid, lambda _octets: self._tell(on_octets))
        else:
            await self.link.subscribe(uuid, on_octets)

    async def write(self, uuid: str, octets: bytes, *, response: bool) -> None:
        await self.link.write(uuid, octets, response=response)

    def _tell(self, on_octets: Callable[[bytes], None]) -> None:
        walked_m = (time.monotonic() - self._began_s) * self.speed_units / UNITS_PER_MPS
        record = TreadmillData(speed=self.speed_units, distance_m=int(walked_m))
        for octets in treadmill_data.encode(record):
            on_octets(octets)

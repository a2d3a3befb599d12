"""A running-speed-and-cadence sensor on Bluetooth (1814): a second witness of the belt's speed."""

import time
from collections.abc import Callable

from drivers.links import GattLink
from drivers.notifying import NotifyingSensor
from protocols import running_speed
from protocols.ftms.uuids import RUNNING_SPEED_MEASUREMENT


class SpeedSensor(NotifyingSensor):
    """`speed_mps` as last told, and when that was heard (monotonic, s); None while it is lost."""

    def __init__(
        self,
        link: GattLink,
        on_news: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(link, RUNNING_SPEED_MEASUREMENT, self._hear, self._unlinked)
        self._on_news = on_news
        self._clock = clock
        self.speed_mps: float | None = None
        self.heard_at_s: float | None = None

    def _hear(self, octets: bytes) -> None:
        speed_mps = running_speed.decode(octets).speed_mps
        if speed_mps is not None:
            self.speed_mps, self.heard_at_s = speed_mps, self._clock()
            self._on_news()

    def _unlinked(self) -> None:
        self.speed_mps = self.heard_at_s = None

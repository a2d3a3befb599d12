"""A heart-rate strap on Bluetooth (180D)."""

import time
from collections.abc import Callable

from drivers.links import GattLink
from drivers.notifying import NotifyingSensor
from protocols import heart_rate
from protocols.ftms.uuids import HEART_RATE_MEASUREMENT
from protocols.heart_watch import HeartReport, heard


class HeartRateStrap(NotifyingSensor):
    """Its rate is known while it is worn: see `protocols.heart_watch`."""

    def __init__(self, link: GattLink, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(link, HEART_RATE_MEASUREMENT, self._hear, self._unlinked)
        self._clock = clock
        self.report = HeartReport()

    @property
    def heart_rate_bpm(self) -> int | None:
        return self.report.bpm(self._clock())

    @property
    def heard_at_s(self) -> float | None:
        """When the strap last spoke."""
        return self.report.heard_at_s

    def _hear(self, octets: bytes) -> None:
        self.report = heard(self.report, heart_rate.decode(octets), self._clock())

    def _unlinked(self) -> None:
        self.report = HeartReport()

"""What advertises within reach: treadmills, heart-rate straps and speed sensors."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from drivers.adapter import bleak_arguments
from drivers.ble_errors import BLEAK_ERRORS, link_error
from protocols.ftms.uuids import (
    FITNESS_MACHINE_SERVICE,
    HEART_RATE_SERVICE,
    RUNNING_SPEED_SERVICE,
)

START_LIMIT_S = 10.0
"""For the adapter to begin scanning, and again for it to end."""


@dataclass(frozen=True, slots=True)
class Found:
    """One device as it advertises itself.

    `address` is a UUID on macOS. `services` are the UUIDs of its lists and of its service data;
    `service_data` maps a UUID to the octets after it.
    """

    address: str
    name: str | None
    rssi_dbm: int
    services: frozenset[str]
    service_data: Mapping[str, bytes]

    @property
    def fitness_machine(self) -> bool:
        """It announces the Fitness Machine Service; only GATT shows whether it is a treadmill."""
        return FITNESS_MACHINE_SERVICE in self.services

    @property
    def heart_rate(self) -> bool:
        return HEART_RATE_SERVICE in self.services

    @property
    def running_speed(self) -> bool:
        return RUNNING_SPEED_SERVICE in self.services


async def scan(adapter: str, seconds: float) -> list[Found]:
    """Fitness machines, straps and speed sensors heard within `seconds`, the nearest first.

    Raises:
        LinkError: the adapter cannot scan.
    """
    arguments = bleak_arguments(adapter)
    try:
        async with asyncio.timeout(seconds + START_LIMIT_S):
            heard = await BleakScanner.discover(seconds, return_adv=True, **arguments.scanner)
    except BLEAK_ERRORS as error:
        raise link_error(error, "The Bluetooth adapter") from error
    found = [found_from(device, data) for device, data in heard.values()]
    wanted = [
        each for each in found if each.fitness_machine or each.heart_rate or each.running_speed
    ]
    return sorted(wanted, key=lambda each: (-each.rssi_dbm, each.address))


def found_from(device: BLEDevice, data: AdvertisementData) -> Found:
    return Found(
        address=device.address,
        name=data.local_name or device.name,
        rssi_dbm=data.rssi,
        services=frozenset(data.service_uuids) | frozenset(data.service_data),
        service_data=data.service_data,
    )

"""bleak's scanner on a shared Bumble stack."""

import uuid
from typing import Any

from bleak.backends.scanner import (
    AdvertisementData,
    AdvertisementDataCallback,
    BaseBleakScanner,
)
from bumble.core import AdvertisingData
from bumble.device import Advertisement

from drivers.bumble_backend.sharing import shared_stack
from drivers.bumble_backend.stack import Stack

AdType = AdvertisingData.Type

UUID_LISTS = {
    AdType.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdType.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdType.INCOMPLETE_LIST_OF_32_BIT_SERVICE_CLASS_UUIDS: 4,
    AdType.COMPLETE_LIST_OF_32_BIT_SERVICE_CLASS_UUIDS: 4,
    AdType.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    AdType.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}
SERVICE_DATA = {
    AdType.SERVICE_DATA_16_BIT_UUID: 2,
    AdType.SERVICE_DATA_32_BIT_UUID: 4,
    AdType.SERVICE_DATA_128_BIT_UUID: 16,
}
"""AD type → octets of a UUID (Core Specification Supplement, Part A, 1.1 and 1.11)."""

NAMES = (AdType.COMPLETE_LOCAL_NAME, AdType.SHORTENED_LOCAL_NAME)


class BumbleScanner(BaseBleakScanner):
    """Give it to `BleakScanner(backend=BumbleScanner, transport="unix:/tmp/air")`."""

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        *,
        transport: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._shared = shared_stack(transport)
        self._stack: Stack | None = None

    async def start(self) -> None:
        self.seen_devices = {}
        stack = await self._shared.acquire()
        try:
            await stack.listen(self._on_advertisement)
        except BaseException:
            await self._shared.release()
            raise
        self._stack = stack

    async def stop(self) -> None:
        stack, self._stack = self._stack, None
        if stack is None:
            return
        try:
            await stack.unlisten(self._on_advertisement)
        finally:
            await self._shared.release()

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        heard = advertisement_data(advertisement)
        if not self.is_allowed_uuid(heard.service_uuids):
            return
        address = advertisement.address.to_string(False)
        before = self.seen_devices.get(address)
        name = heard.local_name or (before[0].name if before else None)
        device = self.create_or_update_device(address, address, name, advertisement.address, heard)
        self.call_detection_callbacks(device, heard)


def advertisement_data(advertisement: Advertisement) -> AdvertisementData:
    """Advertising data and scan response together, as bleak shows them."""
    fields = advertisement.data.ad_structures
    last = dict(fields)
    name = next((last[kind] for kind in NAMES if kind in last), None)
    power = last.get(AdType.TX_POWER_LEVEL)
    maker = last.get(AdType.MANUFACTURER_SPECIFIC_DATA, b"")
    return AdvertisementData(
        local_name=name.decode("utf-8", "replace") if name is not None else None,
        manufacturer_data=(
            {int.from_bytes(maker[:2], "little"): maker[2:]} if len(maker) >= 2 else {}
        ),
        service_data=dict(_service_data(fields)),
        service_uuids=list(dict.fromkeys(_service_uuids(fields))),
        tx_power=int.from_bytes(power, signed=True) if power else None,
        rssi=advertisement.rssi,
        platform_data=(advertisement,),
    )


def _service_uuids(fields: list[tuple[AdType, bytes]]) -> list[str]:
    return [
        _uuid(octets[start : start + size])
        for kind, octets in fields
        if (size := UUID_LISTS.get(kind, 0))
        for start in range(0, len(octets) - size + 1, size)
    ]


def _service_data(fields: list[tuple[AdType, bytes]]) -> list[tuple[str, bytes]]:
    return [
        (_uuid(octets[:size]), octets[size:])
        for kind, octets in fields
        if (size := SERVICE_DATA.get(kind, 0)) and len(octets) >= size
    ]


def _uuid(octets: bytes) -> str:
    """A UUID from its little-endian octets; short ones stand on the Bluetooth base UUID."""
    if len(octets) == 16:
        return str(uuid.UUID(bytes=octets[::-1]))
    return f"{int.from_bytes(octets, 'little'):08x}-0000-1000-8000-00805f9b34fb"

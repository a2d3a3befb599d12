"""A `GattLink` over bleak, on whichever adapter the settings name."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Coroutine
from typing import Any, TypeVar

from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import BleakBluetoothNotAvailableError, BleakDeviceNotFoundError, BleakError

from drivers.adapter import SYSTEM, BleakArguments, bleak_arguments
from drivers.ble_errors import BLEAK_ERRORS, link_error
from drivers.bluez_watch import BluezWatch
from drivers.links import LinkError
from protocols.ftms.uuids import (
    FITNESS_MACHINE_SERVICE,
    HEART_RATE_SERVICE,
    RUNNING_SPEED_SERVICE,
)

T = TypeVar("T")

NAME_PREFIX = "name="

RETRY_S = 0.1
"""Between attempts inside one `connect`: a first packet lost on the air (HCI 0x3E) is an ordinary
event, and the next advertisement comes 20 to 1000 ms later."""

NAME_SCAN_S = 1.5
"""To hear whether more than one device goes by a name."""

DISCONNECT_LIMIT_S = 5.0
"""BlueZ waits 2 s before it tells the controller, and so takes up to 2.8 s."""


ATTACHED_BY = ("1800", "1801", FITNESS_MACHINE_SERVICE, HEART_RATE_SERVICE, RUNNING_SPEED_SERVICE)
"""A device that is still connected is asked for by its services, any of these. bleak's own 1801
alone, Generic Attribute, is one that a server may do without (Vol 3, Part G, 7)."""


class BleakLink:
    """One Bluetooth LE peripheral, named by its address, by `name=…`, or as bleak found it.

    `services` restricts discovery to these service UUIDs, which makes connecting faster. After a
    lost link every call raises `LinkError`; `connect` may be called again.
    """

    def __init__(
        self,
        target: str | BLEDevice,
        adapter: str = SYSTEM,
        *,
        services: Collection[str] | None = None,
        connect_limit_s: float = 10.0,
        reply_limit_s: float = 2.0,
    ) -> None:
        self._target = target
        self._adapter = adapter
        self._services = services
        self._connect_limit_s = connect_limit_s
        self._reply_limit_s = reply_limit_s
        self._who = f"The Bluetooth device {_shown(target)}"
        self._pinned: str | None = None
        self._client: BleakClient | None = None
        self._characteristics: dict[str, BleakGATTCharacteristic] = {}
        self._on_lost: Callable[[], None] | None = None
        self._watch = BluezWatch(self._lose)

    @property
    def name(self) -> str:
        """What the device is called, as far as that is known."""
        return "" if self._client is None else self._client.name or ""

    @property
    def connected(self) -> bool:
        return self._on_lost is not None and self._client is not None and self._client.is_connected

    async def connect(self, on_lost: Callable[[], None]) -> None:
        """Wait for the device to be in reach, connect, discover services; writes nothing.

        `on_lost` comes once if the link breaks, and not on `disconnect`.

        Raises:
            LinkError: there is no adapter, or no link within the connect limit.
        """
        arguments = bleak_arguments(self._adapter)
        failure: Exception = BleakDeviceNotFoundError(_shown(self._target))
        try:
            async with asyncio.timeout(self._connect_limit_s):
                if self._adapter.startswith(SYSTEM):
                    await self._watch.begin()
                while (error := await self._attempt(arguments)) is not None:
                    failure = error
                    await asyncio.sleep(RETRY_S)
        except TimeoutError as error:
            raise link_error(failure, self._who) from error
        except BLEAK_ERRORS as error:
            raise link_error(error, self._who) from error
        self._on_lost = on_lost

    async def disconnect(self) -> None:
        """End the link if there is one; whatever goes wrong, there is none afterwards."""
        self._on_lost = None
        self._watch.end()
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*BLEAK_ERRORS):
                async with asyncio.timeout(DISCONNECT_LIMIT_S):
                    await client.disconnect()

    def properties(self, uuid: str) -> frozenset[str]:
        """What the characteristic offers ("read", "write", …); empty if it is not there."""
        found = self._characteristics.get(uuid)
        return frozenset(found.properties) if found else frozenset()

    async def read(self, uuid: str) -> bytes:
        """The characteristic's value. Raises `LinkError`."""
        client, characteristic = self._ready(uuid)
        return bytes(await self._bounded(client.read_gatt_char(characteristic)))

    async def subscribe(self, uuid: str, on_octets: Callable[[bytes], None]) -> None:
        """Notifications or indications, whichever the characteristic offers. Raises `LinkError`."""
        client, characteristic = self._ready(uuid)

        def deliver(_: BleakGATTCharacteristic, octets: bytearray) -> None:
            on_octets(bytes(octets))

        await self._bounded(client.start_notify(characteristic, deliver))

    async def write(self, uuid: str, octets: bytes, *, response: bool) -> None:
        """Write once. Raises `LinkError`, with `att_error` if it was the device that refused."""
        client, characteristic = self._ready(uuid)
        await self._bounded(client.write_gatt_char(characteristic, octets, response=response))

    async def _attempt(self, arguments: BleakArguments) -> BleakError | None:
        """One attempt; returns the error after which another one may succeed."""
        try:
            client = BleakClient(
                await self._find(arguments),
                self._on_disconnected,
                self._services,
                timeout=self._connect_limit_s,
                **arguments.client,
            )
            self._client = client
            await client.connect()
        except BleakBluetoothNotAvailableError:
            raise
        except BleakError as error:
            return error
        found = reversed(client.services.characteristics.values())
        self._characteristics = {each.uuid: each for each in found}
        return None

    async def _find(self, arguments: BleakArguments) -> str | BLEDevice:
        """The device if it must be looked for here; bleak itself looks for an address."""
        if isinstance(self._target, BLEDevice):
            return self._target
        name = self._target.removeprefix(NAME_PREFIX)
        if self._adapter.startswith(SYSTEM):
            for device in await _attached(arguments):
                if self._is(name, device):
                    self._pinned = device.address
                    return device
        if name == self._target:
            return self._target
        return await self._named(name, arguments)

    async def _named(self, name: str, arguments: BleakArguments) -> BLEDevice:
        """The one device of this name; once linked to, never another one (F10)."""
        seconds = min(NAME_SCAN_S, self._connect_limit_s / 2)
        heard = await BleakScanner.discover(seconds, return_adv=True, **arguments.scanner)
        named = [
            device for device, data in heard.values() if name in (data.local_name, device.name)
        ]
        if self._pinned is not None:
            named = [device for device in named if device.address == self._pinned]
        if len(named) > 1:
            addresses = " and ".join(sorted(device.address for device in named))
            raise LinkError(
                f"{len(named)} devices are named {name}: {addresses}. Give the address of yours."
            )
        if not named:
            raise BleakDeviceNotFoundError(name)
        self._pinned = named[0].address
        return named[0]

    def _is(self, name: str, device: BLEDevice) -> bool:
        """Whether a device that is still attached is the one that is meant."""
        if self._pinned is not None and device.address != self._pinned:
            return False
        return name in (device.name, device.address)

    def _ready(self, uuid: str) -> tuple[BleakClient, BleakGATTCharacteristic]:
        if self._client is None or not self.connected:
            raise LinkError(f"{self._who} is not connected: connect to it first.")
        if uuid not in self._characteristics:
            raise LinkError(f"{self._who} lacks the characteristic {uuid}.")
        return self._client, self._characteristics[uuid]

    async def _bounded(self, operation: Coroutine[Any, Any, T]) -> T:
        try:
            async with asyncio.timeout(self._reply_limit_s):
                return await operation
        except BLEAK_ERRORS as error:
            raise link_error(error, self._who) from error

    def _on_disconnected(self, client: BleakClient) -> None:
        if client is self._client:
            self._lose()

    def _lose(self) -> None:
        on_lost, self._on_lost = self._on_lost, None
        if on_lost is not None:
            on_lost()


async def _attached(arguments: BleakArguments) -> list[BLEDevice]:
    """Devices that the system still holds connected, and that no scan therefore finds.

    BlueZ keeps the link of a program that was killed; connecting to it again takes 0.04 s.
    """
    try:
        adapter = await BleakAdapter.get(**arguments.scanner)
    except NotImplementedError:
        return []
    return await adapter.get_connected_devices(list(ATTACHED_BY))


def _shown(target: str | BLEDevice) -> str:
    return target.address if isinstance(target, BLEDevice) else target.removeprefix(NAME_PREFIX)

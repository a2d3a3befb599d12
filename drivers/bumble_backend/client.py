"""bleak's client on a shared Bumble stack."""

import asyncio
import contextlib
import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bleak.args import SizedBuffer
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDeviceNotFoundError, BleakError
from bumble import hci
from bumble.device import Connection
from bumble.gatt import GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR
from bumble.gatt_client import CharacteristicProxy, Client

from drivers.bumble_backend.discovery import discover
from drivers.bumble_backend.sharing import shared_stack
from drivers.bumble_backend.stack import Stack

T = TypeVar("T")

FAREWELL_LIMIT_S = 2.0
"""A disconnect takes one exchange; a link that cannot manage it dies of its supervision timeout."""

_leaving: set[asyncio.Task[None]] = set()


class BumbleClient(BaseBleakClient):
    """Give it to `BleakClient(device, backend=BumbleClient, transport="unix:/tmp/air")`.

    It connects passively: unlike BlueZ it does not subscribe to Service Changed.
    """

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        transport: str,
        services: set[str] | None = None,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout
        )
        details = getattr(address_or_ble_device, "details", None)
        self.disconnect_reason: int | None = None
        self._typed = details if isinstance(details, hci.Address) else None
        self._name = getattr(address_or_ble_device, "name", None)
        self._wanted = services
        self._shared = shared_stack(transport)
        self._stack: Stack | None = None
        self._connection: Connection | None = None
        self._gone: asyncio.Future[None] | None = None

    @property
    def name(self) -> str:
        return self._name or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        return self._gatt().mtu

    @property
    def is_connected(self) -> bool:
        return self._gone is not None and not self._gone.done()

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        if self.is_connected:
            raise BleakError("already connected")
        stack = self._stack = await self._shared.acquire()
        try:
            async with asyncio.timeout(self._timeout):
                await self._establish(stack)
                if pair:
                    await self.pair()
                self.services = await self._call(discover(self._gatt(), self._wanted))
        except BaseException as error:
            await self._leave()
            if isinstance(error, TimeoutError) and self.address.upper() not in stack.known:
                raise BleakDeviceNotFoundError(self.address) from error
            raise

    async def disconnect(self) -> None:
        await self._leave()

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        if self._connection is not None:
            await self._call(self._connection.pair())

    async def unpair(self) -> None:
        if self._stack is not None and (keys := self._stack.device.keystore) is not None:
            await self._stack.call(keys.delete(self.address))
        await self._leave()

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        return bytearray(await self._call(self._gatt().read_value(characteristic.handle)))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **kwargs: Any
    ) -> bytearray:
        return bytearray(await self._call(self._gatt().read_value(descriptor.handle)))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        await self._call(self._gatt().write_value(characteristic.handle, bytes(data), response))

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        await self._call(self._gatt().write_value(descriptor.handle, bytes(data), True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **kwargs: Any
    ) -> None:
        proxy: CharacteristicProxy[bytes] = characteristic.obj
        if proxy.get_descriptor(GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR) is None:
            raise BleakError(f"{characteristic.uuid} cannot be subscribed to")
        loop = asyncio.get_running_loop()

        def deliver(value: bytes) -> None:
            # Apart from the stack: a callback that raises must not withhold the confirmation.
            loop.call_soon(callback, bytearray(value))

        await self._call(self._gatt().subscribe(proxy, deliver))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        await self._call(self._gatt().unsubscribe(characteristic.obj))

    async def _establish(self, stack: Stack) -> None:
        address = self._typed or await stack.locate(self.address)
        connection = await stack.connect(address)
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connection, self._gone, self.disconnect_reason = connection, gone, None
        connection.on(Connection.EVENT_DISCONNECTION, functools.partial(self._ended, gone))
        stack.lost.add_done_callback(lambda _: self._ended(gone, None))
        if connection.handle not in stack.device.connections:
            # It ended in the moment before anyone listened.
            self._ended(gone, None)
            raise BleakError("the link was lost")

    def _gatt(self) -> Client:
        if self._connection is None or not self.is_connected:
            raise BleakError("not connected")
        return self._connection.gatt_client

    async def _call(self, operation: Coroutine[Any, Any, T]) -> T:
        if self._stack is None:
            operation.close()
            raise BleakError("not connected")
        return await self._stack.call(operation, self._gone)

    def _ended(self, gone: asyncio.Future[None], reason: int | None) -> None:
        """The link that `gone` stands for is no more; `reason` is the HCI error, if known."""
        if gone.done():
            return
        self.disconnect_reason = reason
        gone.set_result(None)
        if self._disconnected_callback is not None:
            self._disconnected_callback()
        self._spawn_leave()

    async def _leave(self) -> None:
        await asyncio.shield(self._spawn_leave())

    def _spawn_leave(self) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._say_farewell())
        _leaving.add(task)
        task.add_done_callback(_leaving.discard)
        return task

    async def _say_farewell(self) -> None:
        """Disconnect if there still is a link, and give the stack back; once for each connect."""
        stack, self._stack = self._stack, None
        connection, self._connection = self._connection, None
        gone = self._gone
        if stack is None:
            return
        if connection is not None and gone is not None and not gone.done():
            with contextlib.suppress(BleakError, TimeoutError):
                async with asyncio.timeout(FAREWELL_LIMIT_S):
                    await stack.call(connection.disconnect(), gone)
            self._ended(gone, None)
        await self._shared.release()

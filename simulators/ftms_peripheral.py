"""A treadmill as a Bluetooth peripheral: it connects, carries octets and advertises, on Bumble.

How the treadmill and its link behave is `simulators.treadmill`; here is only what carries them.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine

from bumble import att, core, hci
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.transport import open_transport
from bumble.transport.common import Transport

from protocols.ftms import uuids
from simulators.channel import Parcel
from simulators.firmware import Answer
from simulators.gatt_database import GattDatabase, advertisement
from simulators.treadmill import Treadmill

__all__ = ["Peripheral", "advertisement", "on_air"]

ADVERTISING_INTERVAL_MS = 100

_NOTIFY_BIT, _INDICATE_BIT = 0x01, 0x02

OnRequest = Callable[[int, bytes, Answer], None]
"""Told of each write to the control point: when it arrived (monotonic ns), what, what came back."""


class Peripheral:
    """Carries a `Treadmill` on a Bumble `Device`. One central; it advertises again after a loss."""

    def __init__(
        self, device: Device, treadmill: Treadmill, on_request: OnRequest, name: str
    ) -> None:
        self.device = device
        self._treadmill = treadmill
        self._on_request = on_request
        self._name = name
        self._address = device.random_address
        self._table = GattDatabase(device, treadmill, self._written)
        self._table.show(treadmill.visits + 1)
        self._connection: Connection | None = None
        self._silent = False
        self._gone = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._advertising: asyncio.Task[None] | None = None
        device.on(Device.EVENT_CONNECTION, self._connected)

    async def report(self) -> None:
        """Notify what the treadmill has to say by now, and keep or cut the link as it is."""
        for uuid, octets in self._treadmill.due():
            await self._send(uuid, octets)
        if self._treadmill.reachable:
            if self._silent:
                self.advertise()
        elif self._connection is not None:
            connection, self._connection = self._connection, None
            with contextlib.suppress(core.BaseBumbleError):  # the client may have left just now
                await connection.disconnect()

    def advertise(self) -> None:
        self._silent = False
        self._table.show(self._treadmill.visits + 1)
        self._advertising = asyncio.create_task(self._advertise())

    async def settled(self) -> None:
        """Wait until advertising has begun: then no HCI command is under way."""
        if self._advertising is not None:
            await self._advertising

    async def _advertise(self) -> None:
        table = self._treadmill.firmware.machine.table
        self.device.advertising_data = advertisement(self._name, table)
        if table.stranger_later and self._treadmill.visits > 0:
            await self._take_another_address()
        await self.device.start_advertising()

    async def _take_another_address(self) -> None:
        """Once; a device that is another stays that one."""
        octets = bytearray(bytes(self._address))
        octets[0] ^= 0x80
        self.device.random_address = hci.Address(bytes(octets))
        command = hci.HCI_LE_Set_Random_Address_Command(random_address=self.device.random_address)
        await self.device.send_sync_command(command)

    def _connected(self, connection: Connection) -> None:
        self._connection = connection
        self._gone = asyncio.Event()
        self._treadmill.connected()
        connection.on(Connection.EVENT_DISCONNECTION, self._disconnected)

    def _disconnected(self, _reason: int) -> None:
        self._connection = None
        self._gone.set()
        for task in self._tasks:
            task.cancel()
        self._treadmill.disconnected()
        if self._treadmill.reachable:
            self.advertise()
        else:
            self._silent = True

    async def _written(self, connection: Connection, octets: bytes) -> None:
        """Carry a write through; the central's write ends when this does."""
        gone = self._gone
        passage = self._treadmill.arriving()
        if passage.delay_s:
            await asyncio.sleep(passage.delay_s)
        error = passage.att_error
        if passage.arrives and not gone.is_set():
            error = self._execute(connection, octets)
        if not passage.acked:
            await gone.wait()
        if error is not None and "write" in self._table.offered[uuids.CONTROL_POINT]:
            raise att.ATT_Error(att.ErrorCode(error))

    def _execute(self, connection: Connection, octets: bytes) -> int | None:
        """Have the firmware do it, and answer in time; gives its ATT error."""
        at_ns = time.monotonic_ns()
        listening = self._listening(connection)
        answer = self._treadmill.firmware.write(octets, indications_on=listening)
        self._on_request(at_ns, octets, answer)
        if answer.response is not None:
            self._start(self._answer(answer.response, answer.delay_s))
        return answer.att_error

    def _listening(self, connection: Connection) -> bool:
        """Whether the client has asked for the answers, as the control point sends them."""
        control_point = self._table.characteristics[uuids.CONTROL_POINT]
        cccd = self.device.gatt_server.read_cccd(connection, control_point)
        indicates = "indicate" in self._table.offered[uuids.CONTROL_POINT]
        return bool(cccd[0] & (_INDICATE_BIT if indicates else _NOTIFY_BIT))

    async def _answer(self, response: bytes, delay_s: float) -> None:
        """Indicate after the write response has left, which a task of its own ensures.

        The indication ends the procedure; were its confirmation awaited, a prompt next request
        could overtake the task that waits for it.
        """
        await asyncio.sleep(delay_s)
        self._treadmill.firmware.answered()
        await self._send(uuids.CONTROL_POINT, response)

    async def _send(self, uuid: str, octets: bytes) -> None:
        """What the link lets through, each parcel when it arrives."""
        for parcel in self._treadmill.leaving(uuid, octets):
            if parcel.delay_s > 0:
                self._start(self._deliver_later(uuid, parcel))
            else:
                await self._deliver(uuid, parcel.octets)

    async def _deliver_later(self, uuid: str, parcel: Parcel) -> None:
        await asyncio.sleep(parcel.delay_s)
        await self._deliver(uuid, parcel.octets)

    async def _deliver(self, uuid: str, octets: bytes) -> None:
        characteristic = self._table.characteristics.get(uuid)
        if characteristic is None:
            return
        if uuid == uuids.CONTROL_POINT and "indicate" in self._table.offered[uuid]:
            await self.device.indicate_subscribers(characteristic, octets)
        else:
            await self.device.notify_subscribers(characteristic, octets)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@contextlib.asynccontextmanager
async def on_air(
    transport: str, address: str, name: str, treadmill: Treadmill, on_request: OnRequest
) -> AsyncIterator[tuple[Peripheral, asyncio.Event]]:
    """Power a peripheral up on `transport` and advertise it; the event is set when that is lost.

    Raises: `ValueError` for a name that does not fit into the advertisement, `ConnectionError` for
    a transport that cannot be opened, or that was lost by the end.
    """
    data = advertisement(name, treadmill.firmware.machine.table)
    config = DeviceConfiguration(name=name, address=hci.Address(address), advertising_data=data)
    config.advertising_interval_min = config.advertising_interval_max = ADVERTISING_INTERVAL_MS
    async with await open_radio(transport) as port:
        device = Device.from_config_with_hci(config, port.source, port.sink)
        peripheral = Peripheral(device, treadmill, on_request, name)
        await device.power_on()
        peripheral.advertise()
        await peripheral.settled()
        lost = asyncio.Event()
        port.source.terminated.add_done_callback(lambda _: lost.set())
        yield peripheral, lost
        if lost.is_set():
            raise ConnectionError(f"The Bluetooth transport {transport} is gone; start it again.")
        await peripheral.settled()


async def open_radio(transport: str) -> Transport:
    """Whatever a transport fails with (libusb, assertions on its form, sockets) means one thing."""
    try:
        return await open_transport(transport)
    except Exception as error:
        raise ConnectionError(
            f"The Bluetooth transport {transport} cannot be opened ({str(error) or 'wrong form'}); "
            "start it, or name another."
        ) from error

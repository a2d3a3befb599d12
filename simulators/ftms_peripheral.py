"""A treadmill as a Bluetooth peripheral: its GATT database and advertisement, on Bumble's stack.

How the treadmill behaves is `simulators.treadmill`; here is only what carries it.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from bumble import att, core, hci
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.transport import open_transport
from bumble.transport.common import Transport

from protocols.ftms import advertising, uuids
from simulators.firmware import Answer
from simulators.readings import DEVICE_INFORMATION, FIXED, training_octets
from simulators.treadmill import Treadmill

ADVERTISING_INTERVAL_MS = 100
ADVERTISING_LIMIT = 31

_READ = Characteristic.Properties.READ
_NOTIFY = Characteristic.Properties.NOTIFY
_WRITE_INDICATE = Characteristic.Properties.WRITE | Characteristic.Properties.INDICATE
_INDICATE_BIT = 0x02

OnRequest = Callable[[int, bytes, Answer], None]
"""Told of each write to the control point: when it arrived (monotonic ns), what, what came back."""


class Peripheral:
    """Carries a `Treadmill` on a Bumble `Device`. One central; it advertises again after a loss."""

    def __init__(self, device: Device, treadmill: Treadmill, on_request: OnRequest) -> None:
        self.device = device
        self._treadmill = treadmill
        self._on_request = on_request
        self._answering: set[asyncio.Task[None]] = set()
        self._advertising: asyncio.Task[None] | None = None
        self._characteristics: dict[str, Characteristic[bytes]] = {
            uuids.TREADMILL_DATA: Characteristic(
                _assigned(uuids.TREADMILL_DATA), _NOTIFY, _permitted("")
            ),
            uuids.MACHINE_STATUS: Characteristic(
                _assigned(uuids.MACHINE_STATUS), _NOTIFY, _permitted("")
            ),
            uuids.TRAINING_STATUS: Characteristic(
                _assigned(uuids.TRAINING_STATUS),
                _READ | _NOTIFY,
                _permitted("READABLE"),
                CharacteristicValue(read=lambda _: training_octets(treadmill.firmware)),
            ),
            uuids.CONTROL_POINT: Characteristic(
                _assigned(uuids.CONTROL_POINT),
                _WRITE_INDICATE,
                _permitted("WRITEABLE"),
                CharacteristicValue(write=self._written),
            ),
        }
        fitness = [*_fixed(FIXED), *self._characteristics.values()]
        device.add_service(Service(_assigned(uuids.FITNESS_MACHINE_SERVICE), fitness))
        information = _assigned(uuids.DEVICE_INFORMATION_SERVICE)
        device.add_service(Service(information, _fixed(DEVICE_INFORMATION)))
        device.on(Device.EVENT_CONNECTION, self._connected)

    async def report(self) -> None:
        """Notify what the treadmill has to say by now."""
        for uuid, octets in self._treadmill.due():
            await self.device.notify_subscribers(self._characteristics[uuid], octets)

    def advertise(self) -> None:
        self._advertising = asyncio.create_task(self.device.start_advertising())

    async def settled(self) -> None:
        """Wait until advertising has begun: then no HCI command is under way."""
        if self._advertising is not None:
            await self._advertising

    def _connected(self, connection: Connection) -> None:
        connection.on(Connection.EVENT_DISCONNECTION, self._disconnected)

    def _disconnected(self, _reason: int) -> None:
        for task in self._answering:
            task.cancel()
        self._treadmill.firmware.disconnected()
        self.advertise()

    def _written(self, connection: Connection, octets: bytes) -> None:
        at_ns = time.monotonic_ns()
        control_point = self._characteristics[uuids.CONTROL_POINT]
        cccd = self.device.gatt_server.read_cccd(connection, control_point)
        indications_on = bool(cccd[0] & _INDICATE_BIT)
        answer = self._treadmill.firmware.write(octets, indications_on=indications_on)
        self._on_request(at_ns, octets, answer)
        if answer.att_error is not None:
            raise att.ATT_Error(att.ErrorCode(answer.att_error))
        if answer.response is not None:
            answering = self._answer(connection, answer.response, answer.delay_s)
            task = asyncio.create_task(answering)
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, connection: Connection, response: bytes, delay_s: float) -> None:
        """Indicate after the write response has left, which a task of its own ensures.

        The indication ends the procedure; were its confirmation awaited, a prompt next request
        could overtake the task that waits for it.
        """
        await asyncio.sleep(delay_s)
        self._treadmill.firmware.answered()
        control_point = self._characteristics[uuids.CONTROL_POINT]
        await self.device.indicate_subscriber(connection, control_point, response)


@contextlib.asynccontextmanager
async def on_air(
    transport: str, address: str, name: str, treadmill: Treadmill, on_request: OnRequest
) -> AsyncIterator[tuple[Peripheral, asyncio.Event]]:
    """Power a peripheral up on `transport` and advertise it; the event is set when that is lost.

    Raises: `ValueError` for a name that does not fit into the advertisement, `ConnectionError` for
    a transport that cannot be opened, or that was lost by the end.
    """
    config = DeviceConfiguration(
        name=name, address=hci.Address(address), advertising_data=advertisement(name)
    )
    config.advertising_interval_min = config.advertising_interval_max = ADVERTISING_INTERVAL_MS
    async with await _open(transport) as port:
        device = Device.from_config_with_hci(config, port.source, port.sink)
        peripheral = Peripheral(device, treadmill, on_request)
        await device.power_on()
        peripheral.advertise()
        await peripheral.settled()
        lost = asyncio.Event()
        port.source.terminated.add_done_callback(lambda _: lost.set())
        yield peripheral, lost
        if lost.is_set():
            raise ConnectionError(f"The Bluetooth transport {transport} is gone; start it again.")
        await peripheral.settled()


async def _open(transport: str) -> Transport:
    """Whatever a transport fails with (libusb, assertions on its form, sockets) means one thing."""
    try:
        return await open_transport(transport)
    except Exception as error:
        raise ConnectionError(
            f"The Bluetooth transport {transport} cannot be opened ({str(error) or 'wrong form'}); "
            "start it, or name another."
        ) from error


def advertisement(name: str) -> bytes:
    """Flags, the service, its data, the name: all in the one packet that passive scans hear."""
    kinds = core.AdvertisingData.Type
    service = bytes(core.UUID.from_16_bits(0x1826))
    octets = bytes(
        core.AdvertisingData(
            [
                (kinds.FLAGS, bytes([0x06])),
                (kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, service),
                (kinds.SERVICE_DATA_16_BIT_UUID, service + advertising.encode(True)),
                (kinds.COMPLETE_LOCAL_NAME, name.encode()),
            ]
        )
    )
    if len(octets) > ADVERTISING_LIMIT:
        spare = len(name.encode()) + ADVERTISING_LIMIT - len(octets)
        raise ValueError(f"The name {name!r} is too long to advertise: at most {spare} octets fit.")
    return octets


def _fixed(values: dict[str, bytes]) -> list[Characteristic[bytes]]:
    return [
        Characteristic(_assigned(uuid), _READ, _permitted("READABLE"), octets)
        for uuid, octets in values.items()
    ]


def _assigned(uuid: str) -> core.UUID:
    """In 16 bits, as treadmills have it; discovery then takes fewer round trips."""
    number = uuids.short(uuid)
    assert number is not None  # noqa: S101 - all of ours are assigned numbers
    return core.UUID.from_16_bits(number)


def _permitted(names: str) -> att.Attribute.Permissions:
    return att.Attribute.Permissions.from_string(names) if names else att.Attribute.Permissions(0)

"""A small GATT peripheral on Bumble's stack: one characteristic for every way of talking.

`python tests/drivers/peripheral.py TRANSPORT` runs it as a process of its own, which writes what
happens to it on standard output, one JSON object a line.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

from bumble import hci
from bumble.att import ATT_Error
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, Service
from bumble.host import Host
from bumble.transport import open_transport

from protocols.ftms.uuids import from_short
from simulators.radio import Air, AirController

ADDRESS = "F0:F1:F2:F3:F4:F5"
NAME = "Bench"
FEATURE, DATA, POINT = (from_short(number) for number in (0x2ACC, 0x2ACD, 0x2AD9))
COMMAND = "8a7e0001-0c3b-4f6e-9c55-2f1d6c1b7a10"
BUSY, SLOW = 0xEE, 0x55
"""First octets of a write that is refused with ATT error 0xFE, and of one answered on `release`."""


class Peripheral:
    def __init__(self, host: Host, tell: Callable[[dict[str, Any]], None]) -> None:
        self.device = Device(name=NAME, address=hci.Address(ADDRESS), host=host)
        self.tell = tell
        self.connection: Connection | None = None
        self.release = asyncio.Event()
        properties = Characteristic.Properties
        readable, writeable = Characteristic.READABLE, Characteristic.WRITEABLE
        self.data = Characteristic(_uuid(DATA), properties.NOTIFY, readable, b"")
        self.point = Characteristic(
            _uuid(POINT),
            properties.WRITE | properties.INDICATE,
            writeable,
            CharacteristicValue(write=self._on_point),
        )
        command = CharacteristicValue(write=self._on_command)
        self.device.add_service(
            Service(
                UUID("1826"),
                [
                    Characteristic(
                        _uuid(FEATURE),
                        properties.READ,
                        readable,
                        bytes(range(8)),
                        [Descriptor(UUID.from_16_bits(0x2901), readable | writeable, b"a")],
                    ),
                    self.data,
                    self.point,
                    Characteristic(COMMAND, properties.WRITE_WITHOUT_RESPONSE, writeable, command),
                ],
            )
        )
        self.device.on("connection", self._on_connection)

    async def advertise(self) -> None:
        kinds = AdvertisingData.Type
        self.device.advertising_data = bytes(
            AdvertisingData(
                [
                    (kinds.FLAGS, b"\x06"),
                    (kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, b"\x26\x18"),
                    (kinds.SERVICE_DATA_16_BIT_UUID, b"\x26\x18\x01\x01\x00"),
                ]
            )
        )
        self.device.scan_response_data = bytes(
            AdvertisingData([(kinds.COMPLETE_LOCAL_NAME, NAME.encode())])
        )
        await self.device.start_advertising(
            auto_restart=True, advertising_interval_min=20, advertising_interval_max=20
        )

    async def notify(self, octets: bytes) -> None:
        await self.device.notify_subscribers(self.data, octets)

    def _on_connection(self, connection: Connection) -> None:
        self.connection = connection
        self.tell({"event": "connected"})
        connection.on("disconnection", self._on_disconnection)

    def _on_disconnection(self, reason: int) -> None:
        self.connection = None
        self.tell({"event": "disconnected", "reason": reason})

    async def _on_point(self, connection: Connection, octets: bytes) -> None:
        self.tell({"event": "written", "octets": octets.hex()})
        subscribed = self.device.gatt_server.subscribers.get(connection, {})
        if subscribed.get(self.point.handle) != b"\x02\x00":
            raise ATT_Error(0xFD)
        if octets[0] == BUSY:
            raise ATT_Error(0xFE)
        if octets[0] == SLOW:
            await self.release.wait()
        # Awaited here, so that the indication comes before the write response.
        await self.device.indicate_subscriber(connection, self.point, b"\x80" + octets)

    def _on_command(self, connection: Connection, octets: bytes) -> None:
        self.tell({"event": "commanded", "octets": octets.hex()})


def _uuid(text: str) -> UUID:
    """In the two-octet form, as treadmills show it."""
    return UUID.from_16_bits(int(text[4:8], 16))


async def joined(air: Air, tell: Callable[[dict[str, Any]], None]) -> Peripheral:
    """A powered peripheral inside this process; it advertises when told to."""
    controller = AirController(air)
    peripheral = Peripheral(Host(controller, controller), tell)
    await peripheral.device.power_on()
    return peripheral


def _print(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


async def _main(transport_name: str) -> None:
    transport = await open_transport(transport_name)
    peripheral = Peripheral(Host(transport.source, transport.sink), _print)
    await peripheral.device.power_on()
    await peripheral.advertise()
    _print({"event": "advertising"})
    await transport.source.terminated


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))

"""As much of BlueZ on a D-Bus as a link needs: one adapter, one linked device, one characteristic.

What only the real one does is tried by `make deep-bluez`; this one can be made to vanish at once.
"""

import contextlib
from collections.abc import AsyncIterator

from dbus_fast.aio import MessageBus
from dbus_fast.service import PropertyAccess, ServiceInterface, dbus_method, dbus_property

from protocols.ftms.uuids import FEATURE, FITNESS_MACHINE_SERVICE

ADDRESS = "F0:52:54:52:44:01"
OCTETS = b"\x01\x02"
HCI = "/org/bluez/hci0"
DEVICE = f"{HCI}/dev_{ADDRESS.replace(':', '_')}"
SERVICE = f"{DEVICE}/service000a"
# ruff: noqa: F722, F821, N802 - D-Bus's own names and types


def constant(name: str, signature: str, value: object) -> object:
    """A property that never changes."""

    def read(self):
        return value

    read.__name__ = name
    read.__annotations__ = {"return": signature}
    return dbus_property(access=PropertyAccess.READ)(read)


class Adapter(ServiceInterface):
    Address = constant("Address", "s", "02:00:00:00:00:01")
    Powered = constant("Powered", "b", True)
    Roles = constant("Roles", "as", ["central"])

    def __init__(self) -> None:
        super().__init__("org.bluez.Adapter1")


class Device(ServiceInterface):
    Adapter = constant("Adapter", "o", HCI)
    Address = constant("Address", "s", ADDRESS)
    Alias = constant("Alias", "s", "Treadmill")
    Connected = constant("Connected", "b", True)
    Name = constant("Name", "s", "Treadmill")
    ServicesResolved = constant("ServicesResolved", "b", True)
    UUIDs = constant("UUIDs", "as", [FITNESS_MACHINE_SERVICE])

    def __init__(self) -> None:
        super().__init__("org.bluez.Device1")

    @dbus_method()
    def Disconnect(self) -> None:
        """It is asked for, and that is all."""


class Service(ServiceInterface):
    Device = constant("Device", "o", DEVICE)
    Primary = constant("Primary", "b", True)
    UUID = constant("UUID", "s", FITNESS_MACHINE_SERVICE)

    def __init__(self) -> None:
        super().__init__("org.bluez.GattService1")


class Characteristic(ServiceInterface):
    Flags = constant("Flags", "as", ["read"])
    Service = constant("Service", "o", SERVICE)
    UUID = constant("UUID", "s", FEATURE)

    def __init__(self) -> None:
        super().__init__("org.bluez.GattCharacteristic1")

    @dbus_method()
    def ReadValue(self, options: "a{sv}") -> "ay":
        return OCTETS


PLACES = {
    HCI: Adapter,
    DEVICE: Device,
    SERVICE: Service,
    f"{SERVICE}/char000b": Characteristic,
}


@contextlib.asynccontextmanager
async def bluez(address: str) -> AsyncIterator[None]:
    """BlueZ is on the bus at `address` until the end, and is then gone without a word."""
    bus = await MessageBus(bus_address=address).connect()
    for path, kind in PLACES.items():
        bus.export(path, kind())
    await bus.request_name("org.bluez")
    try:
        yield
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()

"""The way to BlueZ on a real D-Bus: a private bus, and an `org.bluez` with one adapter on it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dbus_fast.aio import MessageBus
from dbus_fast.service import PropertyAccess, ServiceInterface, dbus_property

from controller.doctor import bluetooth
from controller.doctor.bluetooth import Radio
from controller.doctor.finding import Subject
from controller.settings import parse
from tests.bus import private_bus

FORBIDDEN = '<deny send_destination="org.bluez"/>'


class Adapter(ServiceInterface):
    """As much of `org.bluez.Adapter1` as tells whether it is switched on."""

    def __init__(self, *, powered: bool) -> None:
        super().__init__("org.bluez.Adapter1")
        self._powered = powered

    @dbus_property(access=PropertyAccess.READ)
    def Powered(self) -> "b":  # type: ignore[name-defined]  # noqa: F821, N802 - D-Bus's own
        return self._powered


@contextlib.asynccontextmanager
async def bluez(bus_address: str, **adapters: bool) -> AsyncIterator[None]:
    """BlueZ with these adapters: name → switched on."""
    bus = await MessageBus(bus_address=bus_address).connect()
    for name, powered in adapters.items():
        bus.export(f"/org/bluez/{name}", Adapter(powered=powered))
    await bus.request_name("org.bluez")
    try:
        yield
    finally:
        bus.disconnect()


async def reached(bus_address: str, adapter: str = "system") -> str:
    pad = {"treadmill": "ftms:AA:BB:CC:DD:EE:FF", "grip": "grip:/dev/null", "adapter": adapter}
    subject = Subject(parse(pad), environment={"DBUS_SYSTEM_BUS_ADDRESS": bus_address})
    seen = await asyncio.to_thread(bluetooth.look, subject)
    assert isinstance(seen, Radio)
    return seen.reached


async def test_a_computer_without_a_bus_is_told(tmp_path: Path) -> None:
    assert await reached(f"unix:path={tmp_path / 'nothing'}") == "no_bus"


async def test_a_bus_without_bluez_is_told(tmp_path: Path) -> None:
    async with private_bus(tmp_path) as bus:
        assert await reached(bus) == "no_bluez"


@pytest.mark.parametrize(
    ("adapters", "named", "what"),
    [
        ({}, "system", "no_adapter"),
        ({"hci0": True}, "system", "on"),
        ({"hci0": False}, "system", "off"),
        ({"hci0": False, "hci1": True}, "system", "on"),
        ({"hci0": False, "hci1": True}, "system:hci0", "off"),
        ({"hci0": False, "hci1": True}, "system:hci1", "on"),
        ({"hci0": True}, "system:hci1", "no_adapter"),
    ],
)
async def test_an_adapter_is_found_by_its_name_and_its_power(
    tmp_path: Path, adapters: dict[str, bool], named: str, what: str
) -> None:
    async with private_bus(tmp_path) as bus, bluez(bus, **adapters):
        assert await reached(bus, named) == what


async def test_a_bus_that_forbids_bluez_to_this_user_is_told(tmp_path: Path) -> None:
    async with private_bus(tmp_path, FORBIDDEN) as bus, bluez(bus, hci0=True):
        assert await reached(bus) == "denied"

"""The way to the radio: D-Bus, BlueZ, an adapter, its power; or an HCI transport of one's own."""

import asyncio
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from controller.doctor.finding import Finding, Subject, missing, ok
from controller.settings import Settings
from drivers import address
from drivers.adapter import SYSTEM

LIMIT_S = 1.5
ADAPTER = "org.bluez.Adapter1"
DENIED = "org.freedesktop.DBus.Error.AccessDenied"
Reached = Literal["no_bus", "denied", "no_bluez", "no_adapter", "off", "on", "no_file", "unasked"]


class Radio(NamedTuple):
    """How far the way to `adapter` is open, as this user."""

    adapter: str
    reached: Reached
    user: str
    bumble: bool = True


def look(subject: Subject) -> Radio | None:
    """None if nothing of this service speaks Bluetooth."""
    if subject.settings is not None and not _wanted(subject.settings):
        return None
    adapter = SYSTEM if subject.settings is None else subject.settings.adapter
    kind, _, which = adapter.partition(":")
    bumble = importlib.util.find_spec("bumble") is not None
    if kind != SYSTEM:
        return Radio(adapter, _transport(subject, which), subject.user, bumble)
    if importlib.util.find_spec("dbus_fast") is None:
        return Radio(adapter, "unasked", subject.user)
    return Radio(adapter, asyncio.run(_bluez(subject, which)), subject.user)


def _wanted(settings: Settings) -> bool:
    ftms = address.treadmill(settings.treadmill).kind == address.FTMS
    return ftms or bool(settings.heart_rate or settings.witness)


def _transport(subject: Subject, which: str) -> Reached:
    """A transport is not opened: its radio may be speaking to the treadmill."""
    kind, _, path = which.partition(":")
    if kind in ("serial", "unix") and not subject.at(path.partition(",")[0]).exists():
        return "no_file"
    return "on"


async def _bluez(subject: Subject, which: str) -> Reached:
    from dbus_fast.aio import MessageBus  # noqa: PLC0415 - there is none on macOS
    from dbus_fast.constants import BusType  # noqa: PLC0415

    place = subject.environment.get("DBUS_SYSTEM_BUS_ADDRESS")
    try:
        async with asyncio.timeout(LIMIT_S):
            bus = await MessageBus(bus_address=place, bus_type=BusType.SYSTEM).connect()
            try:
                return await _adapters(bus, which)
            finally:
                bus.disconnect()
    except (OSError, EOFError, TimeoutError, ValueError):
        return "no_bus"


async def _adapters(bus: Any, which: str) -> Reached:
    from dbus_fast import Message, MessageType  # noqa: PLC0415

    asked = Message(
        destination="org.bluez",
        path="/",
        interface="org.freedesktop.DBus.ObjectManager",
        member="GetManagedObjects",
    )
    told = await bus.call(asked)
    if told.message_type is MessageType.ERROR:
        return "denied" if told.error_name == DENIED else "no_bluez"
    found = {
        Path(path).name: bool(facts[ADAPTER]["Powered"].value)
        for path, facts in told.body[0].items()
        if ADAPTER in facts
    }
    if which in found:
        return "on" if found[which] else "off"
    if which or not found:
        return "no_adapter"
    return "on" if any(found.values()) else "off"


WAYS_OUT: dict[Reached, tuple[str, str]] = {
    "no_bus": ("D-Bus does not answer", "sudo apt install dbus bluez"),
    "denied": ("D-Bus lets {user} not speak to BlueZ", "sudo usermod -aG bluetooth {user}"),
    "no_bluez": (
        "BlueZ does not run",
        "sudo apt install bluez && sudo systemctl enable --now bluetooth",
    ),
    "no_adapter": ("there is no adapter {adapter}", "bluetoothctl list; rfkill list bluetooth"),
    "off": (
        "the adapter {adapter} is switched off",
        "rfkill unblock bluetooth && bluetoothctl power on",
    ),
    "no_file": ("{adapter} is not there", "ls -l /dev/serial/by-id"),
}


def judge(seen: Radio | None) -> Sequence[Finding]:
    if seen is None:
        return []
    if not seen.bumble:
        return [
            missing("Bluetooth", f"{seen.adapter} needs Bumble", 'pip install "retrotread[sim]"')
        ]
    if seen.reached not in WAYS_OUT:
        return [ok("Bluetooth", f"{seen.adapter}")]
    says, way_out = (
        text.format(user=seen.user, adapter=seen.adapter) for text in WAYS_OUT[seen.reached]
    )
    return [missing("Bluetooth", says, way_out)]

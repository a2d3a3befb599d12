"""Whether BlueZ itself is still there: bleak 3.1 does not notice when it dies, and says connected.

Its name on the system bus is watched. dbus-fast comes with bleak on Linux, and only there.
"""

import contextlib
import sys
from collections.abc import Callable
from typing import Any

SERVICE = "org.bluez"
BUS, PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
RULE = f"type='signal',sender='{BUS}',interface='{BUS}',member='NameOwnerChanged',arg0='{SERVICE}'"
FITS = sys.platform == "linux"


class BluezWatch:
    """Calls `on_gone` when BlueZ leaves the bus, each time it does, from `begin` until `end`."""

    def __init__(self, on_gone: Callable[[], None]) -> None:
        self._on_gone = on_gone
        self._bus: Any = None

    async def begin(self) -> None:
        """Raises: `OSError` or `EOFError` if there is no bus. Not on Linux it does nothing; nor on
        a bus that lets nobody in, which bleak tells better."""
        if not FITS or self._bus is not None:
            return
        from dbus_fast import AuthError, BusType, Message  # noqa: PLC0415 - none elsewhere
        from dbus_fast.aio import MessageBus  # noqa: PLC0415

        bus = MessageBus(bus_type=BusType.SYSTEM)
        ask: dict[str, Any] = {"member": "AddMatch", "signature": "s", "body": [RULE]}
        with contextlib.ExitStack() as undo:
            undo.callback(bus.disconnect)
            with contextlib.suppress(AuthError):
                await bus.connect()
                bus.add_message_handler(self._heard)
                await bus.call(Message(destination=BUS, path=PATH, interface=BUS, **ask))
                self._bus = bus
                undo.pop_all()

    def end(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()

    def _heard(self, message: Any) -> None:
        if message.member == "NameOwnerChanged" and message.sender == BUS:
            name, _, owner = message.body
            if name == SERVICE and not owner:
                self._on_gone()

"""Which Bluetooth adapter: one word in the settings, turned into bleak's arguments.

`system` is the platform's own (BlueZ, CoreBluetooth, WinRT), `system:hci1` one of several under
BlueZ, `hci:<transport>` any HCI transport by Bumble's name for it: `hci:usb:0`,
`hci:serial:/dev/ttyACM0`, `hci:unix:/tmp/air`, `hci:tcp-client:127.0.0.1:7300`.
"""

from dataclasses import dataclass, field
from typing import Any

from drivers.links import LinkError

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class BleakArguments:
    """Keyword arguments that make bleak's classes use one adapter."""

    scanner: dict[str, Any] = field(default_factory=dict)
    client: dict[str, Any] = field(default_factory=dict)


def bleak_arguments(adapter: str) -> BleakArguments:
    """Arguments for `BleakScanner` and `BleakClient`.

    Raises:
        LinkError: the word is none of the three forms, or Bumble is not installed.
    """
    kind, _, which = adapter.partition(":")
    if kind == SYSTEM:
        chosen = {"bluez": {"adapter": which}} if which else {}
        return BleakArguments(chosen, chosen)
    if kind == "hci" and which:
        return _on_bumble(which)
    raise LinkError(
        f"{adapter!r} is not a Bluetooth adapter: write system, system:hci1 or hci:<transport>."
    )


def _on_bumble(transport: str) -> BleakArguments:
    try:
        # Only when asked for: half a second, 42 MB, and an extra of the distribution.
        from drivers.bumble_backend.client import BumbleClient  # noqa: PLC0415
        from drivers.bumble_backend.scanner import BumbleScanner  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise LinkError(
            f"The adapter hci:{transport} needs Bumble: install retrotread[sim]."
        ) from error
    return BleakArguments(
        {"backend": BumbleScanner, "transport": transport},
        {"backend": BumbleClient, "transport": transport},
    )

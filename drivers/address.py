"""How people name a device: `ftms:AA:BB:CC:DD:EE:FF`, `grip:/dev/serial/by-id/…`."""

import re
from typing import NamedTuple

from protocols.serial_machines import KINDS

_BLUETOOTH = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_MACOS = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
"""CoreBluetooth names peripherals by an identifier of its own."""


_GPIO = re.compile(r"gpio:/?[\w./-]+:[0-9]{1,5}")
_GPIO_PAIR = re.compile(r"gpio:/?[\w./-]+:[0-9]{1,5}:[0-9]{1,5}")

FTMS = "ftms"
NAMED = "name="

MQTT = "mqtt"
"""A grip unit whose readings the desk passes on from the broker."""


class AddressError(ValueError):
    """A device name that cannot be read; one plain sentence."""


class Place(NamedTuple):
    """A treadmill's kind, and where: a Bluetooth target, a serial port or a socket URL."""

    kind: str
    target: str

    @property
    def by_name(self) -> bool:
        """Whoever calls itself so is meant, which may be another machine tomorrow."""
        return self.target.startswith(NAMED)

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}"


def treadmill(text: str) -> Place:
    """Where the treadmill is that `text` names. Raises: `AddressError`."""
    kind, _, rest = text.partition(":")
    if kind == FTMS:
        return Place(kind, _bluetooth(rest))
    if kind not in KINDS:
        serial = ", ".join(KINDS)
        raise AddressError(
            f"{text!r} is no treadmill address. Write ftms:AA:BB:CC:DD:EE:FF, ftms:name=NAME, or a "
            f"serial one such as trackmaster:/dev/serial/by-id/…; serial kinds are {serial}."
        )
    if not rest.startswith(("/", "socket://")):
        raise AddressError(
            f"{rest!r} is no serial port. Write {kind}:/dev/serial/by-id/… or "
            f"{kind}:socket://HOST:PORT."
        )
    return Place(kind, rest)


def _bluetooth(rest: str) -> str:
    """A Bluetooth address, or `name=…` as advertised."""
    name = rest.removeprefix(NAMED)
    if name != rest and name:
        return rest
    if _BLUETOOTH.fullmatch(rest) or _MACOS.fullmatch(rest):
        return rest.upper()
    raise AddressError(
        f"{rest!r} is no Bluetooth address. Write ftms:AA:BB:CC:DD:EE:FF or ftms:name=NAME."
    )


def grip(text: str) -> str:
    """The serial port, socket URL or `gpio:CHIP:LEFT:RIGHT` of the grip unit, or `MQTT`.

    Raises: `AddressError`.
    """
    kind, _, rest = text.partition(":")
    if kind == "grip" and _GPIO_PAIR.fullmatch(rest):
        _, chip, left, right = rest.split(":")
        return f"gpio:{_device(chip)}:{left}:{right}"
    if kind != "grip" or not (rest == MQTT or rest.startswith(("/", "socket://"))):
        raise AddressError(
            f"{text!r} is no grip unit address. Write grip:/dev/serial/by-id/…, "
            "grip:socket://HOST:PORT, grip:gpio:CHIP:LEFT:RIGHT or grip:mqtt."
        )
    return rest


def relay(text: str) -> str:
    """The serial port, socket URL or `gpio:CHIP:LINE` of the relay; a chip's name is a device's.

    Raises: `AddressError`.
    """
    kind, _, rest = text.partition(":")
    if kind == "relay" and _GPIO.fullmatch(rest):
        _, chip, line = rest.split(":")
        return f"gpio:{_device(chip)}:{line}"
    if kind == "relay" and rest.startswith(("/", "socket://")):
        return rest
    raise AddressError(
        f"{text!r} is no relay address. Write relay:/dev/serial/by-id/…, relay:socket://HOST:PORT "
        "or relay:gpio:CHIP:LINE."
    )


def heart_rate(text: str) -> str:
    """The Bluetooth address of a heart-rate strap. Raises: `AddressError`."""
    return _sensor("hrs", "heart-rate strap", text)


def witness(text: str) -> str:
    """The Bluetooth address of a speed sensor. Raises: `AddressError`."""
    return _sensor("rsc", "speed sensor", text)


def _sensor(wanted: str, what: str, text: str) -> str:
    kind, _, rest = text.partition(":")
    if kind == wanted and (_BLUETOOTH.fullmatch(rest) or _MACOS.fullmatch(rest)):
        return rest.upper()
    raise AddressError(f"{text!r} is no {what} address. Write {wanted}:AA:BB:CC:DD:EE:FF.")


def _device(chip: str) -> str:
    return chip if chip.startswith("/") else f"/dev/{chip}"

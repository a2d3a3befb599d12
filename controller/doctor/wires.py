"""Serial ports and GPIO lines that the settings name: there, and open to this user.

None is opened: a port may be a treadmill's, and a service that runs may have it.
"""

import grp
import importlib.util
import os
import socket
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from controller.doctor.finding import Finding, Subject, missing, ok, warning
from controller.settings import Settings
from drivers import address

BY_ID = "/dev/serial/by-id/"
CHANGING = ("/dev/ttyUSB", "/dev/ttyACM")
"""Names that a kernel gives in the order of plugging in."""


class Wire(NamedTuple):
    """One device. `group`: that of its file, "" if it is not there; `known`: a host has a name."""

    thing: str
    place: str
    user: str
    exists: bool
    usable: bool
    group: str = ""
    library: bool = True


def look(subject: Subject) -> list[Wire]:
    if subject.settings is None:
        return []
    return [_wire(subject, thing, place) for thing, place in _named(subject.settings)]


def _named(settings: Settings) -> Iterator[tuple[str, str]]:
    treadmill = address.treadmill(settings.treadmill)
    if treadmill.kind != address.FTMS:
        yield "treadmill", treadmill.target
    grip = address.grip(settings.grip)
    if grip != address.MQTT:
        yield "grip unit", grip
    if settings.relay is not None:
        yield "relay", address.relay(settings.relay)


def _wire(subject: Subject, thing: str, place: str) -> Wire:
    if place.startswith("socket://"):
        known = _known(place)
        return Wire(thing, place, subject.user, known, known)
    gpio = place.startswith("gpio:")
    library = not gpio or importlib.util.find_spec("gpiod") is not None
    path = subject.at(place.split(":")[1] if gpio else place)
    if not path.exists():
        return Wire(thing, str(path), subject.user, False, False, library=library)
    usable = os.access(path, os.R_OK | os.W_OK)
    return Wire(thing, str(path), subject.user, True, usable, _group(path.stat().st_gid), library)


def _known(url: str) -> bool:
    """Its host has an address. No connection is made: a unit may take only one."""
    where = urlsplit(url)
    try:
        return bool(socket.getaddrinfo(where.hostname, where.port, type=socket.SOCK_STREAM))
    except (OSError, ValueError):
        return False


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def judge(seen: Sequence[Wire]) -> Sequence[Finding]:
    return [_judged(wire) for wire in seen]


def _judged(wire: Wire) -> Finding:
    if not wire.library:
        return missing(wire.thing, "a GPIO line needs gpiod", 'pip install "retrotread[gpio]"')
    if not wire.exists:
        return missing(wire.thing, f"{wire.place} is not there", _search(wire.place))
    if not wire.usable:
        says = f"{wire.user} may not use {wire.place}"
        return missing(
            wire.thing, says, f"sudo usermod -aG {wire.group} {wire.user}, and sign in anew"
        )
    if wire.place.startswith(CHANGING):
        says = f"{wire.place} may be another device after the next start"
        return warning(wire.thing, says, f"ls -l {BY_ID}, and write that name into the settings")
    return ok(wire.thing, wire.place)


def _search(place: str) -> str:
    if place.startswith("socket://"):
        return f"getent hosts {urlsplit(place).hostname}"
    return "gpiodetect" if "gpiochip" in place else f"plug it in; ls -l {BY_ID}"

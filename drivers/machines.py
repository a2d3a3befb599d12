"""A driver for any treadmill that an address can name: the one place where kinds become drivers."""

import functools
from collections.abc import Callable

from drivers.address import FTMS, Place
from drivers.ble import BleakLink
from drivers.ftms_treadmill import FtmsTreadmill
from drivers.serial_port import open_port
from drivers.serial_treadmill import SerialTreadmill
from drivers.treadmill import KeptTreadmill, OnWire, unheard
from protocols import serial_machines
from protocols.conversation import Conversation
from protocols.ftms.conduct import UNMEASURED, Conduct
from protocols.ftms.uuids import DEVICE_INFORMATION_SERVICE, FITNESS_MACHINE_SERVICE
from protocols.serial_machines import USUAL, Fitting


def check(place: Place, fitting: Fitting) -> None:
    """Raises: `ValueError`, one plain sentence, if a serial machine cannot be fitted so."""
    if place.kind != FTMS:
        serial_machines.dialect(place.kind, fitting)


def treadmill_at(
    place: Place,
    on_news: Callable[[], None],
    on_wire: OnWire = unheard,
    *,
    adapter: str = "system",
    fitting: Fitting = USUAL,
    conduct: Conduct = UNMEASURED,
    named: bool = False,
) -> KeptTreadmill:
    """The driver of the treadmill at `place`; nothing is opened before it is entered.

    `adapter` is for a Bluetooth machine, as are its measured `conduct` and whether it shall be
    `named`, which takes a moment more; `fitting` is for a serial one. Raises: `ValueError` with one
    plain sentence for a fitting that cannot be.
    """
    if place.kind == FTMS:
        services = [FITNESS_MACHINE_SERVICE, *([DEVICE_INFORMATION_SERVICE] if named else [])]
        link = BleakLink(place.target, adapter, services=services)
        return FtmsTreadmill(link, on_news, on_wire, conduct=conduct)
    check(place, fitting)
    return SerialTreadmill(
        functools.partial(open_port, place.target, serial_machines.baud(place.kind, fitting)),
        lambda: Conversation(serial_machines.dialect(place.kind, fitting)),
        on_news,
        on_wire,
    )

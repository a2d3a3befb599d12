"""What a fitness machine says of itself before anybody connects: service data of 1826.

    flags u8 (bit 0 machine available), machine type u16

A hint and no more: machines leave it out, or send it in the scan response alone. Whether a machine
is a treadmill is settled by its Treadmill Data characteristic.
"""

from collections.abc import Iterable
from typing import NamedTuple

AVAILABLE = 0x01
MACHINE_TYPES = (
    "treadmill",
    "cross_trainer",
    "step_climber",
    "stair_climber",
    "rower",
    "indoor_bike",
)
"""In the order of their bits; bits 6…15 are reserved."""
_KNOWN_TYPES = (1 << len(MACHINE_TYPES)) - 1


class Advertisement(NamedTuple):
    """Service data as sent; `types_raw` is as meant when the machine swaps its octets (`swapped`).

    `types_raw` is None if no type was sent. `trailing` octets are surplus.
    """

    flags: int
    types_raw: int | None
    swapped: bool = False
    trailing: bytes = b""

    @property
    def available(self) -> bool:
        return bool(self.flags & AVAILABLE)

    @property
    def machine_types(self) -> list[str]:
        bits = self.types_raw or 0
        return [name for bit, name in enumerate(MACHINE_TYPES) if bits >> bit & 1]


def decode(octets: bytes) -> Advertisement | None:
    """The service data after its UUID, or None if there is none. Never raises.

    A type in one octet is taken as its low one. One without a known bit that has one with its
    octets exchanged is taken so: some machines send it big endian.
    """
    if not octets:
        return None
    flags, kind, trailing = octets[0], octets[1:3], bytes(octets[3:])
    if not kind:
        return Advertisement(flags, None)
    types_raw = int.from_bytes(kind, "little")
    exchanged = int.from_bytes(kind, "big")
    if types_raw & _KNOWN_TYPES == 0 and exchanged & _KNOWN_TYPES:
        return Advertisement(flags, exchanged, swapped=True, trailing=trailing)
    return Advertisement(flags, types_raw, trailing=trailing)


def encode(available: bool, machine_types: Iterable[str] = ("treadmill",)) -> bytes:
    """The service data after its UUID. Raises `ValueError` for a type that is not in the table."""
    types_raw = sum(1 << MACHINE_TYPES.index(name) for name in set(machine_types))
    return bytes((available,)) + types_raw.to_bytes(2, "little")

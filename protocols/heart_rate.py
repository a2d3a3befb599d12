"""Heart Rate Measurement (2A37) and where the sensor sits (2A38).

    flags u8, rate u8 or u16, [energy u16 kJ], [RR intervals u16 each, 1/1024 s]

flags: bit 0 rate in 16 bits, 1 contact detected, 2 contact supported, 3 energy, 4 RR intervals.
Source: Heart Rate Service 1.0. A strap taken off may repeat its last rate without RR intervals
(Polar H10), so a rate that does not change is no sign of a heart.
"""

from typing import NamedTuple

from protocols.integers import Integer, pack, unpack

WIDE_RATE = 0x01
CONTACT_DETECTED = 0x02
CONTACT_SUPPORTED = 0x04
ENERGY = 0x08
RR_INTERVALS = 0x10
RESERVED_FLAGS = 0xE0
RR_UNITS_PER_S = 1024

BODY_LOCATIONS = ("other", "chest", "wrist", "finger", "hand", "ear_lobe", "foot")


_ENERGY = Integer("energy_kj", 2)
_INTERVAL = Integer("rr", 2)


class HeartRate(NamedTuple):
    """One measurement; None where the octets ended before the field or it was not announced.

    `contact` is None if the sensor cannot tell. `rr` are in 1/1024 s, oldest first, None if none
    were announced. `trailing` octets are surplus.
    """

    rate_bpm: int | None = None
    contact: bool | None = None
    energy_kj: int | None = None
    rr: tuple[int, ...] | None = None
    flags: int = 0
    truncated: bool = False
    trailing: bytes = b""

    @property
    def rr_s(self) -> list[float]:
        return [interval / RR_UNITS_PER_S for interval in self.rr or ()]


def decode(octets: bytes) -> HeartRate:
    """The measurement in `octets`. Never raises."""
    flags = octets[0] if octets else 0
    layout = _layout(flags)
    values, rest = unpack(layout, octets[1:])
    rate_bpm, energy_kj = (*values, None, None)[:2]
    rr, trailing = _intervals(rest) if flags & RR_INTERVALS else (None, rest)
    contact = bool(flags & CONTACT_DETECTED) if flags & CONTACT_SUPPORTED else None
    return HeartRate(rate_bpm, contact, energy_kj, rr, flags, len(values) < len(layout), trailing)


def encode(measurement: HeartRate) -> bytes:
    """The notification; the flags are made from the fields, and a rate of None is sent as 0.

    Raises: `ProtocolError` for a number that does not fit.
    """
    rate_bpm, contact, energy_kj, rr = measurement[:4]
    flags = (
        WIDE_RATE * ((rate_bpm or 0) > 0xFF)
        | CONTACT_DETECTED * bool(contact)
        | CONTACT_SUPPORTED * (contact is not None)
        | ENERGY * (energy_kj is not None)
        | RR_INTERVALS * (rr is not None)
    )
    values = [rate_bpm or 0, *([] if energy_kj is None else [energy_kj]), *(rr or ())]
    layout = [*_layout(flags), *[_INTERVAL] * len(rr or ())]
    return bytes((flags,)) + pack(layout, values)


def body_location(octets: bytes) -> str | None:
    """The name of the place in Body Sensor Location (2A38); None if missing or reserved."""
    known = octets and octets[0] < len(BODY_LOCATIONS)
    return BODY_LOCATIONS[octets[0]] if known else None


def _layout(flags: int) -> list[Integer]:
    rate = Integer("rate_bpm", 2 if flags & WIDE_RATE else 1)
    return [rate, _ENERGY] if flags & ENERGY else [rate]


def _intervals(octets: bytes) -> tuple[tuple[int, ...], bytes]:
    return unpack([_INTERVAL] * (len(octets) // 2), octets)

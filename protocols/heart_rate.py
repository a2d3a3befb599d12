"""Heart Rate Measurement (2A37) and where the sensor sits (2A38).

    flags u8, rate u8 or u16, [energy u16 kJ], [RR intervals u16 each, 1/1024 s]

flags: bit 0 rate in 16 bits, 1 contact detected, 2 contact supported, 3 energy, 4 RR intervals.
Source: Heart Rate Service 1.0. A strap taken off may repeat its last rate without RR intervals
(Polar H10), so a rate that does not change is no sign of a heart.
"""

from typing import NamedTuple

WIDE_RATE = 0x01
CONTACT_DETECTED = 0x02
CONTACT_SUPPORTED = 0x04
ENERGY = 0x08
RR_INTERVALS = 0x10
RESERVED_FLAGS = 0xE0
RR_UNITS_PER_S = 1024

BODY_LOCATIONS = ("other", "chest", "wrist", "finger", "hand", "ear_lobe", "foot")


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
    rate_bpm, rest = _take(octets[1:], 2 if flags & WIDE_RATE else 1)
    energy_kj, rest = _take(rest, 2) if flags & ENERGY else (None, rest)
    rr, rest = _intervals(rest) if flags & RR_INTERVALS else (None, rest)
    missing = rate_bpm is None or (flags & ENERGY and energy_kj is None)
    contact = bool(flags & CONTACT_DETECTED) if flags & CONTACT_SUPPORTED else None
    return HeartRate(rate_bpm, contact, energy_kj, rr, flags, bool(missing), bytes(rest))


def encode(measurement: HeartRate) -> bytes:
    """The notification; the flags are made from the fields, and a rate of None is sent as 0.

    Raises: `OverflowError` for a number that its field cannot hold.
    """
    rate_bpm = measurement.rate_bpm or 0
    wide = rate_bpm > 0xFF
    flags = wide * WIDE_RATE | (measurement.contact is not None) * CONTACT_SUPPORTED
    flags |= bool(measurement.contact) * CONTACT_DETECTED
    flags |= (measurement.energy_kj is not None) * ENERGY
    flags |= (measurement.rr is not None) * RR_INTERVALS
    words = [] if measurement.energy_kj is None else [measurement.energy_kj]
    words += measurement.rr or ()
    body = b"".join(word.to_bytes(2, "little") for word in words)
    return bytes((flags,)) + rate_bpm.to_bytes(1 + wide, "little") + body


def body_location(octets: bytes) -> str | None:
    """The name of the place in Body Sensor Location (2A38); None if missing or reserved."""
    known = octets and octets[0] < len(BODY_LOCATIONS)
    return BODY_LOCATIONS[octets[0]] if known else None


def _take(octets: bytes, size: int) -> tuple[int | None, bytes]:
    """A number of `size` octets and the rest, or None and everything if it is not all there."""
    if len(octets) < size:
        return None, octets
    return int.from_bytes(octets[:size], "little"), octets[size:]


def _intervals(octets: bytes) -> tuple[tuple[int, ...], bytes]:
    whole = len(octets) // 2 * 2
    words = (octets[at : at + 2] for at in range(0, whole, 2))
    return tuple(int.from_bytes(word, "little") for word in words), octets[whole:]

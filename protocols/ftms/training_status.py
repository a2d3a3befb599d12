"""Training Status (2AD3): which part of a workout the machine believes to be in.

    flags u8 (bit 0 string present, bit 1 longer than this packet), status u8, [UTF-8 string]

It proves nothing of the belt: machines announce Post-Workout while it still runs.
"""

from enum import IntEnum
from typing import NamedTuple

STRING_PRESENT = 0x01
EXTENDED_STRING = 0x02
RESERVED_FLAGS = 0xFC


class Status(IntEnum):
    OTHER = 0x00
    IDLE = 0x01
    WARMING_UP = 0x02
    LOW_INTENSITY_INTERVAL = 0x03
    HIGH_INTENSITY_INTERVAL = 0x04
    RECOVERY_INTERVAL = 0x05
    ISOMETRIC = 0x06
    HEART_RATE_CONTROL = 0x07
    FITNESS_TEST = 0x08
    SPEED_TOO_LOW = 0x09
    SPEED_TOO_HIGH = 0x0A
    COOL_DOWN = 0x0B
    WATT_CONTROL = 0x0C
    MANUAL_MODE = 0x0D
    PRE_WORKOUT = 0x0E
    POST_WORKOUT = 0x0F
    PAUSING = 0x10
    PAUSED = 0x11


FIRST_RESERVED = 0x10
"""Reserved by the specification from here on; UREVO pads send 0x10 and 0x11 as named above."""


class TrainingStatus(NamedTuple):
    """What was read or notified.

    `status` is a `Status` if it is a known one, and None if the packet ends before it: some
    machines answer a read with one octet right after power-on (Domyos-TC, Wi-linktech). `text` is
    None if none was announced. `trailing` octets are surplus.
    """

    flags: int
    status: int | None
    text: str | None = None
    trailing: bytes = b""


def decode(octets: bytes) -> TrainingStatus | None:
    """The status in `octets`, or None if there are none. Never raises."""
    if not octets:
        return None
    flags, rest = octets[0], bytes(octets[2:])
    if len(octets) < 2:
        return TrainingStatus(flags, None)
    code = octets[1]
    status = Status(code) if code <= Status.PAUSED else code
    if flags & STRING_PRESENT:
        return TrainingStatus(flags, status, rest.decode("utf-8", "replace").rstrip("\0"))
    return TrainingStatus(flags, status, trailing=rest)


def encode(status: int, text: str | None = None) -> bytes:
    flags = 0 if text is None else STRING_PRESENT
    return bytes((flags, status)) + (text or "").encode()

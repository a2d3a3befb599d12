"""Running Speed and Cadence: the measurement (2A53) and feature (2A54) of a foot pod.

    flags u8, speed u16 1/256 m/s, cadence u8 1/min, [stride u16 0.01 m], [distance u32 0.1 m]

flags: bit 0 stride length, 1 total distance, 2 running (else walking).
Source: Running Speed and Cadence Service 1.0. A pod is a second witness of the belt's speed.
"""

import struct
from typing import NamedTuple

STRIDE_LENGTH = 0x01
TOTAL_DISTANCE = 0x02
RUNNING = 0x04
RESERVED_FLAGS = 0xF8
SPEED_UNITS_PER_MPS = 256

FEATURES = (
    "stride_length",
    "total_distance",
    "walking_or_running",
    "calibration",
    "multiple_sensor_locations",
)
"""Names of the feature bits (2A54), from bit 0."""

_FIELDS = (
    ("speed", 0, "H"),
    ("cadence_per_min", 0, "B"),
    ("stride_length", STRIDE_LENGTH, "H"),
    ("total_distance", TOTAL_DISTANCE, "I"),
)
"""Name, the flag that announces it (0: always there), `struct` code; in wire order."""


class RunningSpeed(NamedTuple):
    """One measurement, in units of the wire; None where absent or cut off.

    `trailing` octets are surplus, or what was left of a field cut off.
    """

    speed: int | None = None
    cadence_per_min: int | None = None
    stride_length: int | None = None
    total_distance: int | None = None
    flags: int = 0
    truncated: bool = False
    trailing: bytes = b""

    @property
    def running(self) -> bool:
        return bool(self.flags & RUNNING)

    @property
    def speed_mps(self) -> float | None:
        return None if self.speed is None else self.speed / SPEED_UNITS_PER_MPS

    @property
    def stride_length_m(self) -> float | None:
        return None if self.stride_length is None else self.stride_length / 100

    @property
    def total_distance_m(self) -> float | None:
        return None if self.total_distance is None else self.total_distance / 10


def decode(octets: bytes) -> RunningSpeed:
    """The measurement in `octets`. Never raises."""
    flags = octets[0] if octets else 0
    values: dict[str, int] = {}
    at = 1
    truncated = False
    for name, flag, code in _announced(flags):
        layout = struct.Struct("<" + code)
        truncated = at + layout.size > len(octets)
        if truncated:
            break
        (values[name],) = layout.unpack_from(octets, at)
        at += layout.size
    return RunningSpeed(**values, flags=flags, truncated=truncated, trailing=bytes(octets[at:]))


def encode(measurement: RunningSpeed) -> bytes:
    """The notification; of the record's flags only `RUNNING` counts. Speed, cadence None are 0.

    Raises: `struct.error` for a number that its field cannot hold.
    """
    flags = measurement.flags & RUNNING
    flags |= (measurement.stride_length is not None) * STRIDE_LENGTH
    flags |= (measurement.total_distance is not None) * TOTAL_DISTANCE
    announced = _announced(flags)
    codes = "".join(code for _, _, code in announced)
    numbers = [getattr(measurement, name) or 0 for name, _, _ in announced]
    return struct.pack(f"<B{codes}", flags, *numbers)


def features(octets: bytes) -> list[str]:
    """The features that 2A54 names; reserved bits are ignored, missing octets are zero."""
    bits = int.from_bytes(octets[:2], "little")
    return [name for bit, name in enumerate(FEATURES) if bits >> bit & 1]


def _announced(flags: int) -> list[tuple[str, int, str]]:
    return [field for field in _FIELDS if field[1] == 0 or field[1] & flags]

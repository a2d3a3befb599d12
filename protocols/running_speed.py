"""Running Speed and Cadence: the measurement (2A53) and feature (2A54) of a foot pod.

    flags u8, speed u16 1/256 m/s, cadence u8 1/min, [stride u16 0.01 m], [distance u32 0.1 m]

flags: bit 0 stride length, 1 total distance, 2 running (else walking).
Source: Running Speed and Cadence Service 1.0. A pod is a second witness of the belt's speed.
"""

from typing import NamedTuple

from protocols.integers import Integer, pack, unpack

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

_ALWAYS = (Integer("speed", 2), Integer("cadence_per_min", 1))
_ANNOUNCED = {
    STRIDE_LENGTH: Integer("stride_length", 2),
    TOTAL_DISTANCE: Integer("total_distance", 4),
}
"""By the flag that announces them, in wire order."""


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
    layout = _layout(flags)
    values, trailing = unpack(layout, octets[1:])
    by_name = {integer.name: value for integer, value in zip(layout, values, strict=False)}
    truncated = len(values) < len(layout)
    return RunningSpeed(**by_name, flags=flags, truncated=truncated, trailing=trailing)


def encode(measurement: RunningSpeed) -> bytes:
    """The notification; of the record's flags only `RUNNING` counts. Speed, cadence None are 0.

    Raises: `ProtocolError` for a number that does not fit.
    """
    flags = measurement.flags & RUNNING
    for flag, integer in _ANNOUNCED.items():
        flags |= flag * (getattr(measurement, integer.name) is not None)
    layout = _layout(flags)
    values = [getattr(measurement, integer.name) or 0 for integer in layout]
    return bytes((flags,)) + pack(layout, values)


def features(octets: bytes) -> list[str]:
    """The features that 2A54 names; reserved bits are ignored, missing octets are zero."""
    bits = int.from_bytes(octets[:2], "little")
    return [name for bit, name in enumerate(FEATURES) if bits >> bit & 1]


def _layout(flags: int) -> list[Integer]:
    return [*_ALWAYS, *(integer for flag, integer in _ANNOUNCED.items() if flags & flag)]

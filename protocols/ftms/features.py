"""Fitness Machine Feature (2ACC): what a machine claims to measure and to accept.

    machine features u32, target settings u32

A claim is no capability: a UREVO pad claims a resistance and a power target. Count one only if
its range characteristic is there and sane as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from protocols.errors import ProtocolError

MACHINE_FEATURES = (
    "average_speed",
    "cadence",
    "total_distance",
    "inclination",
    "elevation_gain",
    "pace",
    "step_count",
    "resistance_level",
    "stride_count",
    "expended_energy",
    "heart_rate",
    "metabolic_equivalent",
    "elapsed_time",
    "remaining_time",
    "power_measurement",
    "force_on_belt_and_power_output",
    "user_data_retention",
)
TARGET_SETTINGS = (
    "speed",
    "inclination",
    "resistance",
    "power",
    "heart_rate",
    "expended_energy",
    "steps",
    "strides",
    "distance",
    "training_time",
    "time_in_2_hr_zones",
    "time_in_3_hr_zones",
    "time_in_5_hr_zones",
    "bike_simulation",
    "wheel_circumference",
    "spin_down",
    "cadence",
)
"""Both in the order of their bits; bits 17…31 are reserved and ignored."""


@dataclass(frozen=True, slots=True)
class Features:
    """The two bit fields as sent. `targets_raw` is None if the machine left it out (4 octets)."""

    machine_raw: int
    targets_raw: int | None

    @classmethod
    def naming(cls, machine_features: Iterable[str], target_settings: Iterable[str]) -> Self:
        """Features by name. Raises `ValueError` for a name that is not in the tables above."""
        machine_raw = sum(1 << MACHINE_FEATURES.index(name) for name in set(machine_features))
        targets_raw = sum(1 << TARGET_SETTINGS.index(name) for name in set(target_settings))
        return cls(machine_raw, targets_raw)

    @classmethod
    def from_bytes(cls, octets: bytes) -> Self:
        """Octets beyond the eighth are ignored. Raises `ProtocolError` for fewer than four."""
        if len(octets) < 4:
            raise ProtocolError(
                f"The feature value has {len(octets)} octets, but 8 are due.", bytes(octets)
            )
        machine_raw = int.from_bytes(octets[:4], "little")
        return cls(machine_raw, _u32(octets[4:8]))

    def __bytes__(self) -> bytes:
        targets = b"" if self.targets_raw is None else self.targets_raw.to_bytes(4, "little")
        return self.machine_raw.to_bytes(4, "little") + targets

    @property
    def machine_features(self) -> list[str]:
        return _names(MACHINE_FEATURES, self.machine_raw)

    @property
    def target_settings(self) -> list[str]:
        return _names(TARGET_SETTINGS, self.targets_raw or 0)


def _u32(octets: bytes) -> int | None:
    return int.from_bytes(octets, "little") if len(octets) == 4 else None


def _names(table: tuple[str, ...], bits: int) -> list[str]:
    return [name for bit, name in enumerate(table) if bits >> bit & 1]

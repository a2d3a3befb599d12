"""Treadmill Data (2ACD): one record of one or more packets, in the units of the specification."""

from controller.decode.reading import Fields, Reading, cut_short, reserved, scaled, with_surplus
from protocols.ftms.treadmill_data import Merger, TreadmillData
from protocols.ftms.treadmill_data import decode as decode_packet
from protocols.ftms.treadmill_layout import NAMES, PACE_BITS, RESERVED_BITS

_KEYS = {
    "speed": ("instantaneous_speed_kmh", 100),
    "average_speed": ("average_speed_kmh", 100),
    "distance_m": ("total_distance_m", 1),
    "inclination": ("inclination_pct", 10),
    "ramp_angle": ("ramp_angle_deg", 10),
    "elevation_gain": ("elevation_gain_pos_m", 10),
    "elevation_loss": ("elevation_gain_neg_m", 10),
    "pace": ("instantaneous_pace", 1),
    "average_pace": ("average_pace", 1),
    "energy_kcal": ("total_energy_kcal", 1),
    "energy_per_hour_kcal": ("energy_per_hour_kcal", 1),
    "energy_per_minute_kcal": ("energy_per_minute_kcal", 1),
    "heart_rate": ("heart_rate_bpm", 1),
    "metabolic_equivalent": ("metabolic_equivalent", 10),
    "elapsed_s": ("elapsed_s", 1),
    "remaining_s": ("remaining_s", 1),
    "force": ("force_on_belt_n", 1),
    "power": ("power_output_w", 1),
    "step_count": ("vendor_step_count", 1),
}
"""Field of the record → key in the document, and wire units per unit. Paces stay as sent."""


def read(packets: list[bytes]) -> Reading:
    merger = Merger()
    records = [record for packet in packets if (record := merger.feed(packet)) is not None]
    record = records[-1] if records else merger.held or decode_packet(packets[-1])
    fields = _fields(record, has_flags=any(len(packet) > 1 for packet in packets))
    problems = [*_record_problems(record), *_sequence_problems(len(records), merger)]
    useful = any(getattr(record, name) is not None for name in NAMES)
    return with_surplus(fields, problems, record.trailing)._replace(accepted=useful)


def _fields(record: TreadmillData, has_flags: bool) -> Fields:
    fields: Fields = {"flags": record.flags, "more_data": record.more_data} if has_flags else {}
    for name in NAMES:
        if getattr(record, name) is not None:
            key, divisor = _KEYS[name]
            fields[key] = scaled(record.available(name), divisor)
    if record.flags & PACE_BITS:
        fields["pace_unit"] = "s/500 m" if record.wide_pace else "0.1 km/min"
    return {**fields, "truncated": record.truncated}


def _record_problems(record: TreadmillData) -> list[str]:
    problems = cut_short(record.truncated) + reserved(record.flags & RESERVED_BITS, "flags")
    if record.flags & PACE_BITS and (record.truncated or record.trailing):
        problems.append("The length does not settle whether a pace has 8 or 16 bits.")
    return problems


def _sequence_problems(complete: int, merger: Merger) -> list[str]:
    problems = []
    if complete > 1:
        problems.append(f"These are {complete} records; the last one is shown.")
    if merger.held is not None:
        problems.append("More Data is set in the last packet: the end of its record is missing.")
    if merger.dropped:
        problems.append(f"Of these packets, {merger.dropped} led to no complete record.")
    return problems

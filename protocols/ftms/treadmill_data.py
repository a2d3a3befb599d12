"""Treadmill Data (2ACD): what the machine says of the belt, once or twice a second.

The speed is the machine's own claim, unsigned: the protocol cannot express a direction, and some
machines report the set-point instead of the belt. See `treadmill_layout` for the octets.
"""

import struct
from typing import NamedTuple

from protocols.errors import ProtocolError
from protocols.ftms.treadmill_layout import (
    FIELD_BITS,
    FIELDS,
    HEADLESS,
    MORE_DATA,
    NAMES,
    NOT_AVAILABLE,
    RESERVED_BITS,
    U24,
    Field,
    present,
    reader,
)

SPEED_UNITS_PER_MPS = 360
"""Speeds are counted in 0.01 km/h."""
DEFAULT_PAYLOAD = 20
"""Octets of one notification at the default ATT_MTU of 23."""
_new = tuple.__new__
"""Builds a record from a row known to be whole, without `_make`'s check of the length."""


class TreadmillData(NamedTuple):
    """One record, in integers of the wire; None where the machine sent no such field.

    Speeds 0.01 km/h, inclination 0.1 %, ramp angle 0.1°, elevations 0.1 m, metabolic equivalent
    0.1, force 1 N, power 1 W. Pace is s per 500 m if `wide_pace`, else 0.1 km/min. A sentinel for
    "not available" stays in the field; the properties give None for it.

    `truncated`: the flags announced fields that the octets did not hold. `trailing`: octets that
    belong to no field.
    """

    flags: int = 0
    speed: int | None = None
    average_speed: int | None = None
    distance_m: int | None = None
    inclination: int | None = None
    ramp_angle: int | None = None
    elevation_gain: int | None = None
    elevation_loss: int | None = None
    pace: int | None = None
    average_pace: int | None = None
    energy_kcal: int | None = None
    energy_per_hour_kcal: int | None = None
    energy_per_minute_kcal: int | None = None
    heart_rate: int | None = None
    metabolic_equivalent: int | None = None
    elapsed_s: int | None = None
    remaining_s: int | None = None
    force: int | None = None
    power: int | None = None
    step_count: int | None = None
    wide_pace: bool = False
    truncated: bool = False
    trailing: bytes = b""

    @property
    def more_data(self) -> bool:
        return bool(self.flags & MORE_DATA)

    @property
    def speed_mps(self) -> float | None:
        return None if self.speed is None else self.speed / SPEED_UNITS_PER_MPS

    @property
    def average_speed_mps(self) -> float | None:
        return None if self.average_speed is None else self.average_speed / SPEED_UNITS_PER_MPS

    @property
    def inclination_pct(self) -> float | None:
        tenths = self.available("inclination")
        return None if tenths is None else tenths / 10

    @property
    def elevation_gain_m(self) -> float | None:
        tenths = self.available("elevation_gain")
        return None if tenths is None else tenths / 10

    @property
    def heart_rate_bpm(self) -> int | None:
        """None as well for 0, which machines send while nobody holds the sensors."""
        return self.heart_rate or None

    @property
    def power_w(self) -> int | None:
        """Positive when the walker drives the belt."""
        return self.available("power")

    def available(self, name: str) -> int | None:
        """The field called `name`, or None if absent or marked as not available."""
        value: int | None = getattr(self, name)
        return None if value in NOT_AVAILABLE[name] else value


def decode(octets: bytes) -> TreadmillData:
    """The record in one notification. Never raises: what does not fit is left out.

    Speed, distance and slopes come before the paces, so they do not depend on guessing the width
    of a pace; of a packet cut short, what comes after a pace does (see `has_wide_pace`).

    A record of several notifications comes as fragments with `more_data`; see `Merger`.
    """
    length = len(octets)
    flags = octets[0] | octets[1] << 8 if length > 1 else HEADLESS
    unpack, arrange = reader(flags, length)
    return _new(TreadmillData, arrange(*unpack(octets)))


def flags_of(record: TreadmillData) -> int:
    """The flags that announce exactly the fields `record` has; reserved bits are kept as they are.

    Without a speed the record is one that more fragments must complete.
    """
    bits = {field.bit for field in FIELDS if getattr(record, field.name) is not None}
    return (record.flags & RESERVED_BITS | sum(1 << bit for bit in bits)) ^ MORE_DATA


def encode(record: TreadmillData, payload_limit: int = DEFAULT_PAYLOAD) -> list[bytes]:
    """The notifications for `record`, at most `payload_limit` octets each; the last has the speed.

    A group with one field missing is completed with its sentinel, or 0. The record's `flags`
    count only for reserved bits; `truncated` and `trailing` are not sent.

    Raises: `ProtocolError` for a value that its field cannot hold, or a limit below 7 octets.
    """
    if payload_limit < 7:
        raise ProtocolError(f"A payload of {payload_limit} octets cannot hold the energy fields.")
    flags = flags_of(record)
    groups = _groups(record, flags)
    speed = groups.pop(0, b"")
    fragments = _fill(groups, payload_limit - 2)
    if len(fragments[-1][1]) + len(speed) > payload_limit - 2:
        fragments.append((0, b""))
    *earlier, (last_bits, last_body) = fragments
    last_flags = last_bits | flags & (MORE_DATA | RESERVED_BITS)
    return [
        *(_notification(bits | MORE_DATA, body) for bits, body in earlier),
        _notification(last_flags, speed + last_body),
    ]


def _groups(record: TreadmillData, flags: int) -> dict[int, bytes]:
    """The packed fields of `record` by their flag bit, in wire order."""
    groups: dict[int, bytes] = {}
    for field in present(flags, record.wide_pace):
        groups[field.bit] = groups.get(field.bit, b"") + _pack(field, getattr(record, field.name))
    return groups


def _pack(field: Field, value: int | None) -> bytes:
    number = (*field.not_available, 0)[0] if value is None else value
    parts = (number & 0xFFFF, number >> 16) if field.code == U24 else (number,)
    try:
        return struct.pack("<" + field.code, *parts)
    except struct.error:
        raise ProtocolError(f"{field.name} {number} does not fit into its field.") from None


def _fill(groups: dict[int, bytes], limit: int) -> list[tuple[int, bytes]]:
    """As few fragments as take the groups in order: (flag bits, body of at most `limit` octets)."""
    fragments: list[tuple[int, bytes]] = [(0, b"")]
    for bit, octets in groups.items():
        bits, body = fragments[-1]
        if len(body) + len(octets) > limit:
            fragments.append((1 << bit, octets))
        else:
            fragments[-1] = (bits | 1 << bit, body + octets)
    return fragments


def _notification(flags: int, body: bytes) -> bytes:
    return flags.to_bytes(2, "little") + body


def join(earlier: TreadmillData, later: TreadmillData) -> TreadmillData:
    """Two fragments of one record as one; it is complete when `later` is."""
    newest = {name: value for name in NAMES if (value := getattr(later, name)) is not None}
    return earlier._replace(
        **newest,
        flags=(earlier.flags & ~MORE_DATA) | later.flags,
        wide_pace=earlier.wide_pace or later.wide_pace,
        truncated=earlier.truncated or later.truncated,
        trailing=earlier.trailing + later.trailing,
    )


class Merger:
    """Joins the fragments of a record.

    A fragment that repeats a field begins a new record, the end of the one before was lost; one
    that announces no field and no end is passed over. So at most 13 are ever held. Octets too few
    to be a fragment end the record without a speed. Call `reset` when the link is lost: the
    machine does not send the rest on the next one.

    `held` is the unfinished record; `dropped` counts what was given up or passed over.
    """

    def __init__(self) -> None:
        self.held: TreadmillData | None = None
        self.dropped = 0

    def feed(self, octets: bytes) -> TreadmillData | None:
        """The record that this notification completes, if it does. Never raises."""
        record = decode(octets)
        more_follows = record.flags & MORE_DATA
        if more_follows and not record.flags & FIELD_BITS:
            self.dropped += 1
            return None
        if self.held is not None:
            record = self._joined(self.held, record)
        self.held = record if more_follows else None
        return None if more_follows else record

    def reset(self) -> None:
        self.dropped += self.held is not None
        self.held = None

    def _joined(self, held: TreadmillData, record: TreadmillData) -> TreadmillData:
        if held.flags & record.flags & FIELD_BITS:
            self.dropped += 1
            return record
        return join(held, record)

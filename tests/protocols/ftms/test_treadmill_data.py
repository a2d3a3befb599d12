"""Treadmill Data both ways: every packet reads, every record returns as it was sent."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import ProtocolError
from protocols.ftms.treadmill_data import Merger, TreadmillData, decode, encode, flags_of
from protocols.ftms.treadmill_layout import FIELDS, Field, reader, size_of

VECTORS = Path(__file__).parents[2] / "vectors" / "treadmill_data.toml"
ROWS: list[dict[str, Any]] = tomllib.loads(VECTORS.read_text())["row"]
PACKETS = [bytes.fromhex(packet) for row in ROWS for packet in row["packets"]]
PACES = ("pace", "average_pace")
FIRST_PACE_BIT = 5
"""From here on a packet cut short cannot tell the width of its paces."""


def numbers(field: Field) -> st.SearchStrategy[int]:
    bits = 8 * size_of(field.code)
    if field.code.islower():
        return st.integers(-(1 << bits - 1), (1 << bits - 1) - 1)
    return st.integers(0, (1 << bits) - 1)


@st.composite
def records(draw: st.DrawFn, whole: bool = True) -> TreadmillData:
    """Records as a machine can send them: each group of fields whole or absent."""
    bits = draw(st.sets(st.integers(1, 13))) | ({0} if whole else set())
    values = {field.name: draw(numbers(field)) for field in FIELDS if field.bit in bits}
    wide = draw(st.booleans()) if bits & {5, 6} else False
    if wide:
        values |= {name: draw(st.integers(0, 0xFFFF)) for name in PACES if name in values}
    record = TreadmillData(**values, flags=draw(st.integers(0, 3)) << 14, wide_pace=wide)
    return record._replace(flags=flags_of(record))


def merged(packets: list[bytes]) -> TreadmillData | None:
    merger = Merger()
    *earlier, last = packets
    assert [merger.feed(packet) for packet in earlier] == [None] * len(earlier)
    return merger.feed(last)


@given(records())
def test_a_record_in_one_packet_returns_as_it_was_sent(record: TreadmillData) -> None:
    (packet,) = encode(record, payload_limit=244)
    assert decode(packet) == record


@given(records(), st.integers(7, 60))
def test_a_record_in_fragments_returns_as_it_was_sent(record: TreadmillData, limit: int) -> None:
    packets = encode(record, limit)
    assert all(len(packet) <= limit for packet in packets)
    assert [packet[0] & 1 for packet in packets] == [1] * (len(packets) - 1) + [0]
    assert merged(packets) == record


@given(records(whole=False))
def test_a_record_without_a_speed_stays_unfinished(record: TreadmillData) -> None:
    (packet,) = encode(record, payload_limit=244)
    assert decode(packet) == record
    assert decode(packet).more_data
    assert Merger().feed(packet) is None


@given(st.binary(max_size=64))
def test_no_octets_raise(octets: bytes) -> None:
    record = decode(octets)
    assert decode(bytearray(octets)) == record
    Merger().feed(octets)


def test_no_flags_raise_and_the_speed_is_always_where_it_belongs() -> None:
    body = bytes(range(1, 19))
    for flags in range(0x10000):
        record = decode(flags.to_bytes(2, "little") + body)
        assert record.flags == flags
        assert record.speed == (None if flags & 1 else 0x0201)


@pytest.mark.parametrize("packet", PACKETS, ids=bytes.hex)
def test_every_prefix_keeps_the_fields_that_fit(packet: bytes) -> None:
    whole = decode(packet)
    for end in range(len(packet)):
        record = decode(packet[:end])
        assert record.truncated or (end > 1 and whole.truncated is record.truncated)
        for field in FIELDS:
            if field.bit < FIRST_PACE_BIT or not whole.wide_pace:
                assert getattr(record, field.name) in (None, getattr(whole, field.name))


@pytest.mark.parametrize("packet", [p for p in PACKETS if not decode(p).truncated], ids=bytes.hex)
def test_surplus_octets_are_kept_and_change_no_field(packet: bytes) -> None:
    whole = decode(packet)
    assert decode(packet + b"\xaa") == whole._replace(trailing=whole.trailing + b"\xaa")


@pytest.mark.parametrize("speed", range(0, 0x10000, 257))
def test_a_speed_is_exactly_its_integer_over_360(speed: int) -> None:
    record = decode(b"\x02\x00" + speed.to_bytes(2, "little") * 2)
    assert record.speed_mps == record.average_speed_mps == speed / 360


def test_absent_fields_have_no_quantity() -> None:
    record = TreadmillData()
    assert (record.speed_mps, record.average_speed_mps, record.inclination_pct) == (None,) * 3
    assert (record.elevation_gain_m, record.heart_rate_bpm, record.power_w) == (None,) * 3


def test_fields_marked_not_available_have_no_quantity() -> None:
    record = TreadmillData(inclination=0x7FFF, power=0x7FFF, heart_rate=0)
    assert (record.inclination_pct, record.power_w, record.heart_rate_bpm) == (None,) * 3


@pytest.mark.parametrize("mark", [0xFFFF, 0x7FFF])
def test_an_elevation_no_machine_climbs_is_not_available(mark: int) -> None:
    assert TreadmillData(elevation_gain=mark).elevation_gain_m is None


def test_quantities_are_in_si() -> None:
    record = TreadmillData(inclination=-25, elevation_gain=171, power=-40, heart_rate=105)
    assert (record.inclination_pct, record.elevation_gain_m) == (-2.5, 17.1)
    assert (record.power_w, record.heart_rate_bpm) == (-40, 105)


def test_half_a_group_is_completed_with_its_mark_for_not_available() -> None:
    (packet,) = encode(TreadmillData(speed=120, inclination=15, elevation_gain=3, energy_kcal=2))
    record = decode(packet)
    assert (record.ramp_angle, record.elevation_loss) == (0x7FFF, 0xFFFF)
    assert (record.energy_per_hour_kcal, record.energy_per_minute_kcal) == (0xFFFF, 0xFF)


@pytest.mark.parametrize("value", [-1, 1 << 24])
def test_a_value_too_large_for_its_field_is_refused_by_name(value: int) -> None:
    with pytest.raises(ProtocolError, match="distance_m"):
        encode(TreadmillData(speed=120, distance_m=value))


def test_a_payload_too_small_for_a_group_is_refused() -> None:
    with pytest.raises(ProtocolError, match="6 octets"):
        encode(TreadmillData(speed=120), payload_limit=6)


def test_a_fragment_that_repeats_a_field_begins_a_new_record() -> None:
    first, last = encode(TreadmillData(speed=120, energy_kcal=5, elapsed_s=9), 7)
    newer, _ = encode(TreadmillData(speed=130, energy_kcal=6), 7)
    merger = Merger()
    assert merger.feed(first) is None
    assert merger.feed(newer) is None
    record = merger.feed(last)
    assert record is not None
    assert (record.energy_kcal, record.speed, merger.dropped) == (6, 120, 1)


def test_a_lost_link_drops_the_unfinished_record() -> None:
    first, _ = encode(TreadmillData(speed=120, energy_kcal=5), 7)
    merger = Merger()
    merger.feed(first)
    merger.reset()
    assert merger.feed(bytes.fromhex("00007800")) == TreadmillData(speed=120)
    assert merger.dropped == 1


def test_fragments_that_announce_nothing_never_pile_up() -> None:
    merger = Merger()
    for _ in range(1000):
        assert merger.feed(b"\x01\x00" + b"\xaa" * 18) is None
    assert merger.held is None
    assert merger.dropped == 1000


@given(st.lists(st.binary(max_size=24), max_size=60))
def test_what_a_merger_holds_is_bounded(packets: list[bytes]) -> None:
    merger = Merger()
    for packet in packets:
        merger.feed(packet)
        assert merger.held is None or len(merger.held.trailing) <= 13 * 24


@settings(max_examples=20)
@given(st.integers(0, 0xFFFF))
def test_readers_are_kept_for_a_bounded_number_of_layouts(flags: int) -> None:
    decode(flags.to_bytes(2, "little") + bytes(18))
    limit = reader.cache_info().maxsize
    assert limit is not None
    assert reader.cache_info().currsize <= limit

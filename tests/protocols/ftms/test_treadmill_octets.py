"""Treadmill Data in the octets of the specification: each field, each length, each fragment."""

import pytest

from protocols.errors import ProtocolError
from protocols.ftms.treadmill_data import Merger, TreadmillData, decode, encode, flags_of, join
from protocols.ftms.treadmill_layout import has_wide_pace, present, reader

GROUPS: list[tuple[str, int, dict[str, int]]] = [
    ("0000feff", 0, {"speed": 0xFFFE}),
    ("02000100feff", 0x0002, {"speed": 1, "average_speed": 0xFFFE}),
    ("04000100010203", 0x0004, {"speed": 1, "distance_m": 0x030201}),
    ("04000100fffffe", 0x0004, {"speed": 1, "distance_m": 0xFEFFFF}),
    ("08000100fefffdff", 0x0008, {"speed": 1, "inclination": -2, "ramp_angle": -3}),
    (
        "10000100fefffdff",
        0x0010,
        {"speed": 1, "elevation_gain": 0xFFFE, "elevation_loss": 0xFFFD},
    ),
    ("20000100fe", 0x0020, {"speed": 1, "pace": 254}),
    ("20000100feff", 0x0020, {"speed": 1, "pace": 0xFFFE, "wide_pace": True}),
    ("40000100fe", 0x0040, {"speed": 1, "average_pace": 254}),
    ("40000100feff", 0x0040, {"speed": 1, "average_pace": 0xFFFE, "wide_pace": True}),
    ("60000100fefd", 0x0060, {"speed": 1, "pace": 254, "average_pace": 253}),
    (
        "60000100fefffdff",
        0x0060,
        {"speed": 1, "pace": 0xFFFE, "average_pace": 0xFFFD, "wide_pace": True},
    ),
    (
        "80000100fefffdfffc",
        0x0080,
        {
            "speed": 1,
            "energy_kcal": 0xFFFE,
            "energy_per_hour_kcal": 0xFFFD,
            "energy_per_minute_kcal": 252,
        },
    ),
    ("00010100fe", 0x0100, {"speed": 1, "heart_rate": 254}),
    ("00020100fe", 0x0200, {"speed": 1, "metabolic_equivalent": 254}),
    ("00040100feff", 0x0400, {"speed": 1, "elapsed_s": 0xFFFE}),
    ("00080100feff", 0x0800, {"speed": 1, "remaining_s": 0xFFFE}),
    ("00100100fefffdff", 0x1000, {"speed": 1, "force": -2, "power": -3}),
    ("00200100010203", 0x2000, {"speed": 1, "step_count": 0x030201}),
    ("00400100", 0x4000, {"speed": 1}),
    ("00800100", 0x8000, {"speed": 1}),
    ("03000100", 0x0003, {"average_speed": 1}),
    ("0120010203", 0x2001, {"step_count": 0x030201}),
    ("0100", 0x0001, {}),
]
WIDTHS = [
    ("speed", 0, 0xFFFF),
    ("average_speed", 0, 0xFFFF),
    ("distance_m", 0, 0xFFFFFF),
    ("inclination", -0x8000, 0x7FFF),
    ("ramp_angle", -0x8000, 0x7FFF),
    ("elevation_gain", 0, 0xFFFF),
    ("elevation_loss", 0, 0xFFFF),
    ("pace", 0, 0xFF),
    ("average_pace", 0, 0xFF),
    ("energy_kcal", 0, 0xFFFF),
    ("energy_per_hour_kcal", 0, 0xFFFF),
    ("energy_per_minute_kcal", 0, 0xFF),
    ("heart_rate", 0, 0xFF),
    ("metabolic_equivalent", 0, 0xFF),
    ("elapsed_s", 0, 0xFFFF),
    ("remaining_s", 0, 0xFFFF),
    ("force", -0x8000, 0x7FFF),
    ("power", -0x8000, 0x7FFF),
    ("step_count", 0, 0xFFFFFF),
]
MARKS = [
    ("inclination", 0x7FFF),
    ("ramp_angle", 0x7FFF),
    ("elevation_gain", 0xFFFF),
    ("elevation_gain", 0x7FFF),
    ("elevation_loss", 0xFFFF),
    ("elevation_loss", 0x7FFF),
    ("energy_kcal", 0xFFFF),
    ("energy_per_hour_kcal", 0xFFFF),
    ("energy_per_minute_kcal", 0xFF),
    ("force", 0x7FFF),
    ("power", 0x7FFF),
]
LAST = {"speed": 7, "average_speed": 1, "distance_m": 2, "inclination": 3, "ramp_angle": 4}
LONG = {"elevation_gain": 5, "elevation_loss": 6, "energy_kcal": 8}
ENERGY = {"energy_per_hour_kcal": 9, "energy_per_minute_kcal": 10}


def record_of(flags: int, fields: dict[str, int], **more: bool | bytes) -> TreadmillData:
    return TreadmillData(flags=flags, **fields, **more)  # type: ignore[arg-type]


def hexes(packets: list[bytes]) -> list[str]:
    return [packet.hex() for packet in packets]


@pytest.mark.parametrize(("octets", "flags", "fields"), GROUPS)
def test_a_group_of_fields_is_the_same_octets_both_ways(
    octets: str, flags: int, fields: dict[str, int]
) -> None:
    record = record_of(flags, fields)
    assert decode(bytes.fromhex(octets)) == record
    assert hexes(encode(record)) == [octets]
    assert flags_of(record) == flags
    assert record.more_data is (flags in {1, 3, 0x2001})


def test_a_record_without_anything_is_one_that_more_fragments_complete() -> None:
    assert TreadmillData() == (0, *(None,) * 19, False, False, b"")
    assert flags_of(TreadmillData()) == 0x0001
    assert flags_of(TreadmillData(flags=0x3FFF, speed=1)) == 0x0000
    assert flags_of(TreadmillData(flags=0xFFFF, speed=1)) == 0xC000


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        ("", record_of(0, {}, truncated=True)),
        ("80", record_of(0, {}, truncated=True, trailing=b"\x80")),
        ("8000", record_of(0x80, {}, truncated=True)),
        ("800001", record_of(0x80, {}, truncated=True, trailing=b"\x01")),
        ("80000100", record_of(0x80, {"speed": 1}, truncated=True)),
        ("80000100fe", record_of(0x80, {"speed": 1}, truncated=True, trailing=b"\xfe")),
        ("80000100feff", record_of(0x80, {"speed": 1, "energy_kcal": 0xFFFE}, truncated=True)),
        ("040001000102", record_of(4, {"speed": 1}, truncated=True, trailing=b"\x01\x02")),
        ("0000", record_of(0, {}, truncated=True)),
        ("00000100ff", record_of(0, {"speed": 1}, trailing=b"\xff")),
        ("0100aa", record_of(1, {}, trailing=b"\xaa")),
        ("00000100aabbccdd", record_of(0, {"speed": 1}, trailing=b"\xaa\xbb\xcc\xdd")),
    ],
)
def test_a_record_cut_short_keeps_what_fits(octets: str, expected: TreadmillData) -> None:
    assert decode(bytes.fromhex(octets)) == expected


@pytest.mark.parametrize("octets", ["", "80"])
def test_octets_too_few_for_flags_have_none_and_no_wide_pace(octets: str) -> None:
    record = decode(bytes.fromhex(octets))
    assert (repr(record.flags), repr(record.wide_pace)) == ("0", "False")


@pytest.mark.parametrize(
    ("octets", "pace", "average", "wide", "trailing"),
    [
        ("60000100fefd", 0xFE, 0xFD, False, ""),
        ("60000100fefd01", 0xFE, 0xFD, False, "01"),
        ("60000100fefd0102", 0xFDFE, 0x0201, True, ""),
        ("60000100fefd010203", 0xFDFE, 0x0201, True, "03"),
    ],
)
def test_only_a_packet_long_enough_for_them_has_wide_paces(
    octets: str, pace: int, average: int, wide: bool, trailing: str
) -> None:
    record = decode(bytes.fromhex(octets))
    assert (record.pace, record.average_pace, record.wide_pace) == (pace, average, wide)
    assert (record.trailing.hex(), record.truncated) == (trailing, False)


@pytest.mark.parametrize(
    ("flags", "length", "wide"),
    [
        (0x0000, 100, False),
        (0x0010, 100, False),
        (0x0080, 100, False),
        (0x0020, 5, False),
        (0x0020, 6, True),
        (0x0041, 3, False),
        (0x0041, 4, True),
        (0x17FE, 32, False),
        (0x17FE, 33, False),
        (0x17FE, 34, True),
    ],
)
def test_wide_paces_are_told_by_the_length_alone(flags: int, length: int, wide: bool) -> None:
    assert has_wide_pace(flags, length) is wide
    announced = {field.name for field in present(flags, wide)}
    assert ("pace" in announced, "average_pace" in announced) == (
        bool(flags & 0x20),
        bool(flags & 0x40),
    )


@pytest.mark.parametrize(("name", "lowest", "highest"), WIDTHS)
def test_a_field_holds_its_lowest_and_its_highest_value_and_none_beyond(
    name: str, lowest: int, highest: int
) -> None:
    for value in (lowest, highest):
        record = record_of(0, {"speed": 1, name: value})
        (packet,) = encode(record)
        assert getattr(decode(packet), name) == value
    for value in (lowest - 1, highest + 1):
        with pytest.raises(ProtocolError, match=f"^{name} {value} does not fit into its field.$"):
            encode(record_of(0, {"speed": 1, name: value}))


@pytest.mark.parametrize(("name", "mark"), MARKS)
def test_a_mark_for_not_available_is_no_quantity_and_the_value_below_it_is(
    name: str, mark: int
) -> None:
    assert record_of(0, {name: mark}).available(name) is None
    assert record_of(0, {name: mark - 1}).available(name) == mark - 1
    assert record_of(0, {}).available(name) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, top) for name, _, top in WIDTHS if name not in {marked for marked, _ in MARKS}],
)
def test_the_highest_value_of_a_field_without_a_mark_is_a_quantity(name: str, value: int) -> None:
    assert record_of(0, {name: value}).available(name) == value


@pytest.mark.parametrize(
    ("fields", "octets"),
    [
        ({"inclination": 1}, "080007000100ff7f"),
        ({"ramp_angle": 1}, "08000700ff7f0100"),
        ({"elevation_gain": 1}, "100007000100ffff"),
        ({"elevation_loss": 1}, "10000700ffff0100"),
        ({"energy_kcal": 1}, "800007000100ffffff"),
        ({"energy_per_hour_kcal": 1}, "80000700ffff0100ff"),
        ({"energy_per_minute_kcal": 1}, "80000700ffffffff01"),
        ({"force": 1}, "001007000100ff7f"),
        ({"power": 1}, "00100700ff7f0100"),
    ],
)
def test_a_group_with_one_field_is_completed_with_marks(
    fields: dict[str, int], octets: str
) -> None:
    assert hexes(encode(record_of(0, {"speed": 7, **fields}))) == [octets]


def test_quantities_are_in_si() -> None:
    record = decode(bytes.fromhex("1e116801d00201000019000100ab000100690300d8ff"))
    assert (record.speed_mps, record.average_speed_mps) == (1.0, 2.0)
    assert (record.inclination_pct, record.elevation_gain_m) == (2.5, 17.1)
    assert (record.heart_rate_bpm, record.power_w) == (105, -40)


def test_a_record_of_just_twenty_octets_is_one_notification() -> None:
    fields = {**LAST, **LONG, **ENERGY}
    del fields["average_speed"]
    packets = hexes(encode(record_of(0, fields)))
    assert packets == ["9c00" + "0700" + "020000" + "03000400" + "05000600" + "080009000a"]


def test_one_of_twenty_two_sends_its_speed_alone_and_last() -> None:
    packets = hexes(encode(record_of(0xC000, {**LAST, **LONG, **ENERGY})))
    body = "0100" + "020000" + "03000400" + "05000600" + "080009000a"
    assert packets == ["9f00" + body, "00c00700"]


def test_what_does_not_fit_beside_the_others_goes_with_the_speed() -> None:
    fields = {**LAST, **LONG, **ENERGY, "heart_rate": 11, "step_count": 12}
    packets = hexes(encode(record_of(0, fields)))
    body = "0100" + "020000" + "03000400" + "05000600" + "080009000a"
    assert packets == ["9f00" + body, "002107000b0c0000"]


def test_the_last_fragment_of_a_record_without_a_speed_announces_more() -> None:
    fields = {**LAST, **LONG, **ENERGY, "heart_rate": 11}
    del fields["speed"]
    packets = hexes(encode(record_of(0x4000, fields)))
    body = "0100" + "020000" + "03000400" + "05000600" + "080009000a"
    assert packets == ["9f00" + body, "01410b"]


def test_seven_octets_are_the_smallest_payload() -> None:
    record = record_of(0, {"speed": 7, "energy_kcal": 8, **ENERGY, "heart_rate": 11})
    assert hexes(encode(record, 7)) == ["8100080009000a", "000107000b"]
    for limit in (8, 9):
        assert hexes(encode(record, limit)) == ["8101080009000a0b", "00000700"]
    assert hexes(encode(record, 10)) == ["800107000800" + "09000a0b"]
    with pytest.raises(ProtocolError, match=r"^A payload of 6 octets cannot hold the energy"):
        encode(record, 6)


def test_two_fragments_are_one_record_of_which_the_later_is_newer() -> None:
    earlier = decode(bytes.fromhex("0b4001000300"))
    later = decode(bytes.fromhex("0280070002000405"))
    assert earlier.truncated
    joined = join(earlier, later)
    assert (joined.speed, joined.average_speed, joined.inclination) == (7, 2, 3)
    assert joined.flags == 0xC00A
    assert (joined.truncated, joined.wide_pace, joined.trailing) == (True, False, b"\x04\x05")
    swapped = join(later, earlier)
    assert (swapped.average_speed, swapped.flags) == (1, 0xC00B)
    assert (swapped.truncated, swapped.trailing) == (True, b"\x04\x05")


@pytest.mark.parametrize(("earlier", "later"), [("21000100", "000007"), ("0300", "20000700feff")])
def test_a_pace_is_wide_in_whichever_fragment_it_came(earlier: str, later: str) -> None:
    joined = join(decode(bytes.fromhex(earlier)), decode(bytes.fromhex(later)))
    assert joined.wide_pace is True


def test_octets_left_over_in_two_fragments_are_kept_in_their_order() -> None:
    joined = join(decode(bytes.fromhex("03000100aa")), decode(bytes.fromhex("00000700bb")))
    assert joined.trailing == b"\xaa\xbb"
    assert (joined.truncated, joined.wide_pace) == (False, False)


@pytest.mark.parametrize("fragment", ["03000100", "0120010203", "81000100020003"])
def test_a_fragment_is_held_until_its_end_has_come(fragment: str) -> None:
    merger = Merger()
    assert merger.feed(bytes.fromhex(fragment)) is None
    assert merger.held == decode(bytes.fromhex(fragment))
    record = merger.feed(bytes.fromhex("00000700"))
    assert record is not None
    assert (record.speed, record.more_data) == (7, False)
    assert (merger.held, merger.dropped) == (None, 0)


@pytest.mark.parametrize("fragment", ["0100", "01c0", "0100aa"])
def test_a_fragment_that_announces_no_field_is_passed_over(fragment: str) -> None:
    merger = Merger()
    held = bytes.fromhex("03000100")
    assert merger.feed(bytes.fromhex(fragment)) is None
    assert (merger.held, merger.dropped) == (None, 1)
    assert merger.feed(held) is None
    assert merger.feed(bytes.fromhex(fragment)) is None
    assert (merger.held, merger.dropped) == (decode(held), 2)


@pytest.mark.parametrize("repeated", ["03000200", "0120010203"])
def test_a_fragment_that_repeats_a_field_begins_anew_also_at_the_end(repeated: str) -> None:
    fragment = bytes.fromhex(repeated)
    merger = Merger()
    merger.feed(fragment)
    merger.feed(fragment)
    assert (merger.held, merger.dropped) == (decode(fragment), 1)
    end = bytes((fragment[0] & 0xFE, fragment[1])) + b"\x07\x00" + fragment[2:]
    assert merger.feed(end) == decode(end)
    assert (merger.held, merger.dropped) == (None, 2)


def test_a_lost_link_drops_only_what_is_held() -> None:
    merger = Merger()
    merger.reset()
    assert (merger.held, merger.dropped) == (None, 0)
    merger.feed(bytes.fromhex("03000100"))
    merger.reset()
    merger.reset()
    assert (merger.held, merger.dropped) == (None, 1)


def test_readers_are_kept_for_the_latest_five_hundred_and_twelve_layouts() -> None:
    reader.cache_clear()
    for length in range(600):
        decode(bytes(length + 2))
    assert reader.cache_info().currsize == 512

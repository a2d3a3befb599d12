"""A heart-rate strap's octets, typed out: each flag, each field, each place where they may end."""

import pytest

from protocols import heart_rate
from protocols.errors import ProtocolError
from protocols.heart_rate import HeartRate


def test_a_default_measurement_says_nothing() -> None:
    assert HeartRate() == HeartRate(None, None, None, None, 0, False, b"")


@pytest.mark.parametrize(
    ("octets", "heard"),
    [
        ("0000", HeartRate(0)),
        ("0046", HeartRate(70)),
        ("00ff", HeartRate(255)),
        ("010001", HeartRate(256, flags=0x01)),
        ("01ffff", HeartRate(65535, flags=0x01)),
        ("0446", HeartRate(70, contact=False, flags=0x04)),
        ("0646", HeartRate(70, contact=True, flags=0x06)),
        ("08460100", HeartRate(70, energy_kj=1, flags=0x08)),
        ("0846ffff", HeartRate(70, energy_kj=65535, flags=0x08)),
        ("1046", HeartRate(70, rr=(), flags=0x10)),
        ("10460100", HeartRate(70, rr=(1,), flags=0x10)),
        ("1046ffff0002", HeartRate(70, rr=(65535, 512), flags=0x10)),
        ("1f2c01102703040506", HeartRate(300, True, 10000, (1027, 1541), 0x1F)),
    ],
)
def test_a_measurement_has_these_octets_both_ways(octets: str, heard: HeartRate) -> None:
    assert heart_rate.decode(bytes.fromhex(octets)) == heard
    assert heart_rate.encode(heard).hex() == octets


@pytest.mark.parametrize(
    ("octets", "heard"),
    [
        ("", HeartRate(truncated=True)),
        ("00", HeartRate(truncated=True)),
        ("04", HeartRate(contact=False, flags=0x04, truncated=True)),
        ("0146", HeartRate(flags=0x01, truncated=True, trailing=b"\x46")),
        ("0246", HeartRate(70, flags=0x02)),
        ("0846", HeartRate(70, flags=0x08, truncated=True)),
        ("084601", HeartRate(70, flags=0x08, truncated=True, trailing=b"\x01")),
        ("004601", HeartRate(70, trailing=b"\x01")),
        ("08460100ab", HeartRate(70, energy_kj=1, flags=0x08, trailing=b"\xab")),
        ("10460200ab", HeartRate(70, rr=(2,), flags=0x10, trailing=b"\xab")),
        ("e046", HeartRate(70, flags=0xE0)),
    ],
)
def test_what_is_short_or_odd_or_surplus_is_told(octets: str, heard: HeartRate) -> None:
    assert heart_rate.decode(bytes.fromhex(octets)) == heard


@pytest.mark.parametrize(
    ("told", "octets"),
    [
        (HeartRate(), "0000"),
        (HeartRate(70, flags=0xFF, truncated=True, trailing=b"\x01"), "0046"),
        (HeartRate(None, energy_kj=0, rr=()), "18000000"),
        (HeartRate(70, contact=None), "0046"),
    ],
)
def test_the_flags_are_made_from_the_fields_alone(told: HeartRate, octets: str) -> None:
    assert heart_rate.encode(told).hex() == octets


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (HeartRate(-1), "rate_bpm -1"),
        (HeartRate(65536), "rate_bpm 65536"),
        (HeartRate(70, energy_kj=-1), "energy_kj -1"),
        (HeartRate(70, energy_kj=65536), "energy_kj 65536"),
        (HeartRate(70, rr=(65536,)), "rr 65536"),
        (HeartRate(70, rr=(-1,)), "rr -1"),
    ],
)
def test_a_number_that_does_not_fit_is_refused_by_name(told: HeartRate, name: str) -> None:
    with pytest.raises(ProtocolError, match=f"^{name} does not fit into its field.$"):
        heart_rate.encode(told)


def test_an_interval_of_1024_is_a_second() -> None:
    assert HeartRate(rr=(1024, 512, 1)).rr_s == [1.0, 0.5, 0.0009765625]
    assert HeartRate(rr=()).rr_s == []
    assert HeartRate().rr_s == []


@pytest.mark.parametrize(
    ("octets", "place"),
    [
        ("", None),
        ("00", "other"),
        ("01", "chest"),
        ("02", "wrist"),
        ("03", "finger"),
        ("04", "hand"),
        ("05", "ear_lobe"),
        ("06", "foot"),
        ("0601", "foot"),
        ("0607", "foot"),
        ("0701", None),
        ("07", None),
        ("ff", None),
    ],
)
def test_a_place_on_the_body_has_this_name(octets: str, place: str | None) -> None:
    assert heart_rate.body_location(bytes.fromhex(octets)) == place


def test_the_flags_are_those_of_the_heart_rate_service() -> None:
    assert (heart_rate.WIDE_RATE, heart_rate.CONTACT_DETECTED) == (1, 2)
    assert (heart_rate.CONTACT_SUPPORTED, heart_rate.ENERGY) == (4, 8)
    assert (heart_rate.RR_INTERVALS, heart_rate.RESERVED_FLAGS) == (16, 224)

"""What a machine claims: UUIDs, features, ranges and its advertising, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.belt import InclineGrid, SpeedGrid
from protocols.errors import ProtocolError
from protocols.ftms import advertising, features, uuids
from protocols.ftms.advertising import Advertisement
from protocols.ftms.features import Features
from protocols.ftms.ranges import (
    HeartRateRange,
    InclinationRange,
    PowerRange,
    Range,
    ResistanceRange,
    SpeedRange,
)

RANGES = (SpeedRange, InclinationRange, ResistanceRange, HeartRateRange, PowerRange)


@given(st.integers(0, 0xFFFF))
def test_a_short_uuid_returns_from_its_long_form(number: int) -> None:
    assert uuids.short(uuids.from_short(number)) == number
    assert uuids.short(uuids.from_short(number).upper()) == number


@pytest.mark.parametrize(
    "uuid", ["", "2acd", "6e400001-b5a3-f393-e0a9-e50e24dcca9e", uuids.CONTROL_POINT[:-1] + "c"]
)
def test_a_uuid_of_somebody_else_has_no_short_form(uuid: str) -> None:
    assert uuids.short(uuid) is None


def test_a_short_form_is_hexadecimal_digits_alone() -> None:
    assert uuids.short(uuids.CONTROL_POINT.replace("2ad9", "+2d9")) is None


def test_features_by_name_return_from_their_octets() -> None:
    named = Features.naming(["inclination", "elapsed_time"], ["speed", "inclination"])
    assert bytes(named).hex() == "0810000003000000"
    assert Features.from_bytes(bytes(named)) == named
    assert named.machine_features == ["inclination", "elapsed_time"]
    assert named.target_settings == ["speed", "inclination"]


def test_every_feature_has_its_bit() -> None:
    named = Features.naming(features.MACHINE_FEATURES, features.TARGET_SETTINGS)
    assert (named.machine_raw, named.targets_raw) == (0x1FFFF, 0x1FFFF)


def test_four_octets_of_features_claim_no_targets() -> None:
    claimed = Features.from_bytes(bytes.fromhex("45120000"))
    assert claimed.targets_raw is None
    assert claimed.target_settings == []
    assert bytes(claimed).hex() == "45120000"


def test_reserved_feature_bits_are_kept_and_name_nothing() -> None:
    claimed = Features.from_bytes(bytes.fromhex("000000800000008000"))
    assert (claimed.machine_raw, claimed.machine_features) == (0x80000000, [])


def test_features_of_three_octets_are_refused() -> None:
    with pytest.raises(ProtocolError, match="8 are due"):
        Features.from_bytes(b"\x01\x02\x03")


def test_a_speed_range_becomes_the_grid_of_the_belt() -> None:
    claimed = SpeedRange.from_bytes(bytes.fromhex("320062020a00"))
    assert claimed.grid() == SpeedGrid(50, 610, 10, units_per_mps=360)
    assert claimed.grid().floor(0.5) == 180


def test_a_range_of_one_speed_needs_no_increment() -> None:
    assert SpeedRange.from_bytes(bytes.fromhex("640064000000")).grid().increment == 1


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        ("000000000000", "empty"),
        ("000000000a00", "empty"),
        ("620232000a00", "below its beginning"),
        ("320062020000", "no increment"),
        ("", "0 octets, but 6 are due"),
        ("3200620200", "5 octets, but 6 are due"),
    ],
)
def test_a_range_one_cannot_rely_on_is_refused(octets: str, told: str) -> None:
    with pytest.raises(ProtocolError, match=told):
        SpeedRange.from_bytes(bytes.fromhex(octets))


@pytest.mark.parametrize("kind", [SpeedRange, InclinationRange])
def test_a_faulty_range_never_becomes_a_grid(kind: type[SpeedRange | InclinationRange]) -> None:
    with pytest.raises(ProtocolError, match="empty"):
        kind(0, 0, 0).grid()


def test_an_inclination_range_becomes_the_grid_of_the_deck() -> None:
    claimed = InclinationRange.from_bytes(bytes.fromhex("e2ff64000500"))
    assert claimed.grid() == InclineGrid(-30, 100, 5, units_per_pct=10)
    assert InclinationRange(10, 10, 0).grid().increment == 1


def test_a_resistance_range_has_six_octets_or_three() -> None:
    assert ResistanceRange.from_bytes(bytes.fromhex("0a00c8000a00")) == ResistanceRange(10, 200, 10)
    assert ResistanceRange.from_bytes(bytes.fromhex("011401")) == ResistanceRange(1, 20, 1)
    with pytest.raises(ProtocolError, match="2 octets, but 3 are due"):
        ResistanceRange.from_bytes(b"\x01\x14")


@pytest.mark.parametrize("kind", RANGES)
@given(st.binary(min_size=6, max_size=9))
def test_a_range_returns_the_octets_it_came_from(kind: type[Range], octets: bytes) -> None:
    assert bytes(kind.as_claimed(octets)) == octets[: kind.LAYOUT.size]


@given(st.booleans(), st.sets(st.sampled_from(advertising.MACHINE_TYPES)))
def test_service_data_returns_as_it_was_sent(available: bool, types: set[str]) -> None:
    claimed = advertising.decode(advertising.encode(available, types))
    assert claimed is not None
    assert (claimed.available, set(claimed.machine_types)) == (available, types)
    assert not claimed.swapped


def test_a_treadmill_advertises_as_urevo_does() -> None:
    assert advertising.encode(available=True).hex() == "010100"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        ("0101", Advertisement(1, 1)),
        ("010001", Advertisement(1, 1, swapped=True)),
        ("01", Advertisement(1, None)),
        ("01010007", Advertisement(1, 1, trailing=b"\x07")),
        ("000000", Advertisement(0, 0)),
    ],
)
def test_service_data_of_odd_machines_is_understood(octets: str, expected: Advertisement) -> None:
    assert advertising.decode(bytes.fromhex(octets)) == expected


def test_no_service_data_claims_nothing() -> None:
    assert advertising.decode(b"") is None

"""Heart-rate straps, foot pods and device information, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import device_information, heart_rate, running_speed
from protocols.errors import ProtocolError
from protocols.heart_rate import HeartRate
from protocols.running_speed import RunningSpeed

U8, U16, U32 = (st.integers(0, (1 << bits) - 1) for bits in (8, 16, 32))


@given(
    U16,
    st.none() | st.booleans(),
    st.none() | U16,
    st.none() | st.lists(U16, max_size=9).map(tuple),
)
def test_a_heart_rate_returns_as_it_was_sent(
    rate: int, contact: bool | None, energy: int | None, rr: tuple[int, ...] | None
) -> None:
    heard = heart_rate.decode(heart_rate.encode(HeartRate(rate, contact, energy, rr)))
    assert heard == HeartRate(rate, contact, energy, rr, flags=heard.flags)


def test_a_strap_that_lost_contact_says_so() -> None:
    assert heart_rate.decode(heart_rate.encode(HeartRate(0, contact=False))).contact is False
    assert heart_rate.decode(bytes.fromhex("0246")).contact is None


def test_intervals_are_seconds() -> None:
    assert heart_rate.decode(bytes.fromhex("167310020d02")).rr_s == [528 / 1024, 525 / 1024]
    assert heart_rate.decode(bytes.fromhex("0046")).rr_s == []


@pytest.mark.parametrize("octets", ["", "00", "0146", "0846", "084600"])
def test_a_heart_rate_cut_short_says_so(octets: str) -> None:
    assert heart_rate.decode(bytes.fromhex(octets)).truncated


def test_a_rate_too_large_is_refused() -> None:
    with pytest.raises(ProtocolError, match="rate_bpm"):
        heart_rate.encode(HeartRate(0x10000))


@pytest.mark.parametrize(("octets", "place"), [(b"\x01", "chest"), (b"\x07", None), (b"", None)])
def test_a_place_on_the_body_has_a_name(octets: bytes, place: str | None) -> None:
    assert heart_rate.body_location(octets) == place


@given(U16, U8, st.none() | U16, st.none() | U32, st.booleans())
def test_a_running_speed_returns_as_it_was_sent(
    speed: int, cadence: int, stride: int | None, distance: int | None, running: bool
) -> None:
    sent = RunningSpeed(speed, cadence, stride, distance, flags=running * running_speed.RUNNING)
    heard = running_speed.decode(running_speed.encode(sent))
    assert heard == sent._replace(flags=heard.flags)
    assert heard.running is running


def test_a_foot_pod_speaks_si() -> None:
    heard = running_speed.decode(bytes.fromhex("035c03a18200f6090000"))
    assert (heard.speed_mps, heard.stride_length_m, heard.total_distance_m) == (3.359375, 1.3, 255)
    silent = running_speed.decode(b"")
    assert (silent.speed_mps, silent.stride_length_m, silent.total_distance_m) == (None,) * 3


def test_a_distance_too_large_is_refused() -> None:
    with pytest.raises(ProtocolError, match="total_distance"):
        running_speed.encode(RunningSpeed(0, 0, total_distance=1 << 32))


def test_features_of_a_foot_pod_have_names() -> None:
    assert running_speed.features(bytes.fromhex("1f00")) == list(running_speed.FEATURES)


@given(st.binary(max_size=24))
def test_no_octets_raise(octets: bytes) -> None:
    assert heart_rate.decode(octets).truncated or octets
    assert running_speed.decode(octets).truncated or len(octets) > 3
    device_information.text(octets)
    device_information.system_id(octets)


def test_a_text_ends_at_its_nul() -> None:
    assert device_information.text(b"FS-BT-T4\0\0") == "FS-BT-T4"
    assert device_information.text(b"caf\xe9 ") == "caf�"


def test_a_system_id_is_hexadecimal_unless_it_is_text() -> None:
    assert device_information.system_id(bytes.fromhex("010203fffe040506")) == "010203fffe040506"
    assert device_information.system_id(b"4A6F1234") == "4A6F1234"


@given(st.integers(0, 100))
def test_a_charge_returns_as_it_was_sent(level: int) -> None:
    assert device_information.battery_pct(device_information.encode_battery(level)) == level


@pytest.mark.parametrize("octets", [b"", b"\x65", b"\xff"])
def test_a_charge_that_cannot_be_is_none(octets: bytes) -> None:
    assert device_information.battery_pct(octets) is None

"""A foot pod's octets, typed out: each flag, each field, each place where they may end."""

import pytest

from protocols import running_speed
from protocols.errors import ProtocolError
from protocols.running_speed import RunningSpeed


def test_a_default_measurement_says_nothing() -> None:
    pod = RunningSpeed()
    assert pod == RunningSpeed(None, None, None, None, 0, False, b"")
    assert (pod.running, pod.speed_mps, pod.stride_length_m, pod.total_distance_m) == (
        *(False, None, None),
        None,
    )


@pytest.mark.parametrize(
    ("octets", "heard"),
    [
        ("00000000", RunningSpeed(0, 0)),
        ("00010002", RunningSpeed(1, 2)),
        ("00ffffff", RunningSpeed(65535, 255)),
        ("04000178", RunningSpeed(256, 120, flags=0x04)),
        ("010001780300", RunningSpeed(256, 120, stride_length=3, flags=0x01)),
        ("01000178ffff", RunningSpeed(256, 120, stride_length=65535, flags=0x01)),
        ("0200017804000000", RunningSpeed(256, 120, total_distance=4, flags=0x02)),
        ("02000178ffffffff", RunningSpeed(256, 120, total_distance=4294967295, flags=0x02)),
        ("07020103050409080706", RunningSpeed(258, 3, 1029, 101124105, 0x07)),
    ],
)
def test_a_measurement_has_these_octets_both_ways(octets: str, heard: RunningSpeed) -> None:
    assert running_speed.decode(bytes.fromhex(octets)) == heard
    assert running_speed.encode(heard).hex() == octets


@pytest.mark.parametrize(
    ("octets", "heard"),
    [
        ("", RunningSpeed(truncated=True)),
        ("00", RunningSpeed(truncated=True)),
        ("0001", RunningSpeed(truncated=True, trailing=b"\x01")),
        ("000001", RunningSpeed(256, truncated=True)),
        ("0000017801", RunningSpeed(256, 120, trailing=b"\x01")),
        ("01000178", RunningSpeed(256, 120, flags=0x01, truncated=True)),
        ("0300017803", RunningSpeed(256, 120, flags=0x03, truncated=True, trailing=b"\x03")),
        ("030001780300", RunningSpeed(256, 120, 3, flags=0x03, truncated=True)),
        ("f8000178", RunningSpeed(256, 120, flags=0xF8)),
    ],
)
def test_what_is_short_or_odd_or_surplus_is_told(octets: str, heard: RunningSpeed) -> None:
    assert running_speed.decode(bytes.fromhex(octets)) == heard


@pytest.mark.parametrize(
    ("told", "octets"),
    [
        (RunningSpeed(), "00000000"),
        (RunningSpeed(256, 120, flags=0xFB), "00000178"),
        (RunningSpeed(256, 120, flags=0xFF), "04000178"),
        (RunningSpeed(stride_length=0), "010000000000"),
        (RunningSpeed(total_distance=0), "0200000000000000"),
    ],
)
def test_of_the_flags_only_running_is_sent_and_the_rest_made_from_the_fields(
    told: RunningSpeed, octets: str
) -> None:
    assert running_speed.encode(told).hex() == octets


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (RunningSpeed(65536, 0), "speed 65536"),
        (RunningSpeed(-1, 0), "speed -1"),
        (RunningSpeed(0, 256), "cadence_per_min 256"),
        (RunningSpeed(0, 0, 65536), "stride_length 65536"),
        (RunningSpeed(0, 0, total_distance=-1), "total_distance -1"),
        (RunningSpeed(0, 0, total_distance=4294967296), "total_distance 4294967296"),
    ],
)
def test_a_number_that_does_not_fit_is_refused_by_name(told: RunningSpeed, name: str) -> None:
    with pytest.raises(ProtocolError, match=f"^{name} does not fit into its field.$"):
        running_speed.encode(told)


def test_the_units_of_the_wire_are_those_of_the_service() -> None:
    pod = RunningSpeed(speed=384, stride_length=125, total_distance=12345)
    assert (pod.speed_mps, pod.stride_length_m, pod.total_distance_m) == (1.5, 1.25, 1234.5)
    still = RunningSpeed(speed=0, stride_length=0, total_distance=0)
    assert (still.speed_mps, still.stride_length_m, still.total_distance_m) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("flags", "runs"), [(0, False), (0x04, True), (0xFB, False), (0xFF, True)])
def test_running_is_one_flag(flags: int, runs: bool) -> None:
    assert RunningSpeed(flags=flags).running is runs


@pytest.mark.parametrize(
    ("octets", "names"),
    [
        ("", []),
        ("0000", []),
        ("01", ["stride_length"]),
        ("0200", ["total_distance"]),
        ("0400", ["walking_or_running"]),
        ("0800", ["calibration"]),
        ("1000", ["multiple_sensor_locations"]),
        ("e0ff", []),
        ("000001", []),
        ("0001", []),
        ("09001f", ["stride_length", "calibration"]),
    ],
)
def test_each_feature_is_a_bit(octets: str, names: list[str]) -> None:
    assert running_speed.features(bytes.fromhex(octets)) == names


def test_the_flags_are_those_of_the_running_speed_service() -> None:
    assert (running_speed.STRIDE_LENGTH, running_speed.TOTAL_DISTANCE) == (1, 2)
    assert (running_speed.RUNNING, running_speed.RESERVED_FLAGS) == (4, 248)

"""What a machine claims, bit by bit: ranges, features, advertising and the numbers of its UUIDs."""

import pytest

from protocols.belt import InclineGrid, SpeedGrid
from protocols.errors import ProtocolError
from protocols.ftms import advertising, uuids
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

MACHINE_FEATURES = [
    ("average_speed", "01000000"),
    ("cadence", "02000000"),
    ("total_distance", "04000000"),
    ("inclination", "08000000"),
    ("elevation_gain", "10000000"),
    ("pace", "20000000"),
    ("step_count", "40000000"),
    ("resistance_level", "80000000"),
    ("stride_count", "00010000"),
    ("expended_energy", "00020000"),
    ("heart_rate", "00040000"),
    ("metabolic_equivalent", "00080000"),
    ("elapsed_time", "00100000"),
    ("remaining_time", "00200000"),
    ("power_measurement", "00400000"),
    ("force_on_belt_and_power_output", "00800000"),
    ("user_data_retention", "00000100"),
]
TARGET_SETTINGS = [
    ("speed", "01000000"),
    ("inclination", "02000000"),
    ("resistance", "04000000"),
    ("power", "08000000"),
    ("heart_rate", "10000000"),
    ("expended_energy", "20000000"),
    ("steps", "40000000"),
    ("strides", "80000000"),
    ("distance", "00010000"),
    ("training_time", "00020000"),
    ("time_in_2_hr_zones", "00040000"),
    ("time_in_3_hr_zones", "00080000"),
    ("time_in_5_hr_zones", "00100000"),
    ("bike_simulation", "00200000"),
    ("wheel_circumference", "00400000"),
    ("spin_down", "00800000"),
    ("cadence", "00000100"),
]
TYPES = [
    ("treadmill", "010100"),
    ("cross_trainer", "010200"),
    ("step_climber", "010400"),
    ("stair_climber", "010800"),
    ("rower", "011000"),
    ("indoor_bike", "012000"),
]
UUIDS = [
    ("FITNESS_MACHINE_SERVICE", "1826"),
    ("FEATURE", "2acc"),
    ("TREADMILL_DATA", "2acd"),
    ("TRAINING_STATUS", "2ad3"),
    ("SPEED_RANGE", "2ad4"),
    ("INCLINATION_RANGE", "2ad5"),
    ("RESISTANCE_RANGE", "2ad6"),
    ("HEART_RATE_RANGE", "2ad7"),
    ("POWER_RANGE", "2ad8"),
    ("CONTROL_POINT", "2ad9"),
    ("MACHINE_STATUS", "2ada"),
    ("HEART_RATE_SERVICE", "180d"),
    ("HEART_RATE_MEASUREMENT", "2a37"),
    ("BODY_SENSOR_LOCATION", "2a38"),
    ("HEART_RATE_CONTROL_POINT", "2a39"),
    ("RUNNING_SPEED_SERVICE", "1814"),
    ("RUNNING_SPEED_MEASUREMENT", "2a53"),
    ("RUNNING_SPEED_FEATURE", "2a54"),
    ("BATTERY_SERVICE", "180f"),
    ("BATTERY_LEVEL", "2a19"),
    ("DEVICE_INFORMATION_SERVICE", "180a"),
    ("SYSTEM_ID", "2a23"),
    ("MODEL_NUMBER", "2a24"),
    ("SERIAL_NUMBER", "2a25"),
    ("FIRMWARE_REVISION", "2a26"),
    ("HARDWARE_REVISION", "2a27"),
    ("SOFTWARE_REVISION", "2a28"),
    ("MANUFACTURER_NAME", "2a29"),
]


@pytest.mark.parametrize(
    ("kind", "octets", "numbers"),
    [
        (SpeedRange, "3200feff0a00", (50, 0xFFFE, 10)),
        (InclinationRange, "e2ff6400feff", (-30, 100, 0xFFFE)),
        (ResistanceRange, "f6ffc800feff", (-10, 200, 0xFFFE)),
        (HeartRateRange, "50fe01", (80, 254, 1)),
        (PowerRange, "9cffe803feff", (-100, 1000, 0xFFFE)),
    ],
)
def test_a_range_is_the_same_octets_both_ways(
    kind: type[Range], octets: str, numbers: tuple[int, int, int]
) -> None:
    claimed = kind.from_bytes(bytes.fromhex(octets))
    assert claimed == kind(*numbers)
    assert bytes(claimed).hex() == octets
    assert kind.from_bytes(bytes.fromhex(octets + "aabb")) == claimed


@pytest.mark.parametrize(
    ("kind", "octets", "told"),
    [
        (SpeedRange, "3200620200", "The speed range has 5 octets, but 6 are due."),
        (InclinationRange, "3200620200", "The inclination range has 5 octets, but 6 are due."),
        (ResistanceRange, "0114", "The resistance range has 2 octets, but 3 are due."),
        (HeartRateRange, "50b4", "The heart-rate range has 2 octets, but 3 are due."),
        (PowerRange, "0000e80305", "The power range has 5 octets, but 6 are due."),
        (SpeedRange, "000000000a00", "The speed range is empty."),
        (SpeedRange, "330032000a00", "The speed range ends below its beginning."),
        (InclinationRange, "0000ffff0500", "The inclination range ends below its beginning."),
        (SpeedRange, "320033000000", "The speed range has no increment."),
    ],
)
def test_what_is_wrong_with_a_range_is_told_beside_its_octets(
    kind: type[Range], octets: str, told: str
) -> None:
    with pytest.raises(ProtocolError) as refused:
        kind.from_bytes(bytes.fromhex(octets))
    assert (refused.value.what, refused.value.octets.hex()) == (told, octets)


@pytest.mark.parametrize(
    ("octets", "numbers"),
    [
        ("011401", (1, 20, 1)),
        ("0114010a00", (1, 20, 1)),
        ("0a00c8000a00", (10, 200, 10)),
        ("0a00c8000a0001", (10, 200, 10)),
    ],
)
def test_a_resistance_range_is_short_below_six_octets(
    octets: str, numbers: tuple[int, int, int]
) -> None:
    assert ResistanceRange.from_bytes(bytes.fromhex(octets)) == ResistanceRange(*numbers)


@pytest.mark.parametrize(
    "octets", ["32003200" + "0000", "3200330001" + "00", "0000010001" + "00", "0100010001" + "00"]
)
def test_a_range_one_may_rely_on_has_no_fault(octets: str) -> None:
    assert SpeedRange.from_bytes(bytes.fromhex(octets)).fault is None


@pytest.mark.parametrize("numbers", [(-1, 0, 1), (0, 1, 1), (-1, 1, 1)])
def test_a_range_that_reaches_level_is_not_empty(numbers: tuple[int, int, int]) -> None:
    assert InclinationRange(*numbers).fault is None


@pytest.mark.parametrize(("increment", "step"), [(0, 1), (1, 1), (2, 2)])
def test_a_grid_has_steps_of_one_at_least(increment: int, step: int) -> None:
    assert SpeedRange(50, 50, increment).grid() == SpeedGrid(50, 50, step, units_per_mps=360)
    deck = InclinationRange(-5, -5, increment).grid()
    assert deck == InclineGrid(-5, -5, step, units_per_pct=10)


@pytest.mark.parametrize("kind", [SpeedRange, InclinationRange])
def test_a_faulty_range_says_its_octets_instead_of_a_grid(
    kind: type[SpeedRange | InclinationRange],
) -> None:
    with pytest.raises(ProtocolError) as refused:
        kind(2, 1, 3).grid()
    assert refused.value.what.endswith("range ends below its beginning.")
    assert refused.value.octets.hex() == "020001000300"


@pytest.mark.parametrize(("name", "octets"), MACHINE_FEATURES)
def test_each_machine_feature_has_its_bit(name: str, octets: str) -> None:
    claimed = Features.from_bytes(bytes.fromhex(octets))
    assert (claimed.machine_features, claimed.target_settings) == ([name], [])
    assert bytes(Features.naming([name, name], [])).hex() == octets + "00000000"


@pytest.mark.parametrize(("name", "octets"), TARGET_SETTINGS)
def test_each_target_setting_has_its_bit(name: str, octets: str) -> None:
    claimed = Features.from_bytes(bytes.fromhex("00000000" + octets))
    assert (claimed.machine_features, claimed.target_settings) == ([], [name])
    assert bytes(Features.naming([], [name, name])).hex() == "00000000" + octets


def test_a_reserved_feature_bit_is_kept_and_has_no_name() -> None:
    claimed = Features.from_bytes(bytes.fromhex("0000020000000200"))
    assert (claimed.machine_features, claimed.target_settings) == ([], [])
    assert (claimed.machine_raw, claimed.targets_raw) == (0x20000, 0x20000)


@pytest.mark.parametrize(
    ("octets", "targets_raw"),
    [
        ("01000000", None),
        ("01000000ff", None),
        ("01000000ffffff", None),
        ("01000000ffffff7f", 0x7FFFFFFF),
        ("01000000ffffff7f01", 0x7FFFFFFF),
    ],
)
def test_target_settings_have_four_octets_or_none(octets: str, targets_raw: int | None) -> None:
    claimed = Features.from_bytes(bytes.fromhex(octets))
    assert claimed == Features(1, targets_raw)


def test_features_of_three_octets_are_refused_beside_them() -> None:
    with pytest.raises(ProtocolError) as refused:
        Features.from_bytes(b"\x01\x02\x03")
    assert refused.value.what == "The feature value has 3 octets, but 8 are due."
    assert refused.value.octets == b"\x01\x02\x03"


@pytest.mark.parametrize(("name", "octets"), TYPES)
def test_each_type_of_machine_has_its_bit(name: str, octets: str) -> None:
    claimed = advertising.decode(bytes.fromhex(octets))
    assert claimed is not None
    assert (claimed.available, claimed.machine_types, claimed.swapped) == (True, [name], False)
    assert advertising.encode(True, [name, name]).hex() == octets
    assert advertising.encode(False, [name]).hex() == "00" + octets[2:]


def test_without_a_type_it_is_a_treadmill_that_is_advertised() -> None:
    assert advertising.encode(False).hex() == "000100"
    assert advertising.encode(True, ["treadmill", "indoor_bike"]).hex() == "012100"
    assert advertising.encode(True, []).hex() == "010000"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        ("00", Advertisement(0, None, False, b"")),
        ("0020", Advertisement(0, 0x20, False, b"")),
        ("0040", Advertisement(0, 0x40, False, b"")),
        ("004000", Advertisement(0, 0x40, False, b"")),
        ("000020", Advertisement(0, 0x20, True, b"")),
        ("000040", Advertisement(0, 0x4000, False, b"")),
        ("004001", Advertisement(0, 0x4001, True, b"")),
        ("004020", Advertisement(0, 0x4020, True, b"")),
        ("000101", Advertisement(0, 0x0101, False, b"")),
        ("000201", Advertisement(0, 0x0102, False, b"")),
        ("002001", Advertisement(0, 0x0120, False, b"")),
        ("0000010203", Advertisement(0, 1, True, b"\x02\x03")),
        ("0001000203", Advertisement(0, 1, False, b"\x02\x03")),
        ("ff0100", Advertisement(0xFF, 1, False, b"")),
    ],
)
def test_a_type_is_exchanged_only_where_it_makes_sense_so(
    octets: str, expected: Advertisement
) -> None:
    assert advertising.decode(bytes.fromhex(octets)) == expected


@pytest.mark.parametrize(("flags", "available"), [(0, False), (1, True), (2, False), (0xFF, True)])
def test_a_machine_is_available_by_the_lowest_bit(flags: int, available: bool) -> None:
    claimed = Advertisement(flags, None)
    assert claimed.available is available
    assert claimed.machine_types == []
    assert (claimed.swapped, claimed.trailing) == (False, b"")


@pytest.mark.parametrize(("name", "digits"), UUIDS)
def test_a_uuid_is_that_of_the_assigned_numbers(name: str, digits: str) -> None:
    uuid = getattr(uuids, name)
    assert uuid == f"0000{digits}-0000-1000-8000-00805f9b34fb"
    assert uuids.short(uuid) == int(digits, 16)


@pytest.mark.parametrize(
    ("uuid", "number"),
    [
        ("00000000-0000-1000-8000-00805f9b34fb", 0),
        ("0000FFFF-0000-1000-8000-00805F9B34FB", 0xFFFF),
        ("00010000-0000-1000-8000-00805f9b34fb", None),
        ("00002acd-0000-1000-8000-00805f9b34fb0", None),
        ("0000 acd-0000-1000-8000-00805f9b34fb", None),
        ("00002_cd-0000-1000-8000-00805f9b34fb", None),
        ("0000zzzz-0000-1000-8000-00805f9b34fb", None),
    ],
)
def test_a_short_form_is_four_hexadecimal_digits(uuid: str, number: int | None) -> None:
    assert uuids.short(uuid) == number
    if number is not None:
        assert uuids.from_short(number) == uuid.lower()

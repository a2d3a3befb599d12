"""Every request, answer and event of a fitness machine, in the octets of the specification."""

import pytest

from protocols.ftms import machine_status, procedures, training_status
from protocols.ftms.machine_status import Event, MachineStatus
from protocols.ftms.procedures import OpCode, Request, Response, ResultCode
from protocols.ftms.training_status import Status, TrainingStatus

REQUESTS: list[tuple[str, tuple[int, ...], str]] = [
    ("REQUEST_CONTROL", (), "00"),
    ("RESET", (), "01"),
    ("SET_TARGET_SPEED", (0xFFFE,), "02feff"),
    ("SET_TARGET_INCLINATION", (-2,), "03feff"),
    ("SET_TARGET_RESISTANCE", (254,), "04fe"),
    ("SET_TARGET_POWER", (-2,), "05feff"),
    ("SET_TARGET_HEART_RATE", (254,), "06fe"),
    ("START_OR_RESUME", (), "07"),
    ("STOP_OR_PAUSE", (1,), "0801"),
    ("STOP_OR_PAUSE", (2,), "0802"),
    ("SET_TARGETED_ENERGY", (0xFFFE,), "09feff"),
    ("SET_TARGETED_STEPS", (0xFFFE,), "0afeff"),
    ("SET_TARGETED_STRIDES", (0xFFFE,), "0bfeff"),
    ("SET_TARGETED_DISTANCE", (0xFFFFFE,), "0cfeffff"),
    ("SET_TARGETED_TIME", (0xFFFE,), "0dfeff"),
    ("SET_TIME_IN_2_HR_ZONES", (1, 0xFFFE), "0e0100feff"),
    ("SET_TIME_IN_3_HR_ZONES", (1, 2, 0xFFFE), "0f01000200feff"),
    ("SET_TIME_IN_5_HR_ZONES", (1, 2, 3, 4, 0xFFFE), "100100020003000400feff"),
    ("SET_BIKE_SIMULATION", (-2, -3, 254, 253), "11fefffdfffefd"),
    ("SET_WHEEL_CIRCUMFERENCE", (0xFFFE,), "12feff"),
    ("SPIN_DOWN", (1,), "1301"),
    ("SPIN_DOWN", (2,), "1302"),
    ("SET_TARGETED_CADENCE", (0xFFFE,), "14feff"),
]
EVENTS: list[tuple[str, dict[str, int], str]] = [
    ("RESET", {}, "01"),
    ("STOPPED_OR_PAUSED_BY_USER", {"stop_pause": 1}, "0201"),
    ("STOPPED_OR_PAUSED_BY_USER", {"stop_pause": 2}, "0202"),
    ("STOPPED_BY_SAFETY_KEY", {}, "03"),
    ("STARTED_OR_RESUMED_BY_USER", {}, "04"),
    ("TARGET_SPEED_CHANGED", {"target_speed": 0xFFFE}, "05feff"),
    ("TARGET_INCLINATION_CHANGED", {"target_inclination": -2}, "06feff"),
    ("TARGET_RESISTANCE_CHANGED", {"target_resistance": 254}, "07fe"),
    ("TARGET_POWER_CHANGED", {"target_power_w": -2}, "08feff"),
    ("TARGET_HEART_RATE_CHANGED", {"target_heart_rate_bpm": 254}, "09fe"),
    ("TARGETED_ENERGY_CHANGED", {"targeted_energy_kcal": 0xFFFE}, "0afeff"),
    ("TARGETED_STEPS_CHANGED", {"targeted_steps": 0xFFFE}, "0bfeff"),
    ("TARGETED_STRIDES_CHANGED", {"targeted_strides": 0xFFFE}, "0cfeff"),
    ("TARGETED_DISTANCE_CHANGED", {"targeted_distance_m": 0xFFFFFE}, "0dfeffff"),
    ("TARGETED_TIME_CHANGED", {"targeted_time_s": 0xFFFE}, "0efeff"),
    ("TIME_IN_2_HR_ZONES_CHANGED", {"fat_burn_s": 1, "fitness_s": 0xFFFE}, "0f0100feff"),
    (
        "TIME_IN_3_HR_ZONES_CHANGED",
        {"light_s": 1, "moderate_s": 2, "hard_s": 0xFFFE},
        "1001000200feff",
    ),
    (
        "TIME_IN_5_HR_ZONES_CHANGED",
        {"very_light_s": 1, "light_s": 2, "moderate_s": 3, "hard_s": 4, "maximum_s": 0xFFFE},
        "110100020003000400feff",
    ),
    (
        "BIKE_SIMULATION_CHANGED",
        {"wind_speed": -2, "grade": -3, "rolling_resistance": 254, "wind_resistance": 253},
        "12fefffdfffefd",
    ),
    ("WHEEL_CIRCUMFERENCE_CHANGED", {"wheel_circumference": 0xFFFE}, "13feff"),
    ("SPIN_DOWN", {"spin_down": 254}, "14fe"),
    ("TARGETED_CADENCE_CHANGED", {"targeted_cadence": 0xFFFE}, "15feff"),
    ("CONTROL_PERMISSION_LOST", {}, "ff"),
]
STATUSES = [
    ("OTHER", "0000"),
    ("IDLE", "0001"),
    ("WARMING_UP", "0002"),
    ("LOW_INTENSITY_INTERVAL", "0003"),
    ("HIGH_INTENSITY_INTERVAL", "0004"),
    ("RECOVERY_INTERVAL", "0005"),
    ("ISOMETRIC", "0006"),
    ("HEART_RATE_CONTROL", "0007"),
    ("FITNESS_TEST", "0008"),
    ("SPEED_TOO_LOW", "0009"),
    ("SPEED_TOO_HIGH", "000a"),
    ("COOL_DOWN", "000b"),
    ("WATT_CONTROL", "000c"),
    ("MANUAL_MODE", "000d"),
    ("PRE_WORKOUT", "000e"),
    ("POST_WORKOUT", "000f"),
    ("PAUSING", "0010"),
    ("PAUSED", "0011"),
]


@pytest.mark.parametrize(("name", "values", "octets"), REQUESTS)
def test_a_request_is_the_same_octets_both_ways(
    name: str, values: tuple[int, ...], octets: str
) -> None:
    assert procedures.request(OpCode[name], *values).hex() == octets
    request = procedures.decode_request(bytes.fromhex(octets))
    assert request == Request(OpCode[name], values, b"", None)


def test_every_request_is_in_the_table() -> None:
    assert {name for name, _, _ in REQUESTS} == set(OpCode.__members__)


@pytest.mark.parametrize(
    ("octets", "op", "trailing"), [("15", 0x15, b""), ("ff0102", 255, b"\1\2")]
)
def test_an_unknown_request_is_kept_as_it_was_sent(octets: str, op: int, trailing: bytes) -> None:
    request = procedures.decode_request(bytes.fromhex(octets))
    assert request == Request(op, (), trailing, ResultCode.OP_CODE_NOT_SUPPORTED)


@pytest.mark.parametrize("octets", ["0800", "0803", "1300", "1303"])
def test_a_choice_that_there_is_not_is_an_invalid_parameter(octets: str) -> None:
    op, choice = bytes.fromhex(octets)
    request = procedures.decode_request(bytes((op, choice)))
    assert request == Request(op, (choice,), b"", ResultCode.INVALID_PARAMETER)


@pytest.mark.parametrize(
    ("name", "octets", "ok"),
    [
        ("SUCCESS", "800201", True),
        ("OP_CODE_NOT_SUPPORTED", "800202", False),
        ("INVALID_PARAMETER", "800203", False),
        ("OPERATION_FAILED", "800204", False),
        ("CONTROL_NOT_PERMITTED", "800205", False),
    ],
)
def test_an_answer_is_the_same_octets_both_ways(name: str, octets: str, ok: bool) -> None:
    result = ResultCode[name]
    assert procedures.response(OpCode.SET_TARGET_SPEED, result).hex() == octets
    answer = procedures.decode_response(bytes.fromhex(octets))
    assert answer == Response(OpCode.SET_TARGET_SPEED, result, b"")
    assert answer is not None
    assert answer.ok is ok


def test_an_answer_carries_what_comes_after_its_result() -> None:
    assert procedures.response(0x13, 1, b"\x64\x00\x90\x01").hex() == "80130164009001"
    answer = procedures.decode_response(bytes.fromhex("80130164009001"))
    assert answer == Response(0x13, 1, b"\x64\x00\x90\x01")


@pytest.mark.parametrize(("name", "values", "octets"), EVENTS)
def test_an_event_is_the_same_octets_both_ways(
    name: str, values: dict[str, int], octets: str
) -> None:
    assert machine_status.encode(Event[name], *values.values()).hex() == octets
    status = machine_status.decode(bytes.fromhex(octets))
    assert status == MachineStatus(Event[name], values, truncated=False, trailing=b"")


def test_every_event_is_in_the_table() -> None:
    assert {name for name, _, _ in EVENTS} == set(Event.__members__)


@pytest.mark.parametrize(("octets", "op", "trailing"), [("00", 0, b""), ("160102", 22, b"\1\2")])
def test_an_unknown_event_is_kept_as_it_was_sent(octets: str, op: int, trailing: bytes) -> None:
    status = machine_status.decode(bytes.fromhex(octets))
    assert status == MachineStatus(op, {}, truncated=False, trailing=trailing)


def test_an_event_cut_short_keeps_the_values_that_fit() -> None:
    status = machine_status.decode(bytes.fromhex("12d0076400"))
    values = {"wind_speed": 2000, "grade": 100}
    assert status == MachineStatus(Event.BIKE_SIMULATION_CHANGED, values, truncated=True)


@pytest.mark.parametrize(("name", "octets"), STATUSES)
def test_a_training_status_is_the_same_octets_both_ways(name: str, octets: str) -> None:
    assert training_status.encode(Status[name]).hex() == octets
    status = training_status.decode(bytes.fromhex(octets))
    assert status == TrainingStatus(0, Status[name], None, b"")
    assert status is not None
    assert isinstance(status.status, Status)


def test_every_training_status_is_in_the_table() -> None:
    assert [name for name, _ in STATUSES] == list(Status.__members__)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        ("00", TrainingStatus(0, None, None, b"")),
        ("0012", TrainingStatus(0, 0x12, None, b"")),
        ("00ff", TrainingStatus(0, 0xFF, None, b"")),
        ("000b5761", TrainingStatus(0, 11, None, b"Wa")),
        ("020b5761", TrainingStatus(2, 11, None, b"Wa")),
        ("010b", TrainingStatus(1, 11, "", b"")),
        ("010b576100", TrainingStatus(1, 11, "Wa", b"")),
        ("030b5761", TrainingStatus(3, 11, "Wa", b"")),
        ("010bff61", TrainingStatus(1, 11, "\ufffda", b"")),
    ],
)
def test_a_training_status_is_read_as_far_as_it_goes(octets: str, expected: TrainingStatus) -> None:
    assert training_status.decode(bytes.fromhex(octets)) == expected


@pytest.mark.parametrize(("text", "octets"), [("", "010d"), ("Lauf ä", "010d4c61756620c3a4")])
def test_a_text_is_announced_and_follows_in_utf_8(text: str, octets: str) -> None:
    assert training_status.encode(0x0D, text).hex() == octets

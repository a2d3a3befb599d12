"""The simulated firmware keeps the rules of the control point, and breaks them as a fault says."""

import pytest

from protocols.ftms import procedures
from protocols.ftms.procedures import OpCode, ResultCode
from simulators.faults import HONEST, afflicted
from simulators.firmware import Answer, Firmware, Mode
from simulators.plant import BeltState

RESTING = BeltState()
MOVING = BeltState(speed_mps=0.3)


def result(firmware: Firmware, octets: bytes) -> int:
    """Carry one procedure through, and give the result code that was answered."""
    answer = firmware.write(octets, indications_on=True)
    assert answer.response is not None
    firmware.answered()
    assert answer.response[:2] == bytes([0x80, octets[0]])
    return answer.response[2]


def controlled(*faults: str) -> Firmware:
    firmware = Firmware(afflicted(faults))
    firmware.write(procedures.request_control(), indications_on=True)
    firmware.answered()
    return firmware


def walking(*faults: str) -> Firmware:
    firmware = controlled(*faults)
    result(firmware, procedures.start())
    result(firmware, procedures.set_target_speed(160))
    firmware.pass_time(MOVING, 0.01)
    return firmware


def test_without_indications_nothing_is_done() -> None:
    firmware = Firmware()
    assert firmware.write(procedures.request_control(), indications_on=False) == Answer(0xFD)
    assert not firmware.controlled


def test_a_second_request_is_discarded_until_the_first_is_answered() -> None:
    firmware = controlled()
    first = firmware.write(procedures.set_target_speed(100), indications_on=True)
    assert first.delay_s == HONEST.habits.answer_s
    assert firmware.write(procedures.stop(), indications_on=True) == Answer(0xFE)
    firmware.answered()
    assert result(firmware, procedures.start()) == ResultCode.SUCCESS


def test_a_write_of_nothing_asks_for_nothing() -> None:
    assert controlled().write(b"", indications_on=True) == Answer()


@pytest.mark.parametrize("octets", [procedures.start(), procedures.stop(), procedures.reset()])
def test_control_must_be_requested_first(octets: bytes) -> None:
    assert result(Firmware(), octets) == ResultCode.CONTROL_NOT_PERMITTED


def test_control_is_lost_with_the_link_and_the_belt_runs_on() -> None:
    firmware = walking()
    firmware.disconnected()
    assert firmware.ask().running
    assert result(firmware, procedures.stop()) == ResultCode.CONTROL_NOT_PERMITTED


def test_a_link_lost_in_mid_procedure_leaves_none_in_progress() -> None:
    firmware = controlled()
    firmware.write(procedures.start(), indications_on=True)
    firmware.disconnected()
    assert result(firmware, procedures.request_control()) == ResultCode.SUCCESS


@pytest.mark.parametrize("octets", [b"\x7f", b"\x13\x01", b"\x05\x00\x00"])
def test_what_the_machine_cannot_do_is_not_supported(octets: bytes) -> None:
    assert result(controlled(), octets) == ResultCode.OP_CODE_NOT_SUPPORTED


@pytest.mark.parametrize(
    "octets",
    [
        procedures.set_target_speed(49),
        procedures.set_target_speed(610),
        procedures.set_target_speed(101),
        procedures.set_target_inclination(-5),
        procedures.set_target_inclination(7),
        bytes([OpCode.SET_TARGET_SPEED, 0x64]),
        bytes([OpCode.STOP_OR_PAUSE]),
        bytes([OpCode.STOP_OR_PAUSE, 3]),
    ],
    ids=bytes.hex,
)
def test_a_parameter_out_of_range_is_invalid_and_changes_nothing(octets: bytes) -> None:
    firmware = walking()
    assert result(firmware, octets) == ResultCode.INVALID_PARAMETER
    assert firmware.ask().set_point_mps == pytest.approx(160 / 360)


def test_start_begins_at_the_machine_s_minimum_and_fails_when_started() -> None:
    firmware = controlled()
    assert result(firmware, procedures.start()) == ResultCode.SUCCESS
    assert firmware.ask().set_point_mps == pytest.approx(50 / 360)
    assert result(firmware, procedures.start()) == ResultCode.OPERATION_FAILED
    assert firmware.mode is Mode.RUNNING


def test_a_target_set_at_rest_holds_for_the_next_start() -> None:
    firmware = controlled()
    result(firmware, procedures.set_target_speed(100))
    assert not firmware.ask().running
    result(firmware, procedures.start())
    assert firmware.ask().set_point_mps == pytest.approx(100 / 360)


def test_stop_may_be_repeated_until_the_belt_rests_and_then_fails() -> None:
    firmware = walking()
    for _ in range(3):
        assert result(firmware, procedures.stop()) == ResultCode.SUCCESS
        firmware.pass_time(MOVING, 0.1)
    assert result(firmware, procedures.start()) == ResultCode.OPERATION_FAILED
    assert result(firmware, procedures.set_target_speed(100)) == ResultCode.OPERATION_FAILED
    firmware.pass_time(RESTING, 0.1)
    assert firmware.mode is Mode.STANDBY
    assert result(firmware, procedures.stop()) == ResultCode.OPERATION_FAILED
    assert result(firmware, procedures.start()) == ResultCode.SUCCESS
    assert firmware.ask().set_point_mps == pytest.approx(50 / 360)


def test_a_pause_keeps_the_set_point_for_the_next_start() -> None:
    firmware = walking()
    assert result(firmware, procedures.pause()) == ResultCode.SUCCESS
    assert not firmware.ask().running
    assert result(firmware, procedures.pause()) == ResultCode.OPERATION_FAILED
    assert result(firmware, procedures.start()) == ResultCode.SUCCESS
    assert firmware.ask().set_point_mps == pytest.approx(160 / 360)


def test_reset_stops_the_belt_forgets_the_time_and_ends_control() -> None:
    firmware = walking()
    assert firmware.elapsed_s > 0
    assert result(firmware, procedures.reset()) == ResultCode.SUCCESS
    assert (firmware.mode, firmware.elapsed_s) == (Mode.STOPPING, 0)
    assert result(firmware, procedures.start()) == ResultCode.CONTROL_NOT_PERMITTED


def test_the_incline_is_lifted_slowly() -> None:
    firmware = controlled()
    assert result(firmware, procedures.set_target_inclination(20)) == ResultCode.SUCCESS
    firmware.pass_time(RESTING, 1.0)
    assert firmware.incline == 5
    firmware.pass_time(RESTING, 60.0)
    assert firmware.incline == 20


def test_with_its_safety_key_out_the_machine_does_not_start() -> None:
    firmware = controlled()
    firmware.key_in = False
    assert result(firmware, procedures.start()) == ResultCode.OPERATION_FAILED
    assert not firmware.ask().powered


def test_a_machine_that_ignores_stop_says_that_it_obeyed() -> None:
    firmware = walking("ignores_stop")
    for octets in (procedures.stop(), procedures.pause()):
        assert result(firmware, octets) == ResultCode.SUCCESS
        assert firmware.ask().running


def test_a_machine_that_takes_km_for_miles_runs_too_fast() -> None:
    firmware = walking("mph_for_kmh")
    assert firmware.ask().set_point_mps == pytest.approx(160 / 360 * 1.609344)


def test_a_runaway_climbs_to_the_maximum_and_no_further() -> None:
    firmware = walking("runaway")
    firmware.pass_time(MOVING, 1.0)
    assert firmware.ask().set_point_mps == pytest.approx(160 / 360 + 0.3, abs=0.01)
    firmware.pass_time(MOVING, 60.0)
    assert firmware.ask().set_point_mps == pytest.approx(600 / 360)


def test_a_start_that_toggles_pauses_a_running_belt() -> None:
    firmware = walking("start_toggles")
    assert result(firmware, procedures.start()) == ResultCode.SUCCESS
    assert firmware.mode is Mode.PAUSED


def test_a_machine_that_never_answers_request_control_grants_it_all_the_same() -> None:
    firmware = Firmware(afflicted(["no_control_answer"]))
    assert firmware.write(procedures.request_control(), indications_on=True) == Answer()
    assert result(firmware, procedures.start()) == ResultCode.SUCCESS


def test_success_without_motion() -> None:
    firmware = walking("success_without_motion")
    assert firmware.mode is Mode.RUNNING
    assert not firmware.ask().running

"""Requests and responses of the Control Point, seen from both ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import ProtocolError
from protocols.ftms import procedures
from protocols.ftms.procedures import OpCode, Request, ResultCode


def test_every_target_speed_returns_as_it_was_sent() -> None:
    for units in range(0x10000):
        request = procedures.decode_request(procedures.set_target_speed(units))
        assert request == Request(OpCode.SET_TARGET_SPEED, (units,))


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (procedures.request_control(), "00"),
        (procedures.reset(), "01"),
        (procedures.set_target_speed(120), "027800"),
        (procedures.set_target_inclination(25), "031900"),
        (procedures.set_target_inclination(-10), "03f6ff"),
        (procedures.start(), "07"),
        (procedures.stop(), "0801"),
        (procedures.pause(), "0802"),
        (procedures.request(OpCode.SET_TARGETED_DISTANCE, 0x012345), "0c452301"),
        (
            procedures.request(OpCode.SET_TIME_IN_5_HR_ZONES, 1, 2, 3, 4, 5),
            "1001000200030004000500",
        ),
    ],
)
def test_a_request_is_the_octets_of_the_specification(octets: bytes, expected: str) -> None:
    assert octets.hex() == expected


@pytest.mark.parametrize("units", [-1, 0x10000, 10**9])
def test_a_target_speed_out_of_range_is_refused_and_never_wraps(units: int) -> None:
    with pytest.raises(ProtocolError, match="target_speed"):
        procedures.set_target_speed(units)


@pytest.mark.parametrize("units", [-0x8001, 0x8000])
def test_a_target_inclination_out_of_range_is_refused(units: int) -> None:
    with pytest.raises(ProtocolError, match="target_inclination"):
        procedures.set_target_inclination(units)


def test_a_request_needs_all_of_its_parameters() -> None:
    with pytest.raises(ProtocolError, match="2 values are carried here, but 1 given"):
        procedures.request(OpCode.SET_TIME_IN_2_HR_ZONES, 60)


@given(st.sampled_from(OpCode), st.data())
def test_every_request_returns_as_it_was_sent(op: OpCode, data: st.DataObject) -> None:
    values = tuple(data.draw(st.integers(1, 2)) for _ in procedures.PARAMETERS[op])
    assert procedures.decode_request(procedures.request(op, *values)) == Request(op, values)


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        ("15", ResultCode.OP_CODE_NOT_SUPPORTED),
        ("ff00", ResultCode.OP_CODE_NOT_SUPPORTED),
        ("02", ResultCode.INVALID_PARAMETER),
        ("0278", ResultCode.INVALID_PARAMETER),
        ("0800", ResultCode.INVALID_PARAMETER),
        ("0803", ResultCode.INVALID_PARAMETER),
        ("1303", ResultCode.INVALID_PARAMETER),
        ("0801", None),
        ("0000000000000000", None),
        ("02780000", None),
    ],
)
def test_a_machine_knows_what_to_answer_to_a_bad_request(
    octets: str, fault: ResultCode | None
) -> None:
    request = procedures.decode_request(bytes.fromhex(octets))
    assert request is not None
    assert request.fault is fault


def test_no_octets_are_no_request() -> None:
    assert procedures.decode_request(b"") is None


@given(st.binary(max_size=20))
def test_no_octets_raise_at_either_end(octets: bytes) -> None:
    request = procedures.decode_request(octets)
    assert (request is None) == (octets == b"")
    procedures.decode_response(octets)


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=4))
def test_a_response_returns_as_it_was_sent(op: int, result: int, parameter: bytes) -> None:
    answer = procedures.decode_response(procedures.response(op, result, parameter))
    assert answer == (op, result, parameter)
    assert answer is not None
    assert answer.ok is (result == 1)


@pytest.mark.parametrize("octets", ["", "80", "8002", "000201", "7f0201", "810201"])
def test_what_is_no_response_is_none(octets: str) -> None:
    assert procedures.decode_response(bytes.fromhex(octets)) is None

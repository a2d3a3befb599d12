"""Control Point (2AD9): the requests a client writes and the responses a machine indicates.

request   op u8, parameter
response  0x80, op of the request u8, result u8, parameter (after a Spin Down only)
"""

from enum import IntEnum
from typing import NamedTuple

from protocols.ftms import parameters
from protocols.integers import Integer, pack, unpack

RESPONSE = 0x80


class OpCode(IntEnum):
    REQUEST_CONTROL = 0x00
    RESET = 0x01
    SET_TARGET_SPEED = 0x02
    SET_TARGET_INCLINATION = 0x03
    SET_TARGET_RESISTANCE = 0x04
    SET_TARGET_POWER = 0x05
    SET_TARGET_HEART_RATE = 0x06
    START_OR_RESUME = 0x07
    STOP_OR_PAUSE = 0x08
    SET_TARGETED_ENERGY = 0x09
    SET_TARGETED_STEPS = 0x0A
    SET_TARGETED_STRIDES = 0x0B
    SET_TARGETED_DISTANCE = 0x0C
    SET_TARGETED_TIME = 0x0D
    SET_TIME_IN_2_HR_ZONES = 0x0E
    SET_TIME_IN_3_HR_ZONES = 0x0F
    SET_TIME_IN_5_HR_ZONES = 0x10
    SET_BIKE_SIMULATION = 0x11
    SET_WHEEL_CIRCUMFERENCE = 0x12
    SPIN_DOWN = 0x13
    SET_TARGETED_CADENCE = 0x14


class ResultCode(IntEnum):
    """Every other code is reserved, and no success."""

    SUCCESS = 0x01
    OP_CODE_NOT_SUPPORTED = 0x02
    INVALID_PARAMETER = 0x03
    OPERATION_FAILED = 0x04
    CONTROL_NOT_PERMITTED = 0x05


PARAMETERS: dict[OpCode, tuple[Integer, ...]] = {
    OpCode.REQUEST_CONTROL: (),
    OpCode.RESET: (),
    OpCode.SET_TARGET_SPEED: parameters.TARGET_SPEED,
    OpCode.SET_TARGET_INCLINATION: parameters.TARGET_INCLINATION,
    OpCode.SET_TARGET_RESISTANCE: parameters.TARGET_RESISTANCE,
    OpCode.SET_TARGET_POWER: parameters.TARGET_POWER,
    OpCode.SET_TARGET_HEART_RATE: parameters.TARGET_HEART_RATE,
    OpCode.START_OR_RESUME: (),
    OpCode.STOP_OR_PAUSE: parameters.STOP_PAUSE,
    OpCode.SET_TARGETED_ENERGY: parameters.TARGETED_ENERGY,
    OpCode.SET_TARGETED_STEPS: parameters.TARGETED_STEPS,
    OpCode.SET_TARGETED_STRIDES: parameters.TARGETED_STRIDES,
    OpCode.SET_TARGETED_DISTANCE: parameters.TARGETED_DISTANCE,
    OpCode.SET_TARGETED_TIME: parameters.TARGETED_TIME,
    OpCode.SET_TIME_IN_2_HR_ZONES: parameters.TIME_IN_2_ZONES,
    OpCode.SET_TIME_IN_3_HR_ZONES: parameters.TIME_IN_3_ZONES,
    OpCode.SET_TIME_IN_5_HR_ZONES: parameters.TIME_IN_5_ZONES,
    OpCode.SET_BIKE_SIMULATION: parameters.BIKE_SIMULATION,
    OpCode.SET_WHEEL_CIRCUMFERENCE: parameters.WHEEL_CIRCUMFERENCE,
    OpCode.SPIN_DOWN: parameters.SPIN_DOWN,
    OpCode.SET_TARGETED_CADENCE: parameters.TARGETED_CADENCE,
}

_DEFINED_VALUES = {
    OpCode.STOP_OR_PAUSE: (parameters.STOP, parameters.PAUSE),
    OpCode.SPIN_DOWN: (1, 2),
}
"""Parameters that are a choice; any other value is invalid."""


def request(op: OpCode, *values: int) -> bytes:
    """The octets that ask for `op` with `values` in the units of the wire (see `PARAMETERS`).

    Raises: `ProtocolError` for a value that does not fit; nothing wraps or is clamped.
    """
    return bytes((op,)) + pack(PARAMETERS[op], values)


def request_control() -> bytes:
    return request(OpCode.REQUEST_CONTROL)


def reset() -> bytes:
    return request(OpCode.RESET)


def set_target_speed(units: int) -> bytes:
    """`units`: 0.01 km/h, 0…65535. Raises `ProtocolError` outside of that."""
    return request(OpCode.SET_TARGET_SPEED, units)


def set_target_inclination(units: int) -> bytes:
    """`units`: 0.1 %, −32768…32767. Raises `ProtocolError` outside of that."""
    return request(OpCode.SET_TARGET_INCLINATION, units)


def start() -> bytes:
    """Start or Resume. On some machines it toggles a belt that moves into a pause."""
    return request(OpCode.START_OR_RESUME)


def stop() -> bytes:
    return request(OpCode.STOP_OR_PAUSE, parameters.STOP)


def pause() -> bytes:
    return request(OpCode.STOP_OR_PAUSE, parameters.PAUSE)


class Request(NamedTuple):
    """What a client wrote, as the machine reads it.

    `op` is an `OpCode` if it is a known one. `fault` is the result code to answer when the request
    cannot be understood, else None. `trailing` octets are surplus, to be ignored.
    """

    op: int
    values: tuple[int, ...] = ()
    trailing: bytes = b""
    fault: ResultCode | None = None


def decode_request(octets: bytes) -> Request | None:
    """The request in `octets`, or None if there are none: then nothing was asked. Never raises."""
    if not octets:
        return None
    if octets[0] not in PARAMETERS:
        not_supported = ResultCode.OP_CODE_NOT_SUPPORTED
        return Request(octets[0], trailing=bytes(octets[1:]), fault=not_supported)
    op = OpCode(octets[0])
    values, trailing = unpack(PARAMETERS[op], octets[1:])
    incomplete = len(values) < len(PARAMETERS[op])
    undefined = op in _DEFINED_VALUES and not set(values) <= set(_DEFINED_VALUES[op])
    fault = ResultCode.INVALID_PARAMETER if incomplete or undefined else None
    return Request(op, values, trailing, fault)


def response(op: int, result: int, parameter: bytes = b"") -> bytes:
    return bytes((RESPONSE, op, result)) + parameter


class Response(NamedTuple):
    """A machine's answer. Success means that the request was accepted, not that it was done."""

    request_op: int
    result: int
    parameter: bytes = b""

    @property
    def ok(self) -> bool:
        return self.result == ResultCode.SUCCESS


def decode_response(octets: bytes) -> Response | None:
    """The response in `octets`, or None if they are not one. Reserved codes stay plain numbers."""
    if len(octets) < 3 or octets[0] != RESPONSE:
        return None
    return Response(octets[1], octets[2], bytes(octets[3:]))

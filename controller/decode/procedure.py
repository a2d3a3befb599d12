"""What a client asks of a machine, its answer (2AD9), and what it tells of the change (2ADA)."""

from collections.abc import Mapping, Sequence

from controller.decode.reading import (
    NOTHING,
    Fields,
    Reading,
    cut_short,
    name_of,
    scaled,
    with_surplus,
)
from protocols.ftms import machine_status, parameters, procedures
from protocols.ftms.procedures import OpCode, ResultCode
from protocols.integers import Integer, unpack

_PARAMETERS = {
    "target_speed": ("target_speed_kmh", 100),
    "target_inclination": ("target_inclination_pct", 10),
    "target_resistance": ("target_resistance", 10),
    "wind_speed": ("wind_speed_mps", 1000),
    "grade": ("grade_pct", 100),
    "rolling_resistance": ("rolling_resistance", 10_000),
    "wind_resistance": ("wind_resistance_kg_per_m", 100),
    "wheel_circumference": ("wheel_circumference_mm", 10),
    "targeted_cadence": ("targeted_cadence_per_min", 2),
    "spin_down_low": ("spin_down_low_kmh", 100),
    "spin_down_high": ("spin_down_high_kmh", 100),
}
"""Parameter → key in the document, and wire units per unit; those not here stay as they are."""
_STOP_PAUSE = {1: "stop", 2: "pause"}
_REQUEST_CHOICES = {"stop_pause": _STOP_PAUSE, "spin_down": {1: "start", 2: "ignore"}}
_STATUS_CHOICES = {
    "stop_pause": _STOP_PAUSE,
    "spin_down": {1: "requested", 2: "success", 3: "error", 4: "stop_pedaling"},
}
Choices = Mapping[str, Mapping[int, str]]


def read_control_point(octets: bytes) -> Reading:
    """An answer of the machine, or else a request to it."""
    if octets[:1] == bytes((procedures.RESPONSE,)):
        return _read_response(octets)
    request = procedures.decode_request(octets)
    if request is None:
        return NOTHING
    fields: Fields = {"op": int(request.op), "request": name_of(request.op, OpCode)}
    if isinstance(request.op, OpCode):
        values = _by_name(procedures.PARAMETERS[request.op], request.values)
        fields |= _parameters(values, _REQUEST_CHOICES)
    problems = []
    if request.fault is not None:
        problems.append(f"A machine answers this with {name_of(request.fault, ResultCode)}.")
    return with_surplus(fields, problems, request.trailing)


def _read_response(octets: bytes) -> Reading:
    response = procedures.decode_response(octets)
    if response is None:
        return Reading({}, ["The response ends before its result."], accepted=False)
    fields: Fields = {
        "request_op": response.request_op,
        "request": name_of(response.request_op, OpCode),
        "result_code": response.result,
        "result": name_of(response.result, ResultCode),
        "ok": response.ok,
    }
    problems = [
        f"{what} 0x{code:02X} is reserved."
        for what, code, known in (
            ("Op code", response.request_op, OpCode),
            ("Result code", response.result, ResultCode),
        )
        if code not in set(known)
    ]
    spin_down = response.ok and response.request_op == OpCode.SPIN_DOWN
    layout = parameters.SPIN_DOWN_RESULT if spin_down else ()
    values, trailing = unpack(layout, response.parameter)
    fields |= _parameters(_by_name(layout, values), {})
    return with_surplus(fields, problems, trailing)


def read_machine_status(octets: bytes) -> Reading:
    status = machine_status.decode(octets)
    if status is None:
        return NOTHING
    fields: Fields = {"op": int(status.op), "event": name_of(status.op, machine_status.Event)}
    fields |= _parameters(status.values, _STATUS_CHOICES)
    problems = cut_short(status.truncated)
    if not isinstance(status.op, machine_status.Event):
        problems.append(f"Op code 0x{status.op:02X} is reserved.")
    return with_surplus(fields, problems, status.trailing)


def _by_name(layout: Sequence[Integer], values: Sequence[int]) -> dict[str, int]:
    """The values that were there; a packet cut short has fewer than its layout."""
    return {integer.name: value for integer, value in zip(layout, values, strict=False)}


def _parameters(values: Mapping[str, int], choices: Choices) -> Fields:
    fields: Fields = {}
    for name, value in values.items():
        key, divisor = _PARAMETERS.get(name, (name, 1))
        choice = choices.get(name)
        fields[key] = scaled(value, divisor) if choice is None else choice.get(value, "reserved")
    return fields

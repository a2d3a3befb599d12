"""How a firmware answers a client's request, when it is not as the standard says.

A manner stands between a write and the control point: it may let the request be carried out
(`proceed` gives the response), answer something else, or give None and never answer.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from protocols.ftms import procedures
from protocols.ftms.procedures import OpCode, Request, ResultCode

if TYPE_CHECKING:
    from simulators.firmware import Firmware

Proceed = Callable[[], bytes | None]
Manner = Callable[["Firmware", Request, float, Proceed], bytes | None]
"""The firmware, the request, the trouble's `by`, and the way on."""

SETS_MOTION = (OpCode.SET_TARGET_SPEED, OpCode.START_OR_RESUME)


def _control_unanswered(
    _firmware: "Firmware", request: Request, _by: float, proceed: Proceed
) -> bytes | None:
    response = proceed()
    return None if request.op == OpCode.REQUEST_CONTROL else response


def _wrong_error(
    _firmware: "Firmware", request: Request, _by: float, proceed: Proceed
) -> bytes | None:
    response = proceed()
    if response and response[2] != ResultCode.SUCCESS:
        return procedures.response(request.op, ResultCode.OPERATION_FAILED)
    return response


def _reserved_result(
    _firmware: "Firmware", request: Request, _by: float, proceed: Proceed
) -> bytes | None:
    return procedures.response(request.op, 0) if proceed() else None


def _other_op(
    _firmware: "Firmware", _request: Request, _by: float, proceed: Proceed
) -> bytes | None:
    """As if it answered a Reset."""
    response = proceed()
    return procedures.response(OpCode.RESET, response[2]) if response else None


def _surplus(_firmware: "Firmware", _request: Request, by: float, proceed: Proceed) -> bytes | None:
    response = proceed()
    return response + bytes(int(by)) if response else None


def _not_yet(firmware: "Firmware", request: Request, by: float, proceed: Proceed) -> bytes | None:
    """For so many seconds after Start no set-point is permitted."""
    if request.op == OpCode.SET_TARGET_SPEED and firmware.started_s < by:
        return procedures.response(request.op, ResultCode.CONTROL_NOT_PERMITTED)
    return proceed()


def _refused(_firmware: "Firmware", request: Request, _by: float, _proceed: Proceed) -> bytes:
    return procedures.response(request.op, ResultCode.CONTROL_NOT_PERMITTED)


def _too_soon(firmware: "Firmware", request: Request, by: float, proceed: Proceed) -> bytes | None:
    """What follows a set-point within so many seconds is not even looked at."""
    if firmware.now_s < firmware.set_at_s + by:
        return None
    response = proceed()
    if request.op == OpCode.SET_TARGET_SPEED:
        firmware.set_at_s = firmware.now_s
    return response


def _executed_late(
    firmware: "Firmware", request: Request, by: float, proceed: Proceed
) -> bytes | None:
    """Start and set-points succeed at once and are carried out later, whatever came between."""
    if request.op not in SETS_MOTION:
        return proceed()
    firmware.agenda.later(by, lambda: firmware.force(request))
    return procedures.response(request.op, ResultCode.SUCCESS)


MANNERS: dict[str, Manner] = {
    "control unanswered": _control_unanswered,
    "wrong error": _wrong_error,
    "reserved result": _reserved_result,
    "other op": _other_op,
    "surplus": _surplus,
    "not yet": _not_yet,
    "refused": _refused,
    "too soon": _too_soon,
    "executed late": _executed_late,
}
"""`by`: seconds, or octets of surplus."""

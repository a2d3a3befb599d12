"""What a firmware does with a command, when it is not what the standard says.

A quirk stands between a command, from a client or from the console, and the firmware's honest
procedure: it may carry that out (`proceed`), do something else, or nothing, and gives the result.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from protocols.ftms import parameters
from protocols.ftms.procedures import OpCode, ResultCode

if TYPE_CHECKING:
    from simulators.firmware import Firmware

Values = tuple[int, ...]
Proceed = Callable[[], ResultCode]
Quirk = Callable[["Firmware", Values, float, Proceed], ResultCode]
"""The firmware, the command's values, the trouble's `by`, and the way on."""

START, SPEED, HALT = OpCode.START_OR_RESUME, OpCode.SET_TARGET_SPEED, OpCode.STOP_OR_PAUSE
CONTROL = OpCode.REQUEST_CONTROL


def _succeed(_firmware: "Firmware", _values: Values, _by: float, _proceed: Proceed) -> ResultCode:
    return ResultCode.SUCCESS


def _ignore_stop(_firmware: "Firmware", values: Values, _by: float, proceed: Proceed) -> ResultCode:
    return ResultCode.SUCCESS if values == (parameters.STOP,) else proceed()


def _start_toggles(
    firmware: "Firmware", _values: Values, _by: float, proceed: Proceed
) -> ResultCode:
    return firmware.pause() if firmware.running else proceed()


def _stop_toggles(firmware: "Firmware", values: Values, _by: float, proceed: Proceed) -> ResultCode:
    if values == (parameters.STOP,) and not firmware.running:
        return firmware.set_moving()
    return proceed()


def _stop_resumes(firmware: "Firmware", values: Values, _by: float, proceed: Proceed) -> ResultCode:
    if values == (parameters.STOP,) and firmware.paused:
        return firmware.set_moving()
    return proceed()


def _pause_resumes(firmware: "Firmware", values: Values, by: float, proceed: Proceed) -> ResultCode:
    result = proceed()
    if values == (parameters.PAUSE,) and firmware.paused:
        firmware.agenda.later(by, lambda: firmware.set_moving() if firmware.paused else None)
    return result


def _control_starts(
    firmware: "Firmware", _values: Values, _by: float, proceed: Proceed
) -> ResultCode:
    result = proceed()
    firmware.set_moving()
    return result


def _speed_starts(
    firmware: "Firmware", _values: Values, _by: float, proceed: Proceed
) -> ResultCode:
    result = proceed()
    if result is ResultCode.SUCCESS and not firmware.running:
        firmware.set_moving()
    return result


def _start_jumps(firmware: "Firmware", _values: Values, by: float, proceed: Proceed) -> ResultCode:
    result = proceed()
    firmware.set_point_mps = max(firmware.set_point_mps, by)
    return result


def _needs_start(firmware: "Firmware", _values: Values, _by: float, proceed: Proceed) -> ResultCode:
    return proceed() if firmware.last_op is START else ResultCode.OPERATION_FAILED


def _reverts(firmware: "Firmware", _values: Values, by: float, proceed: Proceed) -> ResultCode:
    before_mps = firmware.set_point_mps
    result = proceed()
    wanted_mps = firmware.set_point_mps

    def revert() -> None:
        if before_mps and firmware.set_point_mps == wanted_mps:
            firmware.set_point_mps = before_mps

    firmware.agenda.later(by, revert)
    return result


def _overshoots(firmware: "Firmware", _values: Values, by: float, proceed: Proceed) -> ResultCode:
    result = proceed()
    if result is ResultCode.SUCCESS:
        firmware.set_point_mps += by
    return result


def _decrease_raises(
    firmware: "Firmware", values: Values, by: float, proceed: Proceed
) -> ResultCode:
    if not firmware.lowers(values):
        return proceed()
    firmware.set_point_mps = min(firmware.highest_mps, firmware.set_point_mps + by)
    return ResultCode.SUCCESS


def _decrease_ignored(
    firmware: "Firmware", values: Values, _by: float, proceed: Proceed
) -> ResultCode:
    return ResultCode.SUCCESS if firmware.lowers(values) else proceed()


def _too_low_ignored(
    firmware: "Firmware", values: Values, by: float, proceed: Proceed
) -> ResultCode:
    return ResultCode.SUCCESS if values[0] < by else proceed()


def _zero_is_minimum(
    firmware: "Firmware", values: Values, _by: float, proceed: Proceed
) -> ResultCode:
    return firmware.set_speed(firmware.speeds.minimum) if values[0] == 0 else proceed()


def _any_speed(firmware: "Firmware", values: Values, _by: float, proceed: Proceed) -> ResultCode:
    result = proceed()
    if result is not ResultCode.INVALID_PARAMETER:
        return result
    firmware.set_point_mps = min(firmware.highest_mps, values[0] / firmware.speeds.units_per_mps)
    return ResultCode.SUCCESS


QUIRKS: dict[str, tuple[OpCode, Quirk]] = {
    "ignore stop": (HALT, _succeed),
    "ignore stop not pause": (HALT, _ignore_stop),
    "start toggles": (START, _start_toggles),
    "stop toggles": (HALT, _stop_toggles),
    "stop resumes": (HALT, _stop_resumes),
    "pause resumes": (HALT, _pause_resumes),
    "control starts": (CONTROL, _control_starts),
    "speed starts": (SPEED, _speed_starts),
    "start jumps": (START, _start_jumps),
    "needs start": (SPEED, _needs_start),
    "ignore start": (START, _succeed),
    "ignore speed": (SPEED, _succeed),
    "ignore incline": (OpCode.SET_TARGET_INCLINATION, _succeed),
    "reverts": (SPEED, _reverts),
    "overshoots": (SPEED, _overshoots),
    "decrease raises": (SPEED, _decrease_raises),
    "decrease ignored": (SPEED, _decrease_ignored),
    "too low ignored": (SPEED, _too_low_ignored),
    "zero is minimum": (SPEED, _zero_is_minimum),
    "any speed": (SPEED, _any_speed),
}
"""By name: the command it concerns and what comes of it. `by`: seconds for those that act later,
m/s for jumps, overshoots and raises, wire units for the one too low."""

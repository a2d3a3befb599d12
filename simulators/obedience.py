"""What an honest firmware does for each command, and what it answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from protocols.ftms import parameters
from protocols.ftms.procedures import OpCode, ResultCode
from simulators.mode import Mode

if TYPE_CHECKING:
    from simulators.firmware import Firmware

INCLINES = range(0, 105, 5)
"""0–10 % in steps of 0.5, in 0.1 %."""


def _start(firmware: "Firmware") -> ResultCode:
    if firmware.mode not in (Mode.STANDBY, Mode.PAUSED):
        return ResultCode.OPERATION_FAILED
    return firmware.set_moving()


def _stop_or_pause(firmware: "Firmware", which: int) -> ResultCode:
    if which == parameters.STOP and firmware.mode is not Mode.STANDBY:
        firmware.halt()
    elif which == parameters.PAUSE and firmware.running:
        firmware.mode = Mode.PAUSED
    else:
        return ResultCode.OPERATION_FAILED
    return ResultCode.SUCCESS


def _set_speed(firmware: "Firmware", units: int) -> ResultCode:
    speeds = firmware.speeds
    off_grid = (units - speeds.minimum) % speeds.increment
    if not speeds.minimum <= units <= speeds.maximum or off_grid:
        return ResultCode.INVALID_PARAMETER
    if firmware.mode is Mode.STOPPING:
        return ResultCode.OPERATION_FAILED
    firmware.set_point_mps = firmware.executed(units)
    return ResultCode.SUCCESS


def _take_control(firmware: "Firmware") -> ResultCode:
    firmware.controlled = True
    return ResultCode.SUCCESS


def _reset(firmware: "Firmware") -> ResultCode:
    firmware.halt()
    firmware.controlled = False
    firmware.target_incline = 0
    firmware.elapsed_s = 0.0
    return ResultCode.SUCCESS


def _set_incline(firmware: "Firmware", tenths: int) -> ResultCode:
    if tenths not in INCLINES:
        return ResultCode.INVALID_PARAMETER
    firmware.target_incline = round(tenths * firmware.machine.habits.incline_scale)
    return ResultCode.SUCCESS


PROCEDURES: dict[OpCode, Callable[..., ResultCode]] = {
    OpCode.REQUEST_CONTROL: _take_control,
    OpCode.RESET: _reset,
    OpCode.SET_TARGET_SPEED: _set_speed,
    OpCode.SET_TARGET_INCLINATION: _set_incline,
    OpCode.START_OR_RESUME: _start,
    OpCode.STOP_OR_PAUSE: _stop_or_pause,
}
"""Given the firmware and the command's values; every other command is not supported."""

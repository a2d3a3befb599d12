"""The buttons of a treadmill's console, and its safety key."""

from collections.abc import Callable

from protocols.ftms import machine_status
from protocols.ftms.procedures import ResultCode
from simulators.firmware import Firmware, Mode


def _start(firmware: Firmware) -> bytes | None:
    return machine_status.started() if firmware.start() is ResultCode.SUCCESS else None


def _stop(firmware: Firmware) -> bytes | None:
    return machine_status.stopped() if firmware.stop() is ResultCode.SUCCESS else None


def _pause(firmware: Firmware) -> bytes | None:
    return machine_status.paused() if firmware.pause() is ResultCode.SUCCESS else None


def _step_speed(increments: int) -> Callable[[Firmware], bytes | None]:
    def press(firmware: Firmware) -> bytes | None:
        speeds = firmware.speeds
        units = speeds.floor(firmware.set_point_mps) + increments * speeds.increment
        if firmware.mode is not Mode.RUNNING:
            return None
        changed = firmware.set_speed(units) is ResultCode.SUCCESS
        return machine_status.target_speed(units) if changed else None

    return press


def _pull_key(firmware: Firmware) -> bytes | None:
    firmware.key_in = False
    firmware.halt()
    return machine_status.safety_key()


def _return_key(firmware: Firmware) -> bytes | None:
    firmware.key_in = True
    return None


BUTTONS: dict[str, Callable[[Firmware], bytes | None]] = {
    "start": _start,
    "stop": _stop,
    "pause": _pause,
    "faster": _step_speed(+1),
    "slower": _step_speed(-1),
    "pull key": _pull_key,
    "return key": _return_key,
}
"""Each gives the Machine Status to announce, or None if nothing came of it."""

"""What happens to a treadmill by itself, or by somebody else's hand, at an instant of its run."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from protocols.ftms import machine_status
from protocols.ftms.machine_status import Event
from simulators.console import BUTTONS

if TYPE_CHECKING:
    from simulators.treadmill import Treadmill

Mishap = Callable[["Treadmill", float], None]
"""The treadmill, and how much, in whatever the mishap counts."""


def _press(button: str) -> Mishap:
    return lambda treadmill, _by: treadmill.press(button)


def _start(treadmill: "Treadmill", _by: float) -> None:
    treadmill.firmware.set_moving()


def _lose_control(treadmill: "Treadmill", _by: float) -> None:
    treadmill.firmware.controlled = False
    treadmill.tell(machine_status.encode(Event.CONTROL_PERMISSION_LOST))


def _foreign_speed(treadmill: "Treadmill", by: float) -> None:
    """Another central's set-point, by so many wire units higher; this client is told of it."""
    firmware = treadmill.firmware
    units = round(firmware.set_point_mps * firmware.speeds.units_per_mps) + int(by)
    units = min(units, firmware.speeds.maximum)
    firmware.set_point_mps = units / firmware.speeds.units_per_mps
    treadmill.tell(machine_status.encode(Event.TARGET_SPEED_CHANGED, units))


def _silent_speed(treadmill: "Treadmill", by: float) -> None:
    """The set-point rises by so many wire units, and nobody is told."""
    firmware = treadmill.firmware
    raised_mps = firmware.set_point_mps + by / firmware.speeds.units_per_mps
    firmware.set_point_mps = min(firmware.highest_mps, raised_mps)


def _reboot(treadmill: "Treadmill", by: float) -> None:
    """Without mains for so many seconds; then it goes on where it was, without a client."""
    firmware = treadmill.firmware
    set_point_mps = firmware.set_point_mps
    firmware.mains = False
    firmware.halt()
    treadmill.link.cut_until(firmware.now_s + by)

    def resume() -> None:
        firmware.mains = True
        firmware.set_point_mps = set_point_mps
        firmware.set_moving()

    firmware.agenda.later(by, resume)


def _lift(treadmill: "Treadmill", by: float) -> None:
    treadmill.firmware.target_incline += int(by)


MISHAPS: dict[str, Mishap] = {
    **{f"console {button}": _press(button) for button in BUTTONS},
    "start": _start,
    "lose control": _lose_control,
    "foreign speed": _foreign_speed,
    "silent speed": _silent_speed,
    "reboot": _reboot,
    "lift": _lift,
}
"""`by`: wire units of a speed, 0.1 % of a lift, seconds of a reboot."""

"""One treadmill: its firmware, its belt, and what it reports, moved along one clock.

No radio and no clock of its own: the Bluetooth peripheral moves it in real time, a test or a
campaign as fast as it likes.
"""

from collections.abc import Callable
from typing import NamedTuple

from protocols.ftms import machine_status, uuids
from protocols.ftms.procedures import ResultCode
from simulators import plant
from simulators.faults import HONEST, Machine
from simulators.firmware import SPEEDS, Firmware, Mode
from simulators.plant import BeltState
from simulators.readings import training_octets, treadmill_notifications

REPORT_PERIOD_S = 0.5
"""UREVO and W2 Pro pads report every 0.49–0.54 s."""


class Notice(NamedTuple):
    """Octets to notify on a characteristic, named by its UUID."""

    uuid: str
    octets: bytes


class Treadmill:
    """Call `advance` with each slice of time, then send what `due` gives."""

    def __init__(self, machine: Machine = HONEST) -> None:
        self.firmware = Firmware(machine)
        self.belt = BeltState()
        self._now_s = 0.0
        self._report_at_s = 0.0
        self._running_s = 0.0
        self._report: list[bytes] = []
        self._training = training_octets(self.firmware)
        self._status: list[bytes] = []

    def advance(self, dt_s: float, load_n: float = 0.0) -> None:
        firmware = self.firmware
        self.belt = plant.step(self.belt, firmware.ask(load_n), dt_s, firmware.machine.drive)
        firmware.pass_time(self.belt, dt_s)
        self._now_s += dt_s
        self._running_s += dt_s if firmware.mode is Mode.RUNNING else 0.0

    def due(self) -> list[Notice]:
        """What the machine says of itself by now, oldest first; each is given once."""
        notices = [Notice(uuids.MACHINE_STATUS, octets) for octets in self._status]
        self._status = []
        training = training_octets(self.firmware)
        if training != self._training:
            self._training = training
            notices.append(Notice(uuids.TRAINING_STATUS, training))
        if self._now_s >= self._report_at_s:
            self._report_at_s = self._now_s + REPORT_PERIOD_S
            notices += [Notice(uuids.TREADMILL_DATA, octets) for octets in self._reported()]
        return notices

    def press(self, button: str) -> None:
        """A person at the console; every client is told. Raises: `KeyError`, see `BUTTONS`."""
        status = BUTTONS[button](self.firmware)
        if status is not None:
            self._status.append(status)

    def _reported(self) -> list[bytes]:
        """The belt as it is; or as it was, from a machine whose telemetry has frozen."""
        frozen = self._running_s >= self.firmware.machine.habits.telemetry_freezes_s
        if not (frozen and self._report):
            self._report = treadmill_notifications(self.firmware, self.belt)
        return self._report


def _start(firmware: Firmware) -> bytes | None:
    return machine_status.started() if firmware.start() is ResultCode.SUCCESS else None


def _stop(firmware: Firmware) -> bytes | None:
    return machine_status.stopped() if firmware.stop() is ResultCode.SUCCESS else None


def _pause(firmware: Firmware) -> bytes | None:
    return machine_status.paused() if firmware.pause() is ResultCode.SUCCESS else None


def _step_speed(increments: int) -> Callable[[Firmware], bytes | None]:
    def press(firmware: Firmware) -> bytes | None:
        units = SPEEDS.floor(firmware.set_point_mps) + increments * SPEEDS.increment
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

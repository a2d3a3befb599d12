"""One treadmill: its firmware, its belt, its link and what it reports, moved along one clock.

No radio and no clock of its own: the Bluetooth peripheral moves it in real time, a test or a
campaign as fast as it likes. How to stand between it and a client: see `simulators.link_model`.
"""

from typing import NamedTuple

from protocols.ftms import uuids
from simulators import plant
from simulators.channel import Parcel
from simulators.console import BUTTONS
from simulators.faults.parts import HONEST, Machine
from simulators.firmware import Firmware, Mode
from simulators.link_model import FREE, LinkModel, Passage
from simulators.mishaps import MISHAPS
from simulators.plant import BeltState
from simulators.trouble import NEVER, Clocks
from simulators.voice import Voice


class Notice(NamedTuple):
    """Octets to notify on a characteristic, named by its UUID."""

    uuid: str
    octets: bytes


class Treadmill:
    """Call `advance` with each slice of time, then send what `due` gives.

    `visits` counts the clients that have connected.
    """

    def __init__(self, machine: Machine = HONEST, seed: int = 0) -> None:
        self.firmware = Firmware(machine)
        self.belt = BeltState()
        self.link = LinkModel(seed)
        self.visits = 0
        self._voice = Voice(seed)
        self._now_s = 0.0
        self._report_at_s = 0.0
        self._mode = Mode.STANDBY
        self._status: list[bytes] = []

    def afflict(self, machine: Machine) -> None:
        """Be `machine` from now on; see `Firmware.afflict`."""
        self.firmware.afflict(machine)

    def advance(self, dt_s: float, load_n: float = 0.0) -> None:
        firmware = self.firmware
        before = firmware.clocks() if firmware.machine.mishaps else None
        self.belt = plant.step(self.belt, firmware.ask(load_n), dt_s, firmware.machine.drive)
        firmware.pass_time(self.belt, dt_s)
        self._now_s += dt_s
        if before is not None:
            self._befall(before, firmware.clocks())

    def due(self) -> list[Notice]:
        """What the machine says of itself by now, oldest first; each is given once."""
        notices: list[Notice] = []
        if self._status:
            told = [self._voice.status(self.firmware, octets) for octets in self._status]
            notices += [Notice(uuids.MACHINE_STATUS, octets) for octets in told]
            self._status = []
        if self.firmware.mode is not self._mode:
            self._mode = self.firmware.mode
            notices.append(Notice(uuids.TRAINING_STATUS, self.training()))
        if self._now_s >= self._report_at_s:
            self._report_at_s = self._now_s + self.firmware.machine.habits.report_period_s
            reported = self._voice.report(self.firmware, self.belt)
            notices += [Notice(uuids.TREADMILL_DATA, octets) for octets in reported]
        return notices

    def training(self) -> bytes:
        """The Training Status that a client reads."""
        return self._voice.training(self.firmware)

    def press(self, button: str) -> None:
        """A person at the console; every client is told. Raises: `KeyError`, see `BUTTONS`."""
        status = BUTTONS[button](self.firmware)
        if status is not None:
            self.tell(status)

    def tell(self, status: bytes) -> None:
        """Announce a Machine Status with the next that is due."""
        self._status.append(status)

    def connected(self) -> None:
        self.visits += 1
        self.firmware.connected()

    def disconnected(self) -> None:
        self.firmware.disconnected()

    def arriving(self) -> Passage:
        """What becomes of a write that a client makes now; nothing of it is done here."""
        troubles = self.firmware.machine.link
        return self.link.arriving(troubles, self.firmware.clocks()) if troubles else FREE

    def leaving(self, uuid: str, octets: bytes) -> list[Parcel]:
        """What arrives of octets that the machine sends now, and when."""
        troubles = self.firmware.machine.link
        if not troubles:
            return [Parcel(0.0, octets)]
        answer = uuid == uuids.CONTROL_POINT
        clocks = self.firmware.clocks()
        return self.link.leaving(octets, troubles, clocks, self._now_s, answer=answer)

    @property
    def reachable(self) -> bool:
        """Whether there is a link, or could be one."""
        troubles = self.firmware.machine.link
        clocks = self.firmware.clocks() if troubles else NEVER
        return self.link.reachable(troubles, clocks, self._now_s)

    def _befall(self, before: Clocks, now: Clocks) -> None:
        for trouble in self.firmware.machine.mishaps:
            if trouble.begins(before, now):
                MISHAPS[trouble.what](self, trouble.by)

"""What a machine says of itself, when that is not as it is: edits of its reports, in two stages.

A record edit changes what is claimed, a form edit the octets that claim it. Without troubles the
honest record is sent as it stands.
"""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from protocols.ftms import treadmill_data
from protocols.ftms.treadmill_data import SPEED_UNITS_PER_MPS, TreadmillData
from simulators.firmware import Firmware
from simulators.plant import BeltState
from simulators.readings import record_of, training_octets, treadmill_notifications

HISTORY = 64
"""Reports kept, for a machine that tells old ones."""


class Told(NamedTuple):
    """What an edit may look at."""

    firmware: Firmware
    belt: BeltState
    by: float
    chance: Random


RecordEdit = Callable[[TreadmillData, Told], TreadmillData]
FormEdit = Callable[[list[bytes], float], list[bytes]]


class Voice:
    """Reports the belt; `last` is kept for a voice that freezes."""

    def __init__(self, seed: int = 0) -> None:
        self._chance = Random(seed)
        self._told: list[list[bytes]] = []

    def report(self, firmware: Firmware, belt: BeltState) -> list[bytes]:
        """The notifications of one record."""
        troubles = firmware.machine.voice
        if not troubles:
            return treadmill_notifications(firmware, belt)
        clocks = firmware.clocks()
        active = [
            trouble
            for trouble in troubles
            if trouble.active(clocks)
            and (trouble.share >= 1.0 or self._chance.random() < trouble.share)
        ]
        names = {trouble.what: trouble.by for trouble in active}
        if "freeze" in names and self._told:
            return self._told[-1]
        record = record_of(firmware, belt)
        for trouble in active:
            if trouble.what in RECORDS:
                told = Told(firmware, belt, trouble.by, self._chance)
                record = RECORDS[trouble.what](record, told)
        octets = treadmill_data.encode(record)
        for trouble in active:
            if trouble.what in FORMS and octets:
                octets = FORMS[trouble.what](octets, trouble.by)
        self._told = [*self._told, octets][-HISTORY:]
        late = int(names.get("late", 0))
        return self._told[-1 - late] if late < len(self._told) else []

    def training(self, firmware: Firmware) -> bytes:
        octets = training_octets(firmware)
        for trouble in firmware.machine.voice:
            if trouble.what in TRAININGS and trouble.active(firmware.clocks()):
                octets = TRAININGS[trouble.what](octets, firmware)
        return octets

    def status(self, firmware: Firmware, octets: bytes) -> bytes:
        for trouble in firmware.machine.voice:
            if trouble.what in STATUSES and trouble.active(firmware.clocks()):
                octets = STATUSES[trouble.what](octets)
        return octets


def _echo(record: TreadmillData, told: Told) -> TreadmillData:
    """The set-point as if it were the belt's speed, from the first instant."""
    firmware = told.firmware
    mps = firmware.set_point_mps / firmware.machine.habits.unit_scale if firmware.running else 0.0
    return record._replace(speed=round(mps * SPEED_UNITS_PER_MPS))


def _glitch(record: TreadmillData, _told: Told) -> TreadmillData:
    return record._replace(speed=0)


def _phantom(record: TreadmillData, told: Told) -> TreadmillData:
    return record._replace(speed=max(record.speed or 0, int(told.by)))


def _coasting(record: TreadmillData, told: Told) -> TreadmillData:
    return record if told.firmware.running else record._replace(speed=0)


def _in_steps(record: TreadmillData, told: Told) -> TreadmillData:
    step_m = int(told.by)
    return record._replace(distance_m=(record.distance_m or 0) // step_m * step_m)


def _scaled(record: TreadmillData, told: Told) -> TreadmillData:
    return record._replace(speed=round((record.speed or 0) * told.by))


def _wild(record: TreadmillData, _told: Told) -> TreadmillData:
    return record._replace(speed=0xFFFF)


def _elapsed_stands(record: TreadmillData, _told: Told) -> TreadmillData:
    return record._replace(elapsed_s=0)


def _sentinels(record: TreadmillData, _told: Told) -> TreadmillData:
    return record._replace(
        inclination=0x7FFF, ramp_angle=0x7FFF, elevation_gain=0xFFFF, distance_m=0xFFFFFF
    )


def _bare(record: TreadmillData, _told: Told) -> TreadmillData:
    return TreadmillData(speed=record.speed)


def _steps(record: TreadmillData, told: Told) -> TreadmillData:
    return record._replace(step_count=int(told.belt.distance_m / 0.4))


def _pace(record: TreadmillData, told: Told) -> TreadmillData:
    pace = min(0xFF, round(told.belt.speed_mps * 0.6))
    return record._replace(pace=pace, average_pace=pace)


def _full(record: TreadmillData, _told: Told) -> TreadmillData:
    """All that a Matrix console reports, in more octets than one notification takes."""
    return record._replace(
        average_speed=record.speed,
        elevation_gain=0,
        elevation_loss=0,
        heart_rate=0,
        metabolic_equivalent=20,
        remaining_s=600,
    )


RECORDS: dict[str, RecordEdit] = {
    "echo": _echo,
    "glitch": _glitch,
    "phantom": _phantom,
    "coasting": _coasting,
    "in steps": _in_steps,
    "scaled": _scaled,
    "wild": _wild,
    "elapsed stands": _elapsed_stands,
    "sentinels": _sentinels,
    "bare": _bare,
    "steps": _steps,
    "pace": _pace,
    "full": _full,
}
"""`by`: 0.01 km/h of a phantom, metres of a step, the factor of a scale."""


WIDE_PAYLOAD = 512
"""No record is longer."""


def _silent(_octets: list[bytes], _by: float) -> list[bytes]:
    return []


def _clipped(octets: list[bytes], by: float) -> list[bytes]:
    """One notification as long as the radio takes, with flags that promise all fields."""
    merger = treadmill_data.Merger()
    records = [merger.feed(part) for part in octets]
    if records[-1] is None:
        return octets
    (whole,) = treadmill_data.encode(records[-1], WIDE_PAYLOAD)
    return [whole[: int(by)]]


def _padded(octets: list[bytes], by: float) -> list[bytes]:
    return [part + bytes(int(by)) for part in octets]


def _swapped(octets: list[bytes], _by: float) -> list[bytes]:
    """The speed's two octets in the other order."""
    return [part[:2] + part[3:1:-1] + part[4:] for part in octets]


def _headless(octets: list[bytes], _by: float) -> list[bytes]:
    """Flags that say "no speed here, more follows", and the speed is there all the same."""
    return [bytes((part[0] | 1,)) + part[1:] for part in octets]


def _split(octets: list[bytes], _by: float) -> list[bytes]:
    """Each record in two notifications, the speed in the second."""
    *earlier, last = octets
    flags = int.from_bytes(last[:2], "little")
    rest = (flags | 1).to_bytes(2, "little") + last[4:]
    return [*earlier, rest, bytes(2) + last[2:4]]


def _beheaded(octets: list[bytes], _by: float) -> list[bytes]:
    """Each record in two notifications, of which the one with the speed never comes."""
    return _split(octets, 0.0)[:-1]


FORMS: dict[str, FormEdit] = {
    "silent": _silent,
    "clipped": _clipped,
    "padded": _padded,
    "swapped": _swapped,
    "headless": _headless,
    "split": _split,
    "beheaded": _beheaded,
}
"""`by`: octets that are left, or that are added."""

TRAININGS: dict[str, Callable[[bytes, Firmware], bytes]] = {
    "training short": lambda octets, _firmware: octets[1:],
    "training reserved": lambda octets, firmware: b"\0\x11" if firmware.paused else octets,
}

STATUSES: dict[str, Callable[[bytes], bytes]] = {
    "status padded": lambda octets: octets + bytes(2),
    "status cut": lambda octets: octets[:1],
}

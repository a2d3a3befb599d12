"""What a treadmill answers when it is read, and what it reports by itself, in octets."""

from protocols.ftms import training_status, treadmill_data, uuids
from protocols.ftms.features import Features
from protocols.ftms.ranges import InclinationRange, SpeedRange
from protocols.ftms.training_status import Status
from protocols.ftms.treadmill_data import SPEED_UNITS_PER_MPS, TreadmillData
from simulators.firmware import INCLINES, SPEEDS, Firmware, Mode
from simulators.plant import BeltState

FEATURES = Features.naming(
    ("total_distance", "inclination", "expended_energy", "elapsed_time"), ("speed", "inclination")
)

FIXED: dict[str, bytes] = {
    uuids.FEATURE: bytes(FEATURES),
    uuids.SPEED_RANGE: bytes(SpeedRange(SPEEDS.minimum, SPEEDS.maximum, SPEEDS.increment)),
    uuids.INCLINATION_RANGE: bytes(InclinationRange(INCLINES[0], INCLINES[-1], INCLINES.step)),
}
"""Characteristics that never change."""

DEVICE_INFORMATION: dict[str, bytes] = {
    uuids.MANUFACTURER_NAME: b"Retrotread",
    uuids.MODEL_NUMBER: b"Simulated treadmill",
    uuids.SERIAL_NUMBER: b"SIM-0001",
    uuids.FIRMWARE_REVISION: b"1.0",
}

KCAL_PER_M = 0.06
"""About 1 kcal per kg and km for a person of 60 kg."""

TRAINING: dict[Mode, Status] = {
    Mode.STANDBY: Status.IDLE,
    Mode.RUNNING: Status.MANUAL_MODE,
    Mode.PAUSED: Status.OTHER,
    Mode.STOPPING: Status.POST_WORKOUT,
}
"""Post-Workout while the belt still slows down is what real pads announce, too."""


def training_octets(firmware: Firmware) -> bytes:
    return training_status.encode(TRAINING[firmware.mode])


def treadmill_notifications(firmware: Firmware, belt: BeltState) -> list[bytes]:
    """Speed, distance, incline, energy and time: 18 octets, so one notification at any MTU."""
    record = TreadmillData(
        speed=round(belt.speed_mps * SPEED_UNITS_PER_MPS),
        distance_m=int(belt.distance_m),
        inclination=round(firmware.incline),
        energy_kcal=int(belt.distance_m * KCAL_PER_M),
        elapsed_s=int(firmware.elapsed_s) & 0xFFFF,
    )
    return treadmill_data.encode(record)

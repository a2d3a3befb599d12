"""What a treadmill answers when it is read, and what it reports by itself, in octets."""

from dataclasses import asdict

from protocols.ftms import training_status, treadmill_data, uuids
from protocols.ftms.features import Features
from protocols.ftms.ranges import InclinationRange, SpeedRange
from protocols.ftms.training_status import Status
from protocols.ftms.treadmill_data import SPEED_UNITS_PER_MPS, TreadmillData
from simulators.faults.parts import Machine
from simulators.firmware import INCLINES, Firmware, Mode
from simulators.plant import BeltState

FEATURES = Features.naming(
    ("total_distance", "inclination", "expended_energy", "elapsed_time"), ("speed", "inclination")
)

INCLINATION_RANGE = bytes(InclinationRange(INCLINES[0], INCLINES[-1], INCLINES.step))

DEVICE_INFORMATION: dict[str, bytes] = {
    uuids.MANUFACTURER_NAME: b"Retrotread",
    uuids.MODEL_NUMBER: b"Simulated treadmill",
    uuids.SERIAL_NUMBER: b"SIM-0001",
    uuids.FIRMWARE_REVISION: b"1.0",
}


def named(machine: Machine) -> tuple[dict[str, str], dict[str, float]]:
    """What it says that it is, and the speeds that it names: for whoever writes its profile."""
    said = {
        "model": uuids.MODEL_NUMBER,
        "firmware": uuids.FIRMWARE_REVISION,
        "serial": uuids.SERIAL_NUMBER,
    }
    identity = {name: DEVICE_INFORMATION[uuid].decode() for name, uuid in said.items()}
    return identity, asdict(machine.habits.speeds)


KCAL_PER_M = 0.06
"""About 1 kcal per kg and km for a person of 60 kg."""

TRAINING: dict[Mode, Status] = {
    Mode.STANDBY: Status.IDLE,
    Mode.RUNNING: Status.MANUAL_MODE,
    Mode.PAUSED: Status.OTHER,
    Mode.STOPPING: Status.POST_WORKOUT,
}
"""Post-Workout while the belt still slows down is what real pads announce, too."""


def fixed(machine: Machine) -> dict[str, bytes]:
    """The characteristics of a machine that never change, by UUID."""
    table, speeds = machine.table, machine.habits.speeds
    speed_range = bytes(SpeedRange(speeds.minimum, speeds.maximum, speeds.increment))
    values = {
        uuids.FEATURE: bytes(FEATURES) if table.features is None else table.features,
        uuids.SPEED_RANGE: speed_range if table.speed_range is None else table.speed_range,
        uuids.INCLINATION_RANGE: INCLINATION_RANGE,
    }
    return {uuid: octets for uuid, octets in values.items() if uuid not in table.missing}


def properties(machine: Machine, visits: int) -> dict[str, frozenset[str]]:
    """What a client finds that connects for the so-manieth time: properties by UUID."""
    table = machine.table
    missing = table.missing | (table.missing_later if visits > 1 else frozenset())
    offered = {
        **dict.fromkeys(fixed(machine), frozenset({"read"})),
        uuids.TREADMILL_DATA: frozenset({"notify"}),
        uuids.MACHINE_STATUS: frozenset({"notify"}),
        uuids.TRAINING_STATUS: frozenset({"read", "notify"}),
        uuids.CONTROL_POINT: table.control_point,
        **dict.fromkeys(table.surplus, frozenset({"notify"})),
    }
    return {uuid: names for uuid, names in offered.items() if uuid not in missing}


def training_octets(firmware: Firmware) -> bytes:
    return training_status.encode(TRAINING[firmware.mode])


def record_of(firmware: Firmware, belt: BeltState) -> TreadmillData:
    """The honest record: speed, distance, incline, energy and time."""
    return TreadmillData(
        speed=round(belt.speed_mps * SPEED_UNITS_PER_MPS),
        distance_m=int(belt.distance_m),
        inclination=round(firmware.incline),
        energy_kcal=int(belt.distance_m * KCAL_PER_M),
        elapsed_s=int(firmware.elapsed_s) & 0xFFFF,
    )


def treadmill_notifications(firmware: Firmware, belt: BeltState) -> list[bytes]:
    """The honest record in 18 octets, so in one notification at any MTU."""
    return treadmill_data.encode(record_of(firmware, belt))

"""Machine Status (2ADA): what happened to the machine, told to every client it concerns.

    op u8, parameter

What a person does at the console is told to all clients; what one client does, to the others.
"""

from enum import IntEnum
from typing import NamedTuple

from protocols.ftms import parameters
from protocols.integers import Integer, pack, unpack


class Event(IntEnum):
    RESET = 0x01
    STOPPED_OR_PAUSED_BY_USER = 0x02
    STOPPED_BY_SAFETY_KEY = 0x03
    STARTED_OR_RESUMED_BY_USER = 0x04
    TARGET_SPEED_CHANGED = 0x05
    TARGET_INCLINATION_CHANGED = 0x06
    TARGET_RESISTANCE_CHANGED = 0x07
    TARGET_POWER_CHANGED = 0x08
    TARGET_HEART_RATE_CHANGED = 0x09
    TARGETED_ENERGY_CHANGED = 0x0A
    TARGETED_STEPS_CHANGED = 0x0B
    TARGETED_STRIDES_CHANGED = 0x0C
    TARGETED_DISTANCE_CHANGED = 0x0D
    TARGETED_TIME_CHANGED = 0x0E
    TIME_IN_2_HR_ZONES_CHANGED = 0x0F
    TIME_IN_3_HR_ZONES_CHANGED = 0x10
    TIME_IN_5_HR_ZONES_CHANGED = 0x11
    BIKE_SIMULATION_CHANGED = 0x12
    WHEEL_CIRCUMFERENCE_CHANGED = 0x13
    SPIN_DOWN = 0x14
    TARGETED_CADENCE_CHANGED = 0x15
    CONTROL_PERMISSION_LOST = 0xFF


PARAMETERS: dict[Event, tuple[Integer, ...]] = {
    Event.RESET: (),
    Event.STOPPED_OR_PAUSED_BY_USER: parameters.STOP_PAUSE,
    Event.STOPPED_BY_SAFETY_KEY: (),
    Event.STARTED_OR_RESUMED_BY_USER: (),
    Event.TARGET_SPEED_CHANGED: parameters.TARGET_SPEED,
    Event.TARGET_INCLINATION_CHANGED: parameters.TARGET_INCLINATION,
    Event.TARGET_RESISTANCE_CHANGED: parameters.TARGET_RESISTANCE,
    Event.TARGET_POWER_CHANGED: parameters.TARGET_POWER,
    Event.TARGET_HEART_RATE_CHANGED: parameters.TARGET_HEART_RATE,
    Event.TARGETED_ENERGY_CHANGED: parameters.TARGETED_ENERGY,
    Event.TARGETED_STEPS_CHANGED: parameters.TARGETED_STEPS,
    Event.TARGETED_STRIDES_CHANGED: parameters.TARGETED_STRIDES,
    Event.TARGETED_DISTANCE_CHANGED: parameters.TARGETED_DISTANCE,
    Event.TARGETED_TIME_CHANGED: parameters.TARGETED_TIME,
    Event.TIME_IN_2_HR_ZONES_CHANGED: parameters.TIME_IN_2_ZONES,
    Event.TIME_IN_3_HR_ZONES_CHANGED: parameters.TIME_IN_3_ZONES,
    Event.TIME_IN_5_HR_ZONES_CHANGED: parameters.TIME_IN_5_ZONES,
    Event.BIKE_SIMULATION_CHANGED: parameters.BIKE_SIMULATION,
    Event.WHEEL_CIRCUMFERENCE_CHANGED: parameters.WHEEL_CIRCUMFERENCE,
    Event.SPIN_DOWN: parameters.SPIN_DOWN,
    Event.TARGETED_CADENCE_CHANGED: parameters.TARGETED_CADENCE,
    Event.CONTROL_PERMISSION_LOST: (),
}


class MachineStatus(NamedTuple):
    """One notification. `op` is an `Event` if it is a known one; an unknown one has no `values`.

    `values` are the parameters by name, in units of the wire; those that the machine left out are
    not in it, and `truncated` says so. `trailing` octets are surplus.
    """

    op: int
    values: dict[str, int]
    truncated: bool = False
    trailing: bytes = b""


def decode(octets: bytes) -> MachineStatus | None:
    """The status in `octets`, or None if there are none. Never raises."""
    if not octets:
        return None
    if octets[0] not in PARAMETERS:
        return MachineStatus(octets[0], {}, trailing=bytes(octets[1:]))
    event = Event(octets[0])
    carried = PARAMETERS[event]
    values, trailing = unpack(carried, octets[1:])
    by_name = {parameter.name: value for parameter, value in zip(carried, values, strict=False)}
    return MachineStatus(event, by_name, len(values) < len(carried), trailing)


def encode(event: Event, *values: int) -> bytes:
    """The notification of `event`, with `values` in units of the wire (see `PARAMETERS`).

    Raises: `ProtocolError` for a value that does not fit.
    """
    return bytes((event,)) + pack(PARAMETERS[event], values)


def reset() -> bytes:
    return encode(Event.RESET)


def stopped() -> bytes:
    """By the user, at the console."""
    return encode(Event.STOPPED_OR_PAUSED_BY_USER, parameters.STOP)


def paused() -> bytes:
    """By the user, at the console."""
    return encode(Event.STOPPED_OR_PAUSED_BY_USER, parameters.PAUSE)


def safety_key() -> bytes:
    return encode(Event.STOPPED_BY_SAFETY_KEY)


def started() -> bytes:
    """Or resumed, by the user at the console."""
    return encode(Event.STARTED_OR_RESUMED_BY_USER)


def target_speed(units: int) -> bytes:
    """`units`: 0.01 km/h."""
    return encode(Event.TARGET_SPEED_CHANGED, units)


def target_inclination(units: int) -> bytes:
    """`units`: 0.1 %."""
    return encode(Event.TARGET_INCLINATION_CHANGED, units)


def control_permission_lost() -> bytes:
    return encode(Event.CONTROL_PERMISSION_LOST)

"""What a Control Point procedure or a Machine Status carries: little-endian numbers in a row."""

from collections.abc import Sequence
from typing import NamedTuple

from protocols.errors import ProtocolError


class Parameter(NamedTuple):
    """One number of `size` octets, in the unit of the wire."""

    name: str
    size: int
    signed: bool = False


TARGET_SPEED = (Parameter("target_speed", 2),)
"""0.01 km/h."""
TARGET_INCLINATION = (Parameter("target_inclination", 2, signed=True),)
"""0.1 %."""
TARGET_RESISTANCE = (Parameter("target_resistance", 1),)
"""0.1."""
TARGET_POWER = (Parameter("target_power_w", 2, signed=True),)
TARGET_HEART_RATE = (Parameter("target_heart_rate_bpm", 1),)
STOP, PAUSE = 1, 2
STOP_PAUSE = (Parameter("stop_pause", 1),)
"""One of the two above."""
TARGETED_ENERGY = (Parameter("targeted_energy_kcal", 2),)
TARGETED_STEPS = (Parameter("targeted_steps", 2),)
TARGETED_STRIDES = (Parameter("targeted_strides", 2),)
TARGETED_DISTANCE = (Parameter("targeted_distance_m", 3),)
TARGETED_TIME = (Parameter("targeted_time_s", 2),)
TIME_IN_2_ZONES = tuple(Parameter(f"{zone}_s", 2) for zone in ("fat_burn", "fitness"))
TIME_IN_3_ZONES = tuple(Parameter(f"{zone}_s", 2) for zone in ("light", "moderate", "hard"))
TIME_IN_5_ZONES = tuple(
    Parameter(f"{zone}_s", 2) for zone in ("very_light", "light", "moderate", "hard", "maximum")
)
BIKE_SIMULATION = (
    Parameter("wind_speed", 2, signed=True),
    Parameter("grade", 2, signed=True),
    Parameter("rolling_resistance", 1),
    Parameter("wind_resistance", 1),
)
"""0.001 m/s, 0.01 %, 0.0001, 0.01 kg/m."""
WHEEL_CIRCUMFERENCE = (Parameter("wheel_circumference", 2),)
"""0.1 mm."""
SPIN_DOWN = (Parameter("spin_down", 1),)
TARGETED_CADENCE = (Parameter("targeted_cadence", 2),)
"""0.5 per minute."""


def pack(parameters: Sequence[Parameter], values: Sequence[int]) -> bytes:
    """The octets of `values`. Raises `ProtocolError` for a value out of range; none ever wraps."""
    if len(parameters) != len(values):
        raise ProtocolError(f"{len(parameters)} values are carried here, but {len(values)} given.")
    return b"".join(map(_octets, parameters, values))


def unpack(parameters: Sequence[Parameter], octets: bytes) -> tuple[tuple[int, ...], bytes]:
    """The values that fit into `octets`, and what is left over. Never raises."""
    values: list[int] = []
    for parameter in parameters:
        if parameter.size > len(octets):
            break
        number, octets = octets[: parameter.size], octets[parameter.size :]
        values.append(int.from_bytes(number, "little", signed=parameter.signed))
    return tuple(values), bytes(octets)


def _octets(parameter: Parameter, value: int) -> bytes:
    try:
        return value.to_bytes(parameter.size, "little", signed=parameter.signed)
    except OverflowError:
        raise ProtocolError(f"{parameter.name} {value} does not fit into its field.") from None

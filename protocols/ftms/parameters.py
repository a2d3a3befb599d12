"""What a Control Point procedure or a Machine Status carries, in units of the wire."""

from protocols.integers import Integer

TARGET_SPEED = (Integer("target_speed", 2),)
"""0.01 km/h."""
TARGET_INCLINATION = (Integer("target_inclination", 2, signed=True),)
"""0.1 %."""
TARGET_RESISTANCE = (Integer("target_resistance", 1),)
"""0.1."""
TARGET_POWER = (Integer("target_power_w", 2, signed=True),)
TARGET_HEART_RATE = (Integer("target_heart_rate_bpm", 1),)
STOP, PAUSE = 1, 2
STOP_PAUSE = (Integer("stop_pause", 1),)
"""One of the two above."""
TARGETED_ENERGY = (Integer("targeted_energy_kcal", 2),)
TARGETED_STEPS = (Integer("targeted_steps", 2),)
TARGETED_STRIDES = (Integer("targeted_strides", 2),)
TARGETED_DISTANCE = (Integer("targeted_distance_m", 3),)
TARGETED_TIME = (Integer("targeted_time_s", 2),)
TIME_IN_2_ZONES = tuple(Integer(f"{zone}_s", 2) for zone in ("fat_burn", "fitness"))
TIME_IN_3_ZONES = tuple(Integer(f"{zone}_s", 2) for zone in ("light", "moderate", "hard"))
TIME_IN_5_ZONES = tuple(
    Integer(f"{zone}_s", 2) for zone in ("very_light", "light", "moderate", "hard", "maximum")
)
BIKE_SIMULATION = (
    Integer("wind_speed", 2, signed=True),
    Integer("grade", 2, signed=True),
    Integer("rolling_resistance", 1),
    Integer("wind_resistance", 1),
)
"""0.001 m/s, 0.01 %, 0.0001, 0.01 kg/m."""
WHEEL_CIRCUMFERENCE = (Integer("wheel_circumference", 2),)
"""0.1 mm."""
SPIN_DOWN = (Integer("spin_down", 1),)
SPIN_DOWN_RESULT = (Integer("spin_down_low", 2), Integer("spin_down_high", 2))
"""0.01 km/h; the one thing that a successful response carries."""
TARGETED_CADENCE = (Integer("targeted_cadence", 2),)
"""0.5 per minute."""

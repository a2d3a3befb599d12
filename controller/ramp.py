"""The ramp shapes: it moves the set-point towards its target, gently up, firmly down."""

from typing import NamedTuple

STEP_S = 0.1
"""At most so much time counts for one turn, two periods: a stall earns no catch-up."""


class Ramp(NamedTuple):
    """The set-point (m/s) and the acceleration it has gained (m/s², ≥ 0) on its way up."""

    speed_mps: float = 0.0
    rise_mps2: float = 0.0


class Slope(NamedTuple):
    """How steep: up with a limit on the change of acceleration, down without one."""

    up_mps2: float
    jerk_mps3: float
    down_mps2: float


def towards(ramp: Ramp, target_mps: float, slope: Slope, elapsed_s: float) -> Ramp:
    """The ramp `elapsed_s` later: never past the target, never up faster than the slope."""
    step_s = min(max(0.0, elapsed_s), STEP_S)
    if target_mps <= ramp.speed_mps:
        return Ramp(max(target_mps, ramp.speed_mps - slope.down_mps2 * step_s, 0.0))
    rise_mps2 = min(slope.up_mps2, ramp.rise_mps2 + slope.jerk_mps3 * step_s)
    speed_mps = ramp.speed_mps + rise_mps2 * step_s
    if speed_mps >= target_mps:
        return Ramp(target_mps)
    return Ramp(speed_mps, rise_mps2)

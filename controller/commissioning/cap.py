"""The commissioning cap: the speed from which a passive body is carried half a metre at most.

    v = a·(√(t² + 2·D/a) − t)        D = 0.5 m, a = the measured deceleration

`t` is all that passes between the hands leaving and the belt braking: the grace that the product
grants at this speed, a frame of the grip unit and a turn (`SENSE_S`), and as measured from the
octets of Stop until the belt brakes, with the radio's way and the lag of the belt in it.
"""

import math

from controller.commissioning.stopping import Curve
from controller.safety.limits import HARD, Limits, grace_s
from protocols.units import mps_from_mph

CARRY_M = 0.5
SENSE_S = 0.05
"""A grip unit tells of a change at once, and a turn follows; 20 Hz bound both."""
REST_LIMIT_S = HARD.escalate_s
"""A belt that is slower to rest could never be told from one that does not stop."""
PATIENCE = 1.5
"""A stop may take half as long again as the measured ones before it is not believed (S8)."""
_BANDS_MPS = tuple(mps_from_mph(mph) for mph in (0.5, 1.0, 1.5, 2.0))
"""Up to each the grace is one figure, and a shorter one beyond."""


def fastest_mps(delay_s: float, slope_mps2: float) -> float:
    """The speed that braking at `slope_mps2` after `delay_s` brings to rest within `CARRY_M`."""
    return slope_mps2 * (math.sqrt(delay_s**2 + 2 * CARRY_M / slope_mps2) - delay_s)


def carry_m(speed_mps: float, curve: Curve, limits: Limits = HARD) -> float:
    """How far a body that does nothing is carried after both hands have left."""
    before_s = grace_s(speed_mps, limits) + SENSE_S + curve.onset_s
    return speed_mps * before_s + speed_mps**2 / (2 * curve.slope_mps2)


def cap_mps(curve: Curve) -> float:
    """The highest speed at which, and below which, nobody is carried too far or stops too late.

    Rounded down to 0.01 m/s.
    """
    cap = 0.0
    for top_mps in _BANDS_MPS:
        delay_s = grace_s(top_mps, HARD) + SENSE_S + curve.onset_s
        cap = min(top_mps, fastest_mps(delay_s, curve.slope_mps2))
        if cap < top_mps:
            break
    in_time_mps = curve.slope_mps2 * (REST_LIMIT_S - curve.onset_s)
    return max(0.0, math.floor(100 * min(cap, in_time_mps, HARD.cap_mps)) / 100)


def escalate_s(stop_s: float) -> float:
    """After how long a stop is not believed any more that takes `stop_s` until it is seen."""
    return min(HARD.escalate_s, PATIENCE * stop_s)

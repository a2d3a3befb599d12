"""The curve of a machine's own Stop, fitted to what its telemetry showed.

    after a delay, a reference falls at `slope_mps2`; the belt follows it with the lag `lag_s`

The lag delays the belt and changes nothing else: the way to rest is
v·(delay + lag) + v²/(2·slope), the same as if the belt had braked at once after both.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

REST_MPS = 0.01
"""Slower than this a belt is held by its own friction."""
_FACTORS = (0.5, 0.8, 0.93, 1.0, 1.07, 1.25, 2.0)
_ROUNDS = 24


class Point(NamedTuple):
    """A reported speed, so long after Stop was written, of a belt that ran at `from_mps`."""

    after_s: float
    speed_mps: float
    from_mps: float


@dataclass(frozen=True, slots=True)
class Curve:
    """How this machine stops. `delay_s` counts from the octets of Stop."""

    delay_s: float
    slope_mps2: float
    lag_s: float

    @property
    def onset_s(self) -> float:
        """From Stop until the belt is as good as braking."""
        return self.delay_s + self.lag_s

    def speed_mps(self, after_s: float, from_mps: float) -> float:
        """The belt's speed so long after Stop."""
        braking_s = after_s - self.delay_s
        if braking_s <= 0:
            return from_mps
        ramp_s = from_mps / self.slope_mps2
        while_s = min(braking_s, ramp_s)
        behind_s = self.lag_s * (1 - math.exp(-while_s / self.lag_s))
        speed_mps = from_mps - self.slope_mps2 * (while_s - behind_s)
        speed_mps *= math.exp(-(braking_s - while_s) / self.lag_s)
        return speed_mps if speed_mps >= REST_MPS else 0.0

    def rest_s(self, from_mps: float) -> float:
        """From Stop to rest."""
        ramp_s = from_mps / self.slope_mps2
        behind_mps = self.slope_mps2 * self.lag_s * (1 - math.exp(-ramp_s / self.lag_s))
        return self.delay_s + ramp_s + self.lag_s * max(0.0, math.log(behind_mps / REST_MPS))


def fitted(points: Sequence[Point]) -> Curve | None:
    """The curve nearest to the points; None if none of them lies between full speed and rest."""
    if not any(REST_MPS < point.speed_mps < 0.95 * point.from_mps for point in points):
        return None
    starts = product((0.02, 0.2, 0.8), (0.05, 0.2, 0.5, 1.2), (0.05, 0.25, 0.6))
    best = min((Curve(*start) for start in starts), key=lambda curve: _error(curve, points))
    for round_ in range(_ROUNDS):
        best = min(_near(best, 1 / (1 + round_ / 4)), key=lambda curve: _error(curve, points))
    return best


def _near(curve: Curve, share: float) -> Iterable[Curve]:
    """The curve and its neighbours, nearer ones as `share` falls."""
    factors = [factor**share for factor in _FACTORS]
    for delay, slope, lag in product(factors, factors, factors):
        yield Curve(
            max(1e-3, curve.delay_s * delay),
            max(1e-3, curve.slope_mps2 * slope),
            max(0.01, curve.lag_s * lag),
        )


def _error(curve: Curve, points: Sequence[Point]) -> float:
    return sum(
        (curve.speed_mps(point.after_s, point.from_mps) - point.speed_mps) ** 2 for point in points
    )

"""Thousands of belts side by side: the model of `simulators.plant` on arrays, powered and unladen.

Everything is done in place: a step of ten thousand belts is a dozen passes over arrays that stay
in the processor's cache.
"""

import numpy as np
from numpy.typing import NDArray

from campaigns.sweep import Sweep
from simulators.plant import Drive

Array = NDArray[np.float64]


class Belts:
    """At rest, one for each of `stop_mps2`; what is not an array is the same for all."""

    def __init__(
        self, stop_mps2: Array, lag_s: float, dt_s: float, drive: Drive | None = None
    ) -> None:
        drive = drive or Drive()
        self.speed_mps = np.zeros_like(stop_mps2)
        self.reference_mps = np.zeros_like(stop_mps2)
        self.distance_m = np.zeros_like(stop_mps2)
        self._fall = stop_mps2 * dt_s
        self._rise = drive.up_mps2 * dt_s
        self._keeps = float(np.exp(-dt_s / lag_s))
        self._half_s = dt_s / 2
        self._creep_mps = drive.creep_mps
        self._later, self._low = np.empty_like(stop_mps2), np.empty_like(stop_mps2)
        self._mask, self._still = (np.empty(stop_mps2.shape, dtype=bool) for _ in range(2))

    def step(self, target_mps: Array) -> None:
        """All of them a step later; one whose target is lower stops by the machine's Stop."""
        reference, speed, later, low = self.reference_mps, self.speed_mps, self._later, self._low
        np.subtract(reference, self._fall, out=low)
        np.add(reference, self._rise, out=reference)
        np.minimum(reference, target_mps, out=reference)
        np.maximum(reference, low, out=reference)
        np.subtract(speed, reference, out=later)
        later *= self._keeps
        later += reference
        np.less(later, self._creep_mps, out=self._mask)
        np.equal(reference, 0.0, out=self._still)
        self._mask &= self._still
        later[self._mask] = 0.0
        speed += later
        speed *= self._half_s
        self.distance_m += speed
        self.speed_mps, self._later = later, speed


def carried_m(sweep: Sweep, dt_s: float) -> tuple[tuple[tuple[float, ...], ...], ...]:
    """By latency, speed and deceleration: the way of the belt from the hands' leaving to rest."""
    axes = (sweep.latencies_s, sweep.speeds_mps, sweep.stop_mps2)
    latency_s, speed_mps, stop_mps2 = (grid.ravel() for grid in np.meshgrid(*axes, indexing="ij"))
    belts = Belts(stop_mps2, sweep.lag_s, dt_s)
    belts.speed_mps, belts.reference_mps = speed_mps.copy(), speed_mps.copy()
    elapsed_s = 0.0
    while belts.speed_mps.any():
        belts.step(np.where(latency_s > elapsed_s + dt_s / 2, speed_mps, 0.0))
        elapsed_s += dt_s
    shape = [len(axis) for axis in axes]
    layers = belts.distance_m.reshape(shape).tolist()
    return tuple(tuple(tuple(row) for row in layer) for layer in layers)


def hours(count: int, seconds: float, dt_s: float) -> float:
    """Belt-metres of so many belts that each run, change speed each minute, and stop at the end:
    the work by which a sweep's speed is judged."""
    spread = np.linspace(0.0, 1.0, count)
    belts = Belts(0.2 + 0.6 * spread, Drive().lag_s, dt_s)
    per_minute = round(60 / dt_s)
    for step in range(round(seconds / dt_s)):
        if step % per_minute == 0:
            target = 0.2 + 0.5 * ((spread * 7 + step // per_minute * 0.31) % 1.0)
        belts.step(target)
    rest = np.zeros_like(target)
    while belts.speed_mps.any():
        belts.step(rest)
    return float(belts.distance_m.sum())

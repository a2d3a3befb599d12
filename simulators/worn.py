"""A heart-rate strap and a speed sensor on the belt: what they tell, and when. Pure."""

from dataclasses import dataclass

from protocols import heart_rate, running_speed
from protocols.heart_rate import RR_UNITS_PER_S, HeartRate
from protocols.running_speed import SPEED_UNITS_PER_MPS, RunningSpeed

PERIOD_S = 1.0
REST_BPM = 72
BPM_PER_MPS = 40
"""A slow walk at 1 mph costs some twenty beats a minute."""


@dataclass
class Strap:
    """Taken off, it repeats its last rate without RR intervals, as a Polar H10 does."""

    worn: bool = True
    _bpm: int = REST_BPM
    _due_at_s: float = 0.0

    def due(self, belt_mps: float, now_s: float) -> bytes | None:
        """The notification that is due by now, if one is."""
        if now_s < self._due_at_s:
            return None
        self._due_at_s = now_s + PERIOD_S
        if not self.worn:
            return heart_rate.encode(HeartRate(rate_bpm=self._bpm))
        self._bpm = REST_BPM + round(BPM_PER_MPS * belt_mps)
        interval = round(60 / self._bpm * RR_UNITS_PER_S)
        return heart_rate.encode(HeartRate(rate_bpm=self._bpm, rr=(interval,)))


@dataclass
class Pod:
    """Tells the belt's true speed, times `scale`; nothing while it is off."""

    on: bool = True
    scale: float = 1.0
    _due_at_s: float = 0.0

    def due(self, belt_mps: float, now_s: float) -> bytes | None:
        if not self.on or now_s < self._due_at_s:
            return None
        self._due_at_s = now_s + PERIOD_S
        speed = round(belt_mps * self.scale * SPEED_UNITS_PER_MPS)
        return running_speed.encode(RunningSpeed(speed=speed, cadence_per_min=0))

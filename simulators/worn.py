"""A heart-rate strap and a speed sensor on the belt: what they tell, and when. Pure."""

from dataclasses import dataclass

from protocols import heart_rate, running_speed
from protocols.heart_rate import RR_UNITS_PER_S, HeartRate
from protocols.running_speed import SPEED_UNITS_PER_MPS, RunningSpeed

PERIOD_S = 1.0
REST_BPM = 72
BPM_PER_MPS = 40
"""A slow walk at 1 mph costs some twenty beats a minute."""


BREATH = (0, 12, 20, 12, 0, -12, -20, -12)
"""What breathing adds to one interval after the other, in 1/1024 s."""


@dataclass
class Strap:
    """Taken off, it repeats its last rate without RR intervals, as a Polar H10 does.

    `on`: it tells at all; `hangs`: it repeats its last notification; `bpm`: of a heart that does
    not go by the belt.
    """

    worn: bool = True
    on: bool = True
    hangs: bool = False
    bpm: int | None = None
    _bpm: int = REST_BPM
    _due_at_s: float = 0.0
    _count: int = 0
    _last: bytes = b""

    def due(self, belt_mps: float, now_s: float) -> bytes | None:
        """The notification that is due by now, if one is."""
        if not self.on or now_s < self._due_at_s:
            return None
        self._due_at_s = now_s + PERIOD_S
        if not (self.hangs and self._last):
            self._last = heart_rate.encode(self._tells(belt_mps))
        return self._last

    def _tells(self, belt_mps: float) -> HeartRate:
        if not self.worn:
            return HeartRate(rate_bpm=self._bpm)
        self._bpm = self.bpm or REST_BPM + round(BPM_PER_MPS * belt_mps)
        self._count += 1
        interval = round(60 / self._bpm * RR_UNITS_PER_S) + BREATH[self._count % len(BREATH)]
        return HeartRate(rate_bpm=self._bpm, rr=(interval,))


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

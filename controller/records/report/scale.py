"""From quantities to places in a drawing, and the ticks of an axis."""

import math
from dataclasses import dataclass

STEPS = (1, 2, 5, 10)
CLOCK_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps `low`–`high` evenly onto `start`–`end` (px). Quantities beyond stay at the edge."""

    low: float
    high: float
    start: float
    end: float

    def at(self, figure: float) -> float:
        span = (self.high - self.low) or 1.0
        share = min(1.0, max(0.0, (figure - self.low) / span))
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """At most `most` round figures within a span, evenly apart."""
    span = (high - low) or 1.0
    rough = span / max(1, most - 1)
    size: float = 10.0 ** math.floor(math.log10(rough))
    step = next(s * size for s in STEPS if s * size >= rough * (1 - 1e-9))
    return _steps(low, high, step)


def clock_ticks(low_s: float, high_s: float, most: int = 11) -> list[float]:
    """As `ticks`, at whole seconds or minutes."""
    span = (high_s - low_s) or 1.0
    step = next((s for s in CLOCK_STEPS_S if span / s <= most - 1), 900)
    return _steps(low_s, high_s, step)


def _steps(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 9) for index in range(first, last + 1)]

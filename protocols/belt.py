"""What every belt has in common: the order given to it, the speeds it accepts, what it reports.

The words on the wire differ by machine; a driver turns a `BeltOrder` into them and its answers into
a `BeltReport`. Both are values, so both can be journaled, compared and replayed.
"""

import math
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """What is asked of the belt, as a level that holds until the next order, never as an edge."""

    WATCH = "watch"
    """Read only: nothing is written to the machine."""
    READY = "ready"
    """Hold control of a belt at rest; no motion."""
    RUN = "run"
    """Move at the order's speed."""
    STOP = "stop"
    """The machine's own Stop, at once, re-stated until fresh telemetry has shown rest."""


@dataclass(frozen=True, slots=True)
class BeltOrder:
    """One decision for the belt. A default order asks for nothing.

    `speed_mps` is a magnitude (m/s, ≥ 0) and counts only at level RUN; `decided_at_s` is the
    monotonic time of the decision: an order older than its permit is dropped for a Stop (S25).
    """

    level: Level = Level.WATCH
    speed_mps: float = 0.0
    decided_at_s: float = -math.inf


@dataclass(frozen=True, slots=True)
class SpeedGrid:
    """The speeds a machine accepts, counted in its own integer wire units.

    `units_per_mps` is the size of the unit: 360 for 0.01 km/h. `minimum`, `maximum` and
    `increment` are wire units; the increment is at least 1.
    """

    minimum: int
    maximum: int
    increment: int
    units_per_mps: float

    def mps(self, units: int) -> float:
        """Speed in m/s that `units` stand for."""
        return units / self.units_per_mps

    def floor(self, speed_mps: float) -> int:
        """Wire units of the highest speed on the grid that is not above `speed_mps`.

        Returns 0, meaning stop, below the machine's minimum and for anything that is not a
        positive finite number. `mps(floor(v)) <= v` always, and `floor(mps(n)) == n` on the grid.
        """
        if not (math.isfinite(speed_mps) and speed_mps > 0):
            return 0
        capped_mps = min(speed_mps, self.mps(self.maximum))
        units = round(capped_mps * self.units_per_mps)
        if self.mps(units) > capped_mps:
            units -= 1
        if units < self.minimum:
            return 0
        return units - (units - self.minimum) % self.increment


class Control(Enum):
    """Who may command the machine, as far as it has said."""

    NONE = "none"
    GRANTED = "granted"
    REFUSED = "refused"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class BeltReport:
    """All a driver knows of its machine. A default report knows nothing, and nothing is not rest.

    Times are of the local monotonic clock, in seconds. `None` means "never heard".

    - `linked`: the link is up now.
    - `speed_mps`, `reported_at_s`: belt speed (≥ 0) and when it was received.
    - `distance_m`, `elapsed_s`, `inclination_pct`: as the machine counts them.
    - `rest_since_s`: since when every fresh report has shown 0.0 without distance advancing.
    - `grid`: the speeds the machine accepts; without one it cannot be commanded.
    - `safety_key_at_s`: the machine's own safety key was pulled.
    - `console_stop_at_s`: somebody stopped or paused at the machine's console.
    - `foreign_at_s`: the machine announced a target that we did not set.
    - `stop_asked_at_s`: first octets of the present Stop were handed to the link.
    - `write_failed_at_s`: the link refused, or did not finish, the last write.
    """

    linked: bool = False
    control: Control = Control.NONE
    speed_mps: float | None = None
    reported_at_s: float | None = None
    distance_m: float | None = None
    elapsed_s: float | None = None
    inclination_pct: float | None = None
    rest_since_s: float | None = None
    grid: SpeedGrid | None = None
    safety_key_at_s: float | None = None
    console_stop_at_s: float | None = None
    foreign_at_s: float | None = None
    stop_asked_at_s: float | None = None
    write_failed_at_s: float | None = None

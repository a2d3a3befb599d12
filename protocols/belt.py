"""What every belt has in common: the order given to it, the speeds it accepts, what it reports.

The words on the wire differ by machine; a driver turns a `BeltOrder` into them and its answers into
a `BeltReport`. Both are values, so both can be journaled, compared and replayed.
"""

import math
from dataclasses import dataclass
from enum import Enum

from protocols.value import replace, value


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


@value
class BeltOrder:
    """One decision for the belt. A default order asks for nothing.

    `speed_mps` is a magnitude (m/s, ≥ 0) and counts only at level RUN; `decided_at_s` is the
    monotonic time of the decision: an order older than its permit is dropped for a Stop (S25).
    `reverse` is the way the belt is to head, on a machine that can be told: it is set at level
    READY and verified rest, and a RUN that heads another way than the belt does moves nothing.
    `incline_pct` counts only at level RUN; None leaves the deck as it is. `doubted`: somebody else
    sees the belt run, and a Stop goes on whatever the machine says of rest.
    """

    level: Level = Level.WATCH
    speed_mps: float = 0.0
    decided_at_s: float = -math.inf
    reverse: bool = False
    incline_pct: float | None = None
    doubted: bool = False


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
        if not 0 < speed_mps < math.inf:
            return 0
        highest_mps = self.maximum / self.units_per_mps
        capped_mps = speed_mps if speed_mps < highest_mps else highest_mps
        units = round(capped_mps * self.units_per_mps)
        if units / self.units_per_mps > capped_mps:
            units -= 1
        if units < self.minimum:
            return 0
        return units - (units - self.minimum) % self.increment


@dataclass(frozen=True, slots=True)
class InclineGrid:
    """The inclines a machine accepts, counted in its own integer wire units.

    `units_per_pct` is the size of the unit: 10 for 0.1 %. `minimum` may be negative, a decline;
    the increment is at least 1.
    """

    minimum: int
    maximum: int
    increment: int
    units_per_pct: float

    def pct(self, units: int) -> float:
        """Incline in per cent that `units` stand for."""
        return units / self.units_per_pct

    def floor(self, incline_pct: float) -> int | None:
        """Wire units of the steepest incline on the grid that is not above `incline_pct`.

        None if the machine has none from level up to there, and for anything that is not a finite
        number from 0 on: nobody is walked on a decline. `pct(floor(i)) <= i` always.
        """
        if not 0 <= incline_pct < math.inf:
            return None
        capped_pct = min(incline_pct, self.pct(self.maximum))
        units = round(capped_pct * self.units_per_pct)
        if self.pct(units) > capped_pct:
            units -= 1
        units -= (units - self.minimum) % self.increment
        return units if units >= max(0, self.minimum) else None


class Control(Enum):
    """Who may command the machine, as far as it has said."""

    NONE = "none"
    GRANTED = "granted"
    REFUSED = "refused"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which machine it says that it is; empty where it says nothing."""

    model: str = ""
    firmware: str = ""
    serial: str = ""


@value
class BeltReport:
    """All a driver knows of its machine. A default report knows nothing, and nothing is not rest.

    Times are of the local monotonic clock, in seconds. `None` means "never heard".

    - `linked`: the link is up now.
    - `speed_mps`, `reported_at_s`: belt speed (≥ 0) and when it was received.
    - `distance_m`, `elapsed_s`, `inclination_pct`: as the machine counts and tells them.
    - `changed_at_s`, `repeats`: when a record last differed from the one before, and how many have
      repeated it since.
    - `rest_since_s`: since when every report has shown 0.0 without distance advancing.
    - `identity`: what the machine says that it is; empty until it has been asked.
    - `reverse`: the belt heads in reverse; None from a machine that has no direction.
    - `grid`: the speeds the machine accepts; without one it cannot be commanded.
    - `safety_key_at_s`: the machine's own safety key was pulled.
    - `console_stop_at_s`: somebody stopped or paused at the machine's console.
    - `foreign_at_s`: the machine announced a higher target than any that we set.
    - `lowered_at_s`, `lowered_mps`: it announced a lower one than the one that we set long ago.
    - `set_point_mps`: the set-point last handed to the link; 0 when none stands.
    - `motion_asked`: a start or a set-point was handed over, and no rest was proven since.
    - `stop_sent_at_s`: first octets of the present or latest Stop were handed to the link.
    - `write_failed_at_s`: the link refused, or did not finish, a write.
    - `unanswered_since_s`: when the request was written whose answer has not come yet.
    - `garbled_at_s`: too much of what the machine lately said could not be read.
    - `inclines`: the inclines the machine accepts; without them its deck cannot be commanded.
    """

    linked: bool = False
    control: Control = Control.NONE
    speed_mps: float | None = None
    reported_at_s: float | None = None
    distance_m: float | None = None
    elapsed_s: int | None = None
    inclination_pct: float | None = None
    changed_at_s: float | None = None
    repeats: int = 0
    rest_since_s: float | None = None
    identity: Identity = Identity()
    reverse: bool | None = None
    grid: SpeedGrid | None = None
    safety_key_at_s: float | None = None
    console_stop_at_s: float | None = None
    foreign_at_s: float | None = None
    lowered_at_s: float | None = None
    lowered_mps: float = 0.0
    set_point_mps: float = 0.0
    motion_asked: bool = False
    stop_sent_at_s: float | None = None
    write_failed_at_s: float | None = None
    unanswered_since_s: float | None = None
    garbled_at_s: float | None = None
    inclines: InclineGrid | None = None

    def heard(
        self,
        speed_mps: float,
        distance_m: float | None,
        at_s: float,
        *,
        elapsed_s: int | None = None,
        inclination_pct: float | None = None,
    ) -> "BeltReport":
        """This report after one more telemetry record, received at `at_s` (monotonic, s).

        Rest counts from the first zero of an unbroken run: a gap longer than `REST_GAP_S`, any
        speed, or distance that still advances (machines report 0 while coasting) starts it anew.
        """
        advanced = None not in (distance_m, self.distance_m) and distance_m != self.distance_m
        broken = self.reported_at_s is None or at_s - self.reported_at_s > REST_GAP_S
        rest_since_s = None
        if speed_mps == 0:
            held = self.rest_since_s is not None and not (advanced or broken)
            rest_since_s = self.rest_since_s if held else at_s
        same = (speed_mps, elapsed_s, inclination_pct) == self._content and not advanced
        return replace(
            self,
            speed_mps=speed_mps,
            distance_m=self.distance_m if distance_m is None else distance_m,
            elapsed_s=elapsed_s,
            inclination_pct=inclination_pct,
            changed_at_s=self.changed_at_s if same else at_s,
            repeats=self.repeats + 1 if same else 0,
            reported_at_s=at_s,
            rest_since_s=rest_since_s,
        )

    @property
    def _content(self) -> tuple[float | None, int | None, float | None]:
        return self.speed_mps, self.elapsed_s, self.inclination_pct

    def frozen_for_s(self, now_s: float) -> float:
        """How long a running machine that counts seconds has repeated one record; 0 if it has not.

        One repetition or two are ordinary: machines report twice a second.
        """
        repeating = self.repeats >= REPEATS and self.changed_at_s is not None
        if not repeating or self.elapsed_s is None or self.speed_mps == 0:
            return 0.0
        return now_s - (self.changed_at_s or 0.0)

    def age_s(self, now_s: float) -> float:
        """Seconds since the last telemetry record; infinite if there was none."""
        return math.inf if self.reported_at_s is None else now_s - self.reported_at_s

    def at_rest_for_s(self, now_s: float) -> float:
        """Seconds of rest that fresh telemetry vouches for; 0 when it does not."""
        if self.rest_since_s is None or not 0 <= self.age_s(now_s) <= REST_GAP_S:
            return 0.0
        return now_s - self.rest_since_s

    def rest_shown_s(self, since_s: float, now_s: float) -> float:
        """Seconds of rest after `since_s` that telemetry itself has shown: up to the newest record,
        and not up to now; 0 when that is too old. Only this proves a Stop: the belt may start after
        the last record, by a Start that came before."""
        first_s, newest_s = self.rest_since_s, self.reported_at_s
        if first_s is None or newest_s is None or not 0 <= now_s - newest_s <= REST_GAP_S:
            return 0.0
        return max(0.0, newest_s - max(first_s, since_s))


REST_GAP_S = 2.5
"""Longest silence across which rest is still believed: 2.5 periods of a machine that reports at
1 Hz, the slowest rate seen in the field."""

PERMIT_S = 0.25
"""A decision older than this moves nothing: it is dropped, and Stop is written instead (S25)."""

REST_PROOF_S = 1.0
"""Rest must be shown so long after a Stop before it is believed: machines glitch to 0 (Merach)."""

REPEATS = 3
"""Records alike that may be a machine whose telemetry has frozen (S14)."""

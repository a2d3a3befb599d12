"""What a commissioning has found so far, and what its judges look at. Values."""

from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple

from controller.commissioning.stopping import Point
from protocols.belt import BeltReport, SpeedGrid
from protocols.probing import Answer, Ask


class Sight(NamedTuple):
    """Evidence at one instant. `answers`: all since the beginning;"""

    now_s: float
    report: BeltReport
    answers: tuple[Answer, ...] = ()


class Sample(NamedTuple):
    """One telemetry record."""

    at_s: float
    speed_mps: float
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class Notes:
    """What was found. `flaws` and `quirks` are names of `flaws.FLAWS` and `flaws.QUIRKS`.

    - `points`: of all stops; `stop_s`: the longest from Stop to a report of rest.
    - `jumps`: of each changed set-point, whether no report lay between the old speed and the new.
    - `silence_s`: from a dropped link until the belt was as good as braking, at most.
    - `counted_m`, `integrated_m`: the machine's distance, and the one that its speeds make.
    """

    flaws: tuple[str, ...] = ()
    quirks: frozenset[str] = frozenset()
    period_s: float = 1.0
    answer_s: float = 0.0
    spacing_s: float | None = None
    up_mps2: float = 0.0
    points: tuple[Point, ...] = ()
    stop_s: float = 0.0
    jumps: tuple[bool, ...] = ()
    silence_s: float | None = None
    counted_m: float = 0.0
    integrated_m: float = 0.0
    coarsest_m: float = 0.0

    def with_flaw(self, name: str) -> "Notes":
        return self if name in self.flaws else replace(self, flaws=(*self.flaws, name))

    def with_quirk(self, name: str) -> "Notes":
        return replace(self, quirks=self.quirks | {name})


class Scene(NamedTuple):
    """What a judge looks at when its step is over.

    `before`: the last records of the step before; `sent_at_s`: when each act of this step was
    handed over; `answers`: those of this step.
    """

    now_s: float
    since_s: float
    grid: SpeedGrid
    report: BeltReport
    samples: tuple[Sample, ...]
    before: tuple[Sample, ...]
    answers: tuple[Answer, ...]
    sent_at_s: tuple[float, ...]
    target_mps: float
    notes: Notes

    @property
    def speeds_mps(self) -> list[float]:
        return [sample.speed_mps for sample in self.samples]

    @property
    def moving(self) -> bool:
        return any(self.speeds_mps)

    @property
    def rest_s(self) -> float:
        """For how long the belt has been at rest since this step began."""
        return min(self.report.at_rest_for_s(self.now_s), self.now_s - self.since_s)

    @property
    def from_mps(self) -> float:
        """How fast the belt ran before this step."""
        return median(sample.speed_mps for sample in self.before) if self.before else 0.0

    def steady(self, count: int) -> bool:
        """The last records show one speed, and not rest."""
        latest = self.speeds_mps[-count:]
        return len(latest) == count and min(latest) > 0 and max(latest) - min(latest) <= 0.012

    def answered(self, what: Ask) -> bool | None:
        """What the machine last said to this act; None if nothing."""
        said = [answer.accepted for answer in self.answers if answer.what is what]
        return said[-1] if said else None

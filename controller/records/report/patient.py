"""The course of one patient over the sessions: pain, speed, time, and what the rules propose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata

from controller.programs.program import Program
from controller.records.notes import Moment, Patient, SessionNotes
from controller.records.report.page import page
from controller.records.report.series_chart import PAIN_BANDS, Row, series_chart
from controller.records.report.session import MOMENTS, SCALES, TOLD, pain_of

MDC_NPRS = 1.33
"""In knee osteoarthritis a smaller change is within the scale's own error (Alghadir 2018)."""
MCID_NPRS = 2.0
"""The smallest change that patients usually notice."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What one visit comes to, over all its records."""

    walked_s: float
    distance_m: float
    peak_mps: float
    releases: int
    completed: bool = True
    """Nothing stopped the last walk before its end."""
    peak_incline_pct: float = 0.0

    @property
    def mean_mps(self) -> float | None:
        return self.distance_m / self.walked_s if self.walked_s else None


@dataclass(frozen=True, slots=True)
class Walk:
    """One visit of the patient; `figures` is None where no record of it can be read, `whole` tells
    whether all are as they were written, `planned` what was to be walked, where a record has it."""

    began_at: float
    notes: SessionNotes
    figures: Sums | None
    whole: bool = True
    planned: Program | None = None

    def pain(self, moment: Moment) -> int | None:
        return pain_of(self.notes, moment)

    @property
    def effort(self) -> str:
        """The highest, with the top of its scale."""
        efforts = [m.effort for m in self.notes.measured if m.effort is not None]
        most = max(efforts, key=lambda effort: effort.rating, default=None)
        return f"{most.rating} of {SCALES[most.scale.value][-2:]}" if most else ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the rules said after a visit: its `light`, and what they proposed for the next one, with
    their `reasons` and the `rule`. Nothing is applied by it."""

    number: int
    light: str
    act: str
    changes: str
    reasons: tuple[str, ...]
    rule: str = ""
    source: str = ""


def patient_page(
    patient: Patient, walks: Sequence[Walk], proposals: Sequence[Proposed] = (), *, at: str = ""
) -> str:
    """The page as HTML. `at`: when it is made, for its foot."""
    walks = sorted(walks, key=lambda walk: walk.began_at)
    return page(
        "patient.html",
        patient=patient,
        walks=list(enumerate(walks, 1)),
        pain=_pain_chart(walks),
        speed=_speed_chart(walks),
        minutes=_minutes_chart(walks),
        changes=[change for moment in TOLD if (change := _change(walks, moment))],
        proposals=proposals,
        moments={moment: MOMENTS[moment] for moment in TOLD},
        mdc=MDC_NPRS,
        mcid=MCID_NPRS,
        made_by=metadata.version("retrotread"),
        made_at=at,
    )


def judged(change: float) -> str:
    """What a change on the 0–10 scale is worth."""
    if abs(change) < MDC_NPRS:
        return f"less than {MDC_NPRS} points, which the scale cannot tell from noise"
    if abs(change) < MCID_NPRS:
        return f"more than noise, and less than the {MCID_NPRS:g} points that patients notice"
    return f"{MCID_NPRS:g} points or more, which patients usually notice"


def _change(walks: Sequence[Walk], moment: Moment) -> str:
    known = [pain for walk in walks if (pain := walk.pain(moment)) is not None]
    if len(known) < 2:
        return ""
    first, last = known[0], known[-1]
    named = f"Pain {MOMENTS[moment]}"
    return f"{named}: from {first} to {last} ({last - first:+d}): {judged(last - first)}."


def _pain_chart(walks: Sequence[Walk]) -> object:
    rows = tuple(
        Row(moment.value, [walk.pain(moment) for walk in walks], joined=True) for moment in TOLD
    )
    return series_chart(rows, _days(walks), 0.0, 10.0, bands=PAIN_BANDS, high=150.0)


def _speed_chart(walks: Sequence[Walk]) -> object:
    rows = (
        Row("mean", _column(walks, lambda f: f.mean_mps), joined=True),
        Row("peak", _column(walks, lambda f: f.peak_mps)),
    )
    most = max((v for row in rows for v in row.values if v is not None), default=0.0)
    return series_chart(rows, _days(walks), 0.0, max(0.25, most * 1.08), high=130.0)


def _minutes_chart(walks: Sequence[Walk]) -> object:
    row = Row("bar", _column(walks, lambda f: f.walked_s / 60), bars=True)
    most = max((v for v in row.values if v is not None), default=0.0)
    return series_chart((row,), _days(walks), 0.0, max(1.0, most * 1.08), high=80.0)


def _column(walks: Sequence[Walk], value: Callable[[Sums], float | None]) -> list[float | None]:
    return [None if walk.figures is None else value(walk.figures) for walk in walks]


def _days(walks: Sequence[Walk]) -> list[float]:
    return [walk.began_at for walk in walks]

"""The report of one session."""

from dataclasses import dataclass
from importlib import metadata

from controller.records.course import Course, Figures
from controller.records.course.events import KINDS
from controller.records.notes import Measured, Moment, SessionNotes
from controller.records.report.charts import drawing
from controller.records.report.page import page
from controller.records.report.stop_chart import StopDrawing, stop_drawing
from controller.records.report.words import NONE, figure, lasting, share, speed

STOPS_DRAWN = 6
"""Of more stops, the table alone tells."""
EVENTS_TOLD = 200
"""Of more events, an export tells."""
MOMENTS = {
    Moment.BEFORE: "before",
    Moment.DURING: "during",
    Moment.PEAK: "peak",
    Moment.AFTER: "after",
    Moment.NEXT_MORNING: "next morning",
}
TOLD = (Moment.BEFORE, Moment.PEAK, Moment.AFTER, Moment.NEXT_MORNING)
"""The moments that a course is told by."""
SCALES = {"borg_6_20": "6–20", "cr_0_10": "0–10"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that is read first."""

    name: str
    value: str
    hint: str = ""


def session_page(
    course: Course, notes: SessionNotes | None = None, *, title: str = "", at: str = ""
) -> str:
    """The page as HTML. `title`: of the program; `at`: when the page is made, for its foot."""
    drawn: list[StopDrawing] = [stop_drawing(course, s) for s in course.stops[:STOPS_DRAWN]]
    return page(
        "session.html",
        course=course,
        notes=notes,
        title=title or course.program,
        drawing=drawing(course),
        stops=list(enumerate(course.stops, 1)),
        stop_drawings=drawn,
        tiles=tiles(course, notes),
        rows=rows(course.figures),
        measured=_in_order(notes),
        moments=MOMENTS,
        scales=SCALES,
        events=list(enumerate(course.events[:EVENTS_TOLD], 1)),
        untold=max(0, len(course.events) - EVENTS_TOLD),
        kinds=KINDS,
        record=record(course),
        made_by=metadata.version("retrotread"),
        made_at=at,
    )


def tiles(course: Course, notes: SessionNotes | None) -> list[Tile]:
    figures = course.figures
    pain = [str(p) for moment in TOLD if (p := pain_of(notes, moment)) is not None]
    return [
        Tile("Walked", lasting(figures.walked_s), "min : s"),
        Tile("Distance", figure(figures.distance_m, 0, "m")),
        Tile("Mean speed", figure(figures.mean_mps, 2, "m/s"), _aside(figures.mean_mps)),
        Tile("Peak speed", figure(figures.peak_mps, 2, "m/s"), _aside(figures.peak_mps)),
        Tile("Releases", str(figures.releases), "both hands off"),
        Tile("Pain", " → ".join(pain) or NONE, "of 10, in time"),
    ]


def pain_of(notes: SessionNotes | None, moment: Moment) -> int | None:
    """The last answer for a moment; for the peak, the worst that was said of it, or on the way."""
    measured = notes.measured if notes else ()
    known = [m for m in measured if m.pain_nprs is not None]
    if moment is Moment.PEAK:
        worst = [m.pain_nprs for m in known if m.moment in (Moment.PEAK, Moment.DURING)]
        return max((pain for pain in worst if pain is not None), default=None)
    return next((m.pain_nprs for m in reversed(known) if m.moment is moment), None)


def _aside(mps: float | None) -> str:
    return "" if mps is None else speed(mps).partition("(")[2].rstrip(")")


def rows(figures: Figures) -> list[tuple[str, str]]:
    """The table of figures: names and values."""
    moved_s = figures.both_s + figures.one_s + figures.none_s
    machine = f"{figure(figures.machine_m, 0, 'm')} in {lasting(figures.machine_s)}"
    return [
        ("Record", lasting(figures.duration_s)),
        ("Belt moved", lasting(figures.walked_s)),
        ("Distance, from belt speed", figure(figures.distance_m, 1, "m")),
        ("Distance, the machine's count", machine if figures.machine_m is not None else NONE),
        ("Mean speed", speed(figures.mean_mps)),
        ("Peak speed", speed(figures.peak_mps)),
        ("Highest set-point", speed(figures.peak_set_point_mps)),
        ("Cap in force", speed(figures.cap_mps)),
        ("Highest incline", figure(figures.peak_incline_pct, 1, "%")),
        ("Both hands on the rails", _held(figures.both_s, moved_s)),
        ("One hand", _held(figures.one_s, moved_s)),
        ("No hand", _held(figures.none_s, moved_s)),
        ("Times that both hands let go", str(figures.releases)),
        ("Times that one hand let go", str(figures.one_hand)),
        ("Stops", f"{figures.stops}, {'all' if figures.verified else 'not all'} seen to rest"),
        ("Slowest release or decision to Stop", figure(figures.latency_s, 3, "s")),
        ("Slowest Stop to rest", figure(figures.to_rest_s, 2, "s")),
        ("Longest carry", figure(figures.carry_m, 2, "m")),
        ("Heart rate, mean and peak", f"{figure(figures.mean_bpm, 0)} / "
                                      f"{figure(figures.peak_bpm, 0)} 1/min"),
    ]  # fmt: skip


def _held(part_s: float, whole_s: float) -> str:
    return f"{lasting(part_s)} ({share(part_s, whole_s)})"


def _in_order(notes: SessionNotes | None) -> list[Measured]:
    order = list(Moment)
    measured = notes.measured if notes else ()
    return sorted(measured, key=lambda m: (order.index(m.moment), m.at))


def record(course: Course) -> tuple[str, str]:
    """What is to be thought of the record: a class for its style, and a sentence."""
    if not course.whole:
        line = next(found.line for found in course.findings if found.kind == "broken")
        return "broken", (
            f"The record is not as it was written from line {line} on. "
            "This page tells only what stands before it."
        )
    if course.findings:
        kinds = {found.kind for found in course.findings}
        why = {
            "missing": "some lines could not be written",
            "torn": "its last line breaks off",
            "open": "it has no end",
        }
        said = ", and ".join(text for kind, text in why.items() if kind in kinds)
        return "incomplete", f"The record is as it was written, but not complete: {said}."
    return "whole", "The record is as it was written, from begin to end."

"""The drawing of a session: speeds, hands, heart rate and incline over one time, events marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from controller.records.course import Course, Sample
from controller.records.report.marks import Flag, flags
from controller.records.report.outline import Point, path, spans
from controller.records.report.scale import Scale, clock_ticks, ticks
from controller.records.report.words import lasting
from protocols.units import mph_from_mps, mps_from_mph

LEFT, RIGHT, TOP = 46.0, 654.0, 24.0
"""Edges of the panels in a drawing 700 px wide, px."""
WIDTH = 700
GAP = 26.0
LEAST_MPS = 0.25
"""A speed panel shows at least so much."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, px, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: its path, and the class that styles it."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of the drawing, from `top` to `bottom` px."""

    title: str
    top: float
    bottom: float
    lines: tuple[Line, ...] = ()
    ticks: tuple[Tick, ...] = ()
    right_ticks: tuple[Tick, ...] = ()
    """In miles per hour, beside m/s."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One hand: where it held and where it was off while the belt moved, as (left, width) px."""

    name: str
    top: float
    held: list[Point]
    off: list[Point]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that a template needs to draw it."""

    height: float
    bottom: float
    """Of the lowest panel: the time axis is below."""
    panels: tuple[Panel, ...]
    lanes: tuple[Lane, ...]
    times: tuple[Tick, ...]
    flags: list[Flag] = field(default_factory=list)
    width: int = WIDTH
    left: float = LEFT
    right: float = RIGHT


Column = Callable[[Sample], float | None]


def drawing(course: Course) -> Drawing:
    samples = course.samples
    x = Scale(0.0, max(1.0, course.figures.duration_s), LEFT, RIGHT)
    panels = [speeds(samples, x, TOP, 165.0)]
    lanes = hands(samples, x, panels[0].bottom + GAP)
    top = lanes[-1].top + 12.0 + GAP
    for panel in (heart_panel, incline_panel):
        drawn = panel(samples, x, top)
        if drawn is not None:
            panels.append(drawn)
            top = drawn.bottom + GAP
    bottom = top - GAP + 4.0
    times = tuple(Tick(x.at(at), lasting(at)) for at in clock_ticks(0.0, x.high))
    return Drawing(bottom + 36.0, bottom, tuple(panels), lanes, times, flags(course.events, x))


def speeds(samples: Sequence[Sample], x: Scale, top: float, high: float) -> Panel:
    """Belt speed, set-point and cap."""
    most = max([LEAST_MPS, *(s.cap_mps for s in samples), *(s.belt_mps or 0.0 for s in samples)])
    y = Scale(0.0, most * 1.08, top + high, top)
    columns: tuple[tuple[str, Column], ...] = (
        ("cap", lambda s: s.cap_mps),
        ("set-point", lambda s: s.set_point_mps),
        ("belt", lambda s: s.belt_mps),
    )
    lines = tuple(Line(kind, path(held(samples, column), x, y)) for kind, column in columns)
    left = tuple(Tick(y.at(mps), f"{mps:g}") for mps in ticks(0.0, y.high))
    mph = ticks(0.0, mph_from_mps(y.high))
    right = tuple(Tick(y.at(mps_from_mph(each)), f"{each:g}") for each in mph)
    return Panel("Speed", top, top + high, lines, left, right)


def held(samples: Sequence[Sample], column: Column) -> list[tuple[float, float | None]]:
    """A column as it stood: each value until the next turn, without slopes that nobody saw."""
    points: list[tuple[float, float | None]] = []
    before: float | None = None
    for sample in samples:
        value = column(sample)
        if points and value != before:
            points.append((sample.at_s, before))
        points.append((sample.at_s, value))
        before = value
    return points


def hands(samples: Sequence[Sample], x: Scale, top: float) -> tuple[Lane, ...]:
    columns: tuple[tuple[str, Callable[[Sample], bool]], ...] = (
        ("Left", lambda s: s.left),
        ("Right", lambda s: s.right),
    )
    return tuple(
        Lane(
            name,
            top + 16.0 * row,
            spans(((s.at_s, hand(s)) for s in samples), x),
            spans(((s.at_s, s.moves and not hand(s)) for s in samples), x, least=2.0),
        )
        for row, (name, hand) in enumerate(columns)
    )


def heart_panel(samples: Sequence[Sample], x: Scale, top: float) -> Panel | None:
    """None without a strap."""
    beats = [s.heart_rate_bpm for s in samples if s.heart_rate_bpm is not None]
    if not beats:
        return None
    low, high = min(beats) // 10 * 10, max(beats) // 10 * 10 + 10
    return _panel("Heart rate, 1/min", "heart", samples, x, Scale(low, high, top + 60, top),
                  lambda s: s.heart_rate_bpm)  # fmt: skip


def incline_panel(samples: Sequence[Sample], x: Scale, top: float) -> Panel | None:
    """None for a walk on the flat."""
    most = max((abs(s.incline_pct) for s in samples if s.incline_pct is not None), default=0.0)
    if not most:
        return None
    low = min(0.0, *(s.incline_pct or 0.0 for s in samples))
    y = Scale(low, max(1.0, most), top + 40, top)
    return _panel("Incline, %", "incline", samples, x, y, lambda s: s.incline_pct)


def _panel(
    title: str, kind: str, samples: Sequence[Sample], x: Scale, y: Scale, column: Column
) -> Panel:
    line = Line(kind, path(held(samples, column), x, y))
    marks = tuple(Tick(y.at(each), f"{each:g}") for each in ticks(y.low, y.high, 4))
    return Panel(title, y.end, y.start, (line,), marks)

"""Drawings with one place per session, evenly apart, whatever days lie between."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from controller.records.report.charts import LEFT, RIGHT, WIDTH, Tick
from controller.records.report.scale import Scale, ticks

LABEL_PX = 64.0
PAIN_BANDS = ((0.0, 3.5, "green"), (3.5, 5.5, "amber"), (5.5, 10.0, "red"))
"""Green up to 3, amber 4 and 5, red from 6 on: the stricter of the traffic lights in use."""


@dataclass(frozen=True, slots=True)
class Row:
    """One series, a value per session or None. `kind` is the class that styles it."""

    kind: str
    values: Sequence[float | None]
    joined: bool = False
    dots: bool = True
    bars: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row in px: a path if it is joined, and a place per value."""

    kind: str
    path: str
    dots: tuple[tuple[float, float], ...]
    bars: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class SeriesChart:
    height: float
    top: float
    bottom: float
    bands: tuple[tuple[float, float, str], ...]
    rows: tuple[Drawn, ...]
    ticks: tuple[Tick, ...]
    places: tuple[Tick, ...]
    width: int = WIDTH
    left: float = LEFT
    right: float = RIGHT
    bar_width: float = 10.0


def series_chart(
    rows: Sequence[Row],
    began_at: Sequence[float],
    low: float,
    most: float,
    *,
    high: float,
    bands: Sequence[tuple[float, float, str]] = (),
) -> SeriesChart:
    """`low` to `most`: the figures on the axis; `high`: of the panel, px."""
    top, count = 20.0, max(1, len(began_at))
    y = Scale(low, most, top + high, top)
    wide = (RIGHT - LEFT) / count
    xs = [LEFT + wide * (index + 0.5) for index in range(count)]
    every = max(1, math.ceil(LABEL_PX / wide))
    places = tuple(
        Tick(xs[index], f"{index + 1} · {_day(at)}")
        for index, at in enumerate(began_at)
        if index % every == 0
    )
    return SeriesChart(
        top + high + 24.0, top, top + high,
        tuple((y.at(upto), y.at(above) - y.at(upto), name) for above, upto, name in bands),
        tuple(_drawn(row, xs, y) for row in rows),
        tuple(Tick(y.at(each), f"{each:g}") for each in ticks(low, most)),
        places,
        bar_width=min(26.0, wide * 0.6),
    )  # fmt: skip


def _drawn(row: Row, xs: Sequence[float], y: Scale) -> Drawn:
    points = [(x, y.at(v)) for x, v in zip(xs, row.values, strict=False) if v is not None]
    line = "M" + "L".join(f"{x:.1f},{at:.1f}" for x, at in points) if row.joined and points else ""
    return Drawn(
        row.kind,
        line,
        tuple(points) if row.dots and not row.bars else (),
        tuple((x, at) for x, at in points) if row.bars else (),
    )


def _day(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).astimezone().strftime("%m-%d")

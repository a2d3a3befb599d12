"""Lines with fewer points and the same picture.

Of all points that fall into one column of pixels the first, the lowest, the highest and the last
are kept, in their order: a spike of one turn stays as high as it was.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from controller.records.report.scale import Scale

Point = tuple[float, float]


def outline(points: Iterable[Point], columns_per_unit: float) -> Iterator[Point]:
    """The points that are to be drawn; `columns_per_unit`: how many pixels one unit of x has."""
    for _, group in groupby(points, lambda point: int(point[0] * columns_per_unit)):
        column = list(group)
        heights = [point[1] for point in column]
        kept = {0, heights.index(min(heights)), heights.index(max(heights)), len(column) - 1}
        yield from (column[index] for index in sorted(kept))


def path(points: Iterable[tuple[float, float | None]], x: Scale, y: Scale) -> str:
    """An SVG path; where y is None there is a gap in it."""
    per_unit = abs((x.end - x.start) / ((x.high - x.low) or 1.0))
    parts: list[str] = []
    for known, group in groupby(points, lambda point: point[1] is not None):
        if known:
            drawn = outline(((at, value or 0.0) for at, value in group), per_unit)
            parts.append(_stroke([(x.at(at), y.at(value)) for at, value in drawn]))
    return "".join(parts)


def _stroke(points: list[Point]) -> str:
    """Points between two others on one level are left out."""
    kept = [
        point
        for index, point in enumerate(points)
        if index in (0, len(points) - 1)
        or not points[index - 1][1] == point[1] == points[index + 1][1]
    ]
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in kept)


def spans(flags: Iterable[tuple[float, bool]], x: Scale, least: float = 1.0) -> list[Point]:
    """Where a flag is up, as (left, width) in px; none is narrower than `least`, so that the
    shortest one is seen. Those that touch are one."""
    found: list[list[float]] = []
    up_at: float | None = None
    last = x.low
    for at, up in flags:
        if up and up_at is None:
            up_at = at
        elif not up and up_at is not None:
            _span(found, x.at(up_at), x.at(at), least)
            up_at = None
        last = at
    if up_at is not None:
        _span(found, x.at(up_at), x.at(last), least)
    return [(left, right - left) for left, right in found]


def _span(found: list[list[float]], left: float, right: float, least: float) -> None:
    right = max(right, left + least)
    if found and left <= found[-1][1]:
        found[-1][1] = max(found[-1][1], right)
    else:
        found.append([left, right])

"""A plot as SVG text: a row for each name, its figures as marks on one logarithmic axis."""

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, ROW, LEFT, RIGHT, TOP = 820, 22, 270, 24, 30
COLOURS = ("#0b3d91", "#3b82c4", "#9dc3e6")
"""Of the first figure of each row, the second and the third."""
QUANTILES = {"p50": "p50_ms", "p99": "p99_ms", "highest": "max_ms"}
"""What is shown of a row of `figures.quantiles_ms`."""

Row = tuple[str, Sequence[float | None]]


def quantiles(unit: str, rows: Mapping[str, Mapping[str, float | None]]) -> str:
    """The plot of rows of `figures.quantiles_ms`."""
    shown = [(name, [row[q] for q in QUANTILES.values()]) for name, row in rows.items()]
    return marks(unit, tuple(QUANTILES), shown)


def marks(unit: str, figures: Sequence[str], rows: Sequence[Row]) -> str:
    """What each row's figures are is said above, in their colours; `unit` stands at the axis.

    A figure that is None or not above 0 has no mark.
    """
    axis = _Axis([value for _, values in rows for _, value in _known(values)])
    height = TOP + ROW * len(rows) + 40
    legend = "".join(
        f'<circle cx="{LEFT + 90 * i}" cy="12" r="5" fill="{COLOURS[i]}"/>'
        f'<text x="{LEFT + 10 + 90 * i}" y="16">{escape(name)}</text>'
        for i, name in enumerate(figures)
    )
    lines = "".join(_row(axis, TOP + ROW * i, *row) for i, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(unit)}" font-family="system-ui, sans-serif" font-size="13">'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{axis.drawn(height - 40)}'
        f'{legend}{lines}<text x="{WIDTH - RIGHT}" y="{height - 4}" text-anchor="end">'
        f"{escape(unit)}</text></svg>\n"
    )


class _Axis:
    """Whole decades, from left to right."""

    def __init__(self, values: Sequence[float]) -> None:
        self._low = math.floor(math.log10(min(values)))
        self._high = max(math.ceil(math.log10(max(values))), self._low + 1)

    def x(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def drawn(self, bottom: int) -> str:
        return "".join(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{bottom}" stroke="#ddd"/>'
            f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{10.0**decade:g}</text>'
            for decade in range(self._low, self._high + 1)
            for x in [self.x(10.0**decade)]
        )


def _known(values: Sequence[float | None]) -> list[tuple[int, float]]:
    """The figures that have a mark, each with its place in the row."""
    return [(i, value) for i, value in enumerate(values) if value is not None and value > 0]


def _row(axis: _Axis, top: int, name: str, values: Sequence[float | None]) -> str:
    middle = top + ROW / 2
    label = f'<text x="{LEFT - 12}" y="{middle + 4}" text-anchor="end">{escape(name)}</text>'
    places = [(i, axis.x(value)) for i, value in _known(values)]
    if not places:
        return label
    ends = [x for _, x in places]
    line = (
        f'<line x1="{min(ends):.1f}" x2="{max(ends):.1f}" y1="{middle}" y2="{middle}" '
        f'stroke="#9dc3e6" stroke-width="2"/>'
    )
    circles = "".join(
        f'<circle cx="{x:.1f}" cy="{middle}" r="4.5" fill="{COLOURS[i]}"/>'
        for i, x in reversed(places)
    )
    return f"{label}{line}{circles}"

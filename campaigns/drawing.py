"""Plots as SVG text: histograms of several groups, one row each, and a heat map."""

from collections.abc import Sequence
from html import escape

WIDTH, ROW, LEFT, RIGHT = 760, 34, 230, 20
BINS = 60
CELL_W, CELL_H = 46, 22


def histograms(groups: Sequence[tuple[str, Sequence[float]]], unit: str) -> str:
    """One row for each group, all on one axis from 0."""
    most = max((max(values) for _, values in groups if values), default=0.0) or 1.0
    height = ROW * len(groups) + 30
    rows = "".join(_row(i, name, values, most) for i, (name, values) in enumerate(groups))
    ticks = "".join(_tick(share, most, height) for share in (0.0, 0.25, 0.5, 0.75, 1.0))
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(unit)}">'
        f'{ticks}{rows}<text x="{LEFT - 8}" y="{height - 6}" text-anchor="end">'
        f"{escape(unit)}</text></svg>"
    )


def _row(index: int, name: str, values: Sequence[float], most: float) -> str:
    counts = [0] * BINS
    for value in values:
        counts[min(int(max(value, 0.0) / most * BINS), BINS - 1)] += 1
    base, tallest = ROW * (index + 1), max(counts) or 1
    width = (WIDTH - LEFT - RIGHT) / BINS
    bars = "".join(
        f'<rect x="{LEFT + i * width:.1f}" y="{base - h:.1f}" width="{width - 0.5:.1f}" '
        f'height="{h:.1f}"/>'
        for i, count in enumerate(counts)
        if count and (h := max(1.5, count / tallest * (ROW - 8)))
    )
    label = f"{escape(name)} ({len(values)})"
    return f'<text x="{LEFT - 8}" y="{base - 6}" text-anchor="end">{label}</text>{bars}'


def _tick(share: float, most: float, height: int) -> str:
    x = LEFT + share * (WIDTH - LEFT - RIGHT)
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 22}" stroke="#ddd"/>'
        f'<text x="{x:.1f}" y="{height - 6}" text-anchor="middle">{share * most:.3g}</text>'
    )


def heat_map(
    values: Sequence[Sequence[float]],
    columns: Sequence[float],
    rows: Sequence[float],
    *,
    axes: tuple[str, str],
    bound: float,
) -> str:
    """A cell for each value; those above `bound` are red, and the nearer below it the darker."""
    cells = "".join(
        _cell(x, y, value, bound) for y, row in enumerate(values) for x, value in enumerate(row)
    )
    across, down = axes
    width, height = 90 + CELL_W * len(columns), 40 + CELL_H * len(rows)
    heads = "".join(
        f'<text x="{90 + CELL_W * (x + 0.5):.0f}" y="32" text-anchor="middle">{value:.3g}</text>'
        for x, value in enumerate(columns)
    ) + "".join(
        f'<text x="82" y="{40 + CELL_H * (y + 0.7):.0f}" text-anchor="end">{value:.3g}</text>'
        for y, value in enumerate(rows)
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(across)}">'
        f'<text x="90" y="14">{escape(across)} →  {escape(down)} ↓</text>{heads}{cells}</svg>'
    )


def _cell(x: int, y: int, value: float, bound: float) -> str:
    share = value / bound
    colour = "#e66" if share > 1 else f"hsl(210 60% {95 - 45 * share:.0f}%)"
    left, top = 90 + CELL_W * x, 40 + CELL_H * y
    return (
        f'<rect x="{left}" y="{top}" width="{CELL_W - 1}" height="{CELL_H - 1}" fill="{colour}"/>'
        f'<text x="{left + CELL_W / 2}" y="{top + 15}" text-anchor="middle">{value:.2f}</text>'
    )

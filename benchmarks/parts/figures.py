"""Figures and tables: nearest-rank percentiles of what was measured, never a mean."""

import math
import os
import platform
from collections.abc import Iterable, Sequence
from typing import Any

QUANTILES = {"p50_ms": 0.5, "p99_ms": 0.99, "p999_ms": 0.999, "max_ms": 1.0}


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest figure that at least this share of `ordered` (ascending) does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def quantiles_ms(nanoseconds: Sequence[int]) -> dict[str, float | None]:
    """p50, p99, p99.9 and the highest, in ms; None each of nothing."""
    ordered = sorted(nanoseconds)
    if not ordered:
        return dict.fromkeys(QUANTILES)
    return {name: round(percentile(ordered, q) / 1e6, 4) for name, q in QUANTILES.items()}


def spread(figures: Iterable[float | None]) -> tuple[float | None, ...]:
    """How many are known, the lowest, the median and the highest."""
    known = sorted(figure for figure in figures if figure is not None)
    if not known:
        return 0, None, None, None
    return len(known), known[0], percentile(known, 0.5), known[-1]


def ratio(figure: float | None, base: float | None) -> float | None:
    return round(figure / base, 4) if figure is not None and base else None


def machine() -> dict[str, Any]:
    """What a reader must know of the computer; its load counts everything else that ran."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they need be; figures to the right."""
    texts = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return "\n".join(
        "  ".join(
            _aligned(text, width, i)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in texts
    )


def _aligned(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column == 0 else text.rjust(width)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)

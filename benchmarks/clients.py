"""What pages cost control: release to Stop, with no page open and with twenty, in the same run.

Blocks of both rows alternate, so that each sees the same machine. Every page takes telemetry ten
times a second and answers each pulse, as a tablet does.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.parts.figures import machine, quantiles_ms, ratio
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.load import watched
from benchmarks.parts.measured import measured, running
from benchmarks.parts.reactions import Reactions
from benchmarks.parts.trials import Trials

PERIOD_S = 0.05
ROUNDS = 5
WARM_UP = 20
PAGES = 20
NONE, MANY = "no page", f"{PAGES} pages"
WORSE_BY = 1.5
"""p99 with pages over p99 without: more than the two ways the same row was seen to differ."""


def run(n: int = 2000) -> dict[str, Any]:
    """`n` releases of each row."""
    facts = machine()
    rows = asyncio.run(_measure(n))
    figures = {name: quantiles_ms(row.whole) for name, row in rows.items()}
    worse = ratio(figures[MANY]["p99_ms"], figures[NONE]["p99_ms"])
    met = worse is not None and worse <= WORSE_BY
    bounds = {"p99_ratio": WORSE_BY}
    return {
        "machine": facts,
        "n": n,
        "rows": figures,
        "p99_ratio": worse,
        "bounds": bounds,
        "met": met,
    }


def table(result: dict[str, Any]) -> str:
    """A line per row."""
    lines = [(name, *row.values()) for name, row in result["rows"].items()]
    return drawn(("", "p50 ms", "p99 ms", "p99.9 ms", "highest ms"), lines)


async def _measure(n: int) -> dict[str, Reactions]:
    rows = {NONE: Reactions(), MANY: Reactions()}
    rounds = min(ROUNDS, n)
    with tempfile.TemporaryDirectory(prefix="retrotread-") as name:
        folder = Path(name)
        async with measured(folder) as trials:
            async with running(trials.loop.run()):
                await trials.run(WARM_UP, PERIOD_S, Reactions())
            for part in range(1, rounds + 1):
                await _block(trials, rows, folder, n // rounds)
                print(f"clients: round {part} of {rounds}", file=sys.stderr, flush=True)
    return rows


async def _block(trials: Trials, rows: dict[str, Reactions], folder: Path, n: int) -> None:
    async with running(trials.loop.run()):
        await trials.run(n, PERIOD_S, rows[NONE])
    async with running(trials.loop.run()), watched(folder, PAGES):
        await trials.run(n, PERIOD_S, rows[MANY])

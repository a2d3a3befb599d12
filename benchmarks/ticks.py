"""How late the loop's turns are when only its timer calls them, idle and beside busy processes,
with the usual scheduler and with SCHED_FIFO, next to a C program that does nothing but sleep.

The rows of a condition run at once, so that each sees the same machine. A turn that is late by a
whole period has lost a tick.
"""

import asyncio
import itertools
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.parts.bounds import Bound, told
from benchmarks.parts.compiled import compiled
from benchmarks.parts.figures import machine, quantiles_ms, ratio
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.load import HOGS, hogs
from benchmarks.parts.plot import quantiles

PRIORITY = 50
PERIODS_NS = {"20 Hz": 50_000_000, "50 Hz": 20_000_000}
"""The loop's own pace, and one that it does not need."""
LOOP, FLOOR = "loop", "C"
IDLE, BUSY = "idle", f"{HOGS} hogs"
OTHER, FIFO = "usual", "FIFO"
SETTLE_S = 4.0
"""Not counted: the programs start all at once, and some are slower at it."""
LOST_AT_MOST = 0
"""Ticks that the loop may lose under FIFO beyond those that the C program loses beside it."""
LATE_AT_MOST = 15.0
"""p50 of an idle loop under FIFO over the C program's: its turn begins, where that wakes up."""


def run(seconds: float = 60.0) -> dict[str, Any]:
    """So many seconds of each condition."""
    facts = machine()
    with tempfile.TemporaryDirectory(prefix="retrotread-") as folder:
        rows = asyncio.run(_measure(compiled("ticker", Path(folder)), seconds))
    bounds = [bound.told() for bound in _bounds(rows)]
    met = all(bound["kept"] for bound in bounds)
    return {"machine": facts, "seconds": seconds, "rows": rows, "bounds": bounds, "met": met}


def table(result: dict[str, Any]) -> str:
    """A line per row: how late its ticks were, and against the C program beside it."""
    rows = result["rows"]
    lines = []
    for name, row in rows.items():
        floor = rows[name.replace(LOOP, FLOOR, 1)]["late"]
        over = (ratio(row["late"][q], floor[q]) for q in ("p50_ms", "p99_ms"))
        lines.append((name, row["n"], *row["late"].values(), *over, row["lost"]))
    head = ("ms late", "n", "p50", "p99", "p99.9", "max", "p50/C", "p99/C", "lost")
    return f"{drawn(head, lines)}\n\n{told(result['bounds'])}"


def plot(result: dict[str, Any]) -> str:
    """How late the ticks of each row were."""
    rows = {name: row["late"] for name, row in result["rows"].items()}
    return quantiles("a tick is late by, ms", rows)


def _bounds(rows: dict[str, dict[str, Any]]) -> Iterator[Bound]:
    for where, pace in itertools.product((IDLE, BUSY), PERIODS_NS):
        loop, floor = (rows[_name(what, where, FIFO, pace)] for what in (LOOP, FLOOR))
        if loop["lost"] is not None and floor["lost"] is not None:
            more = max(0, loop["lost"] - floor["lost"])
            yield Bound(f"{where}, {pace}: ticks lost beyond C's", more, at_most=LOST_AT_MOST)
        over = ratio(loop["late"]["p50_ms"], floor["late"]["p50_ms"])
        yield Bound(f"{where}, {pace}: p50 / C", over, at_most=LATE_AT_MOST)


def _name(what: str, where: str, how: str, pace: str) -> str:
    return f"{what}, {where}, {how}, {pace}"


async def _measure(floor: Path, seconds: float) -> dict[str, dict[str, Any]]:
    rows = await _condition(IDLE, floor, seconds)
    async with hogs(HOGS):
        return rows | await _condition(BUSY, floor, seconds)


async def _condition(where: str, floor: Path, seconds: float) -> dict[str, dict[str, Any]]:
    print(f"ticks: {where}, {seconds:.0f} s", file=sys.stderr, flush=True)
    commands = {
        LOOP: (sys.executable, "-m", "benchmarks.parts.ticker"),
        FLOOR: (str(floor),),
    }
    runs = list(itertools.product(PERIODS_NS, (OTHER, FIFO), commands))
    late = await asyncio.gather(
        *(_ticks(commands[what], PERIODS_NS[pace], seconds, how) for pace, how, what in runs)
    )
    return {
        _name(what, where, how, pace): _figures(each, PERIODS_NS[pace])
        for (pace, how, what), each in zip(runs, late, strict=True)
    }


async def _ticks(command: Sequence[str], period_ns: int, seconds: float, how: str) -> list[int]:
    """What a child says of its ticks; nothing where the computer does not let it have FIFO."""
    unsettled, counted = (max(1, round(s * 1e9 / period_ns)) for s in (SETTLE_S, seconds))
    child = await asyncio.create_subprocess_exec(
        *command, str(period_ns), str(unsettled + counted), stdout=asyncio.subprocess.PIPE
    )
    if how == FIFO:
        try:
            os.sched_setscheduler(child.pid, os.SCHED_FIFO, os.sched_param(PRIORITY))
        except PermissionError:
            child.kill()
    lines, _ = await child.communicate()
    late = [int(line) for line in lines.split()] if child.returncode == 0 else []
    return late[unsettled:]


def _figures(late: list[int], period_ns: int) -> dict[str, Any]:
    lost = sum(late_ns // period_ns for late_ns in late if late_ns > 0)
    return {"n": len(late), "late": quantiles_ms(late), "lost": lost if late else None}

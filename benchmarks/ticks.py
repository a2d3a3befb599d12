"""How late the loop's turns are when only its timer calls them, idle and beside busy processes,
with the usual scheduler and with SCHED_FIFO, next to a C program that does nothing but sleep.

The rows of a condition run at once, so that each sees the same machine. A turn that is late by a
whole period has lost a tick.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.parts.figures import machine, quantiles_ms, ratio
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.load import HOGS, hogs
from controller.safety.monitors import PERIOD_S

PRIORITY = 50
PERIOD_NS = round(PERIOD_S * 1e9)
SOURCE = Path(__file__).parent / "parts" / "ticker.c"
LOOP, FLOOR = "loop", "C"
IDLE, BUSY = "idle", f"{HOGS} hogs"
OTHER, FIFO = "usual", "FIFO"
LOST_AT_MOST = 0
"""Ticks that the loop may lose under FIFO beyond those that the C program loses beside it."""


def run(seconds: float = 60.0) -> dict[str, Any]:
    """So many seconds of each condition."""
    facts = machine()
    with tempfile.TemporaryDirectory(prefix="retrotread-") as folder:
        floor = Path(folder) / "ticker"
        subprocess.run(["cc", "-O2", "-o", floor, SOURCE], check=True)  # noqa: S607
        rows = asyncio.run(_measure(floor, max(1, round(seconds / PERIOD_S))))
    lost = {name: row["lost"] for name, row in rows.items()}
    kept = [
        lost[_name(LOOP, where, FIFO)] <= lost[_name(FLOOR, where, FIFO)] + LOST_AT_MOST
        for where in (IDLE, BUSY)
        if lost[_name(LOOP, where, FIFO)] is not None
    ]
    return {"machine": facts, "seconds": seconds, "rows": rows, "met": all(kept)}


def table(result: dict[str, Any]) -> str:
    """A line per row: how late its ticks were, and against the C program beside it."""
    rows = result["rows"]
    lines = []
    for name, row in rows.items():
        floor = rows[name.replace(LOOP, FLOOR, 1)]["late"]
        over = (ratio(row["late"][q], floor[q]) for q in ("p50_ms", "p99_ms"))
        lines.append((name, row["n"], *row["late"].values(), *over, row["lost"]))
    head = ("ms late", "n", "p50", "p99", "p99.9", "max", "p50/C", "p99/C", "lost")
    return drawn(head, lines)


def _name(what: str, where: str, how: str) -> str:
    return f"{what}, {where}, {how}"


async def _measure(floor: Path, count: int) -> dict[str, dict[str, Any]]:
    rows = await _condition(IDLE, floor, count)
    async with hogs(HOGS):
        return rows | await _condition(BUSY, floor, count)


async def _condition(where: str, floor: Path, count: int) -> dict[str, dict[str, Any]]:
    print(f"ticks: {where}, {count * PERIOD_S:.0f} s", file=sys.stderr, flush=True)
    commands = {
        LOOP: [sys.executable, "-m", "benchmarks.parts.ticker", str(count)],
        FLOOR: [str(floor), str(PERIOD_NS), str(count)],
    }
    runs = [(what, how) for how in (OTHER, FIFO) for what in commands]
    told = await asyncio.gather(*(_ticks(commands[what], how) for what, how in runs))
    return {
        _name(what, where, how): _figures(late)
        for (what, how), late in zip(runs, told, strict=True)
    }


async def _ticks(command: Sequence[str], how: str) -> list[int]:
    """What a child says of its ticks; nothing where the computer does not let it have FIFO."""
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    if how == FIFO:
        try:
            os.sched_setscheduler(child.pid, os.SCHED_FIFO, os.sched_param(PRIORITY))
        except PermissionError:
            child.kill()
    told, _ = await child.communicate()
    return [int(line) for line in told.split()] if child.returncode == 0 else []


def _figures(late: list[int]) -> dict[str, Any]:
    lost = sum(late_ns // PERIOD_NS for late_ns in late if late_ns > 0)
    return {"n": len(late), "late": quantiles_ms(late), "lost": lost if late else None}

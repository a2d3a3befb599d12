"""How many whole sessions one process on one core keeps in time: loop, drivers, octets and bedside.

A clinic has one treadmill and one process for it. The figure says how much of a core that leaves,
and what a bench that drives many of them can hold. They run on a clock on which work takes its CPU
time: what else the computer does is no part of it. Sessions double until a timer that is due every
period is late by more than 10 ms at p99, or the core is full; then the gap is halved.
"""

import asyncio
import contextlib
import gc
import sys
import time
from typing import Any

from benchmarks.parts import own_core
from benchmarks.parts.figures import machine, percentile
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.plot import marks
from benchmarks.parts.virtual_stack import Stack
from controller.safety.monitors import PERIOD_S

LATE_AT_MOST_MS = 10.0
FULL = 0.97
SETTLE_S = 6.0
"""Until every walk is under way."""
LEAST = 16
FINE = 8
"""The figure is known to one part in so many."""


def run(seconds: float = 10.0) -> dict[str, Any]:
    """So many seconds of each count, beginning with one session."""
    facts, rows = machine(), [_row(1, seconds)]
    while rows[-1]["in_time"]:
        rows.append(_row(2 * rows[-1]["sessions"], seconds))
    while count := between(rows):
        rows.append(_row(count, seconds))
    most = held(rows)
    return {"machine": facts, "rows": rows, "sessions": most, "met": most >= LEAST}


def between(rows: list[dict[str, Any]]) -> int:
    """The count to try next, halfway from the most in time to the least that was not; 0 when the
    two are near."""
    most, late = held(rows), min(row["sessions"] for row in rows if not row["in_time"])
    return (most + late) // 2 if most and late - most > max(1, most / FINE) else 0


def _row(count: int, seconds: float) -> dict[str, Any]:
    """With the heap of the process frozen, as control's is."""
    print(f"sessions_per_core: {count}", file=sys.stderr, flush=True)
    gc.collect()
    gc.freeze()
    row = own_core.run(_measure(count, seconds))
    gc.unfreeze()
    return row


def held(rows: list[dict[str, Any]]) -> int:
    """The most sessions that were kept in time."""
    return max((row["sessions"] for row in rows if row["in_time"]), default=0)


def table(result: dict[str, Any]) -> str:
    """A line per count."""
    lines = [
        (
            str(row["sessions"]),
            row["cpu_ms_per_session_s"],
            row["core_pct"],
            row["late_p50_ms"],
            row["late_p99_ms"],
            "yes" if row["in_time"] else "no",
        )
        for row in result["rows"]
    ]
    head = ("sessions", "CPU ms a session-second", "core %", "late p50 ms", "p99", "in time")
    return drawn(head, lines)


def plot(result: dict[str, Any]) -> str:
    """How late a timer is, by the number of sessions."""
    rows = sorted(result["rows"], key=lambda row: row["sessions"])
    late = [(str(row["sessions"]), [row["late_p50_ms"], row["late_p99_ms"]]) for row in rows]
    return marks("with so many sessions a timer is late by, ms", ("p50", "p99"), late)


async def _measure(count: int, seconds: float) -> dict[str, Any]:
    async with contextlib.AsyncExitStack() as entered:
        stacks = [await entered.enter_async_context(Stack(seed).alive()) for seed in range(count)]
        await asyncio.sleep(SETTLE_S)
        clock = asyncio.get_running_loop().time
        began_s, cpu_s = clock(), time.process_time()
        late_ms = sorted(await _late_ms(seconds))
        took_s, cpu_s = clock() - began_s, time.process_time() - cpu_s
        walking = all(stack.walking for stack in stacks)
    p99_ms, core = percentile(late_ms, 0.99), cpu_s / took_s
    return {
        "sessions": count,
        "walking": walking,
        "cpu_ms_per_session_s": round(cpu_s / took_s / count * 1e3, 3),
        "core_pct": round(core * 100, 1),
        "late_p50_ms": round(percentile(late_ms, 0.5), 3),
        "late_p99_ms": round(p99_ms, 3),
        "in_time": walking and p99_ms <= LATE_AT_MOST_MS and core <= FULL,
    }


async def _late_ms(seconds: float) -> list[float]:
    """How late a timer of the loop's own period comes, among all that the sessions do."""
    clock = asyncio.get_running_loop().time
    due_s, late_ms = clock(), []
    for _ in range(round(seconds / PERIOD_S)):
        due_s += PERIOD_S
        await asyncio.sleep(max(0.0, due_s - clock()))
        late_ms.append((clock() - due_s) * 1e3)
    return late_ms

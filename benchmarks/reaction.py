"""From a release at the grip unit's wire to Stop octets handed to the treadmill's link.

Rows: the event-driven loop, idle; the same beside busy cores and a full console; and the same turn
called by a timer every 200 ms. Blocks of all rows alternate, so that each sees the same machine.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.parts.figures import machine, quantiles_ms, ratio
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.load import HOGS, PAGES, load
from benchmarks.parts.measured import measured, running
from benchmarks.parts.reactions import Reactions
from benchmarks.parts.trials import Trials
from controller.loop import Loop

PERIOD_S = 0.05
"""Releases fall at random within a whole period of the loop,"""
POLL_S = 0.2
"""or of the timer: qdomyos-zwift's `pollDeviceTime`."""
ROUNDS = 5
WARM_UP = 20
IDLE, LOADED, POLLED = "idle", f"{HOGS} hogs, {PAGES} pages", "200 ms polling, idle"
P50_MS, P99_MS = 1.0, 10.0
"""What the idle row must keep, from the injector's stamp to Stop."""


def run(n: int = 5000, polls: int = 300) -> dict[str, Any]:
    """`n` releases idle and `n` under load, `polls` before the polling loop."""
    facts = machine()
    rows = asyncio.run(_measure(n, polls))
    figures = {name: _figures(reactions) for name, reactions in rows.items()}
    idle = figures[IDLE]["whole"]
    met = all(idle[q] is not None and idle[q] <= ms for q, ms in _BOUNDS.items())
    return {
        "machine": facts,
        "n": n,
        "polls": polls,
        "rows": figures,
        "bounds": _BOUNDS,
        "met": met,
    }


_BOUNDS = {"p50_ms": P50_MS, "p99_ms": P99_MS}


def table(result: dict[str, Any]) -> str:
    """A line per row and stretch, with its ratios to the idle and to the polling row."""
    rows = result["rows"]
    lines = [
        (
            f"{name}: {stretch}", row["n"], *row[stretch].values(),
            ratio(row[stretch]["p50_ms"], rows[IDLE][stretch]["p50_ms"]),
            ratio(row[stretch]["p99_ms"], rows[IDLE][stretch]["p99_ms"]),
            ratio(row[stretch]["p50_ms"], rows[POLLED][stretch]["p50_ms"]),
            row["excluded"], row["missing"],
        )
        for stretch in ("whole", "own", "wire")
        for name, row in rows.items()
    ]  # fmt: skip
    head = ("ms", "n", "p50", "p99", "p99.9", "max", "p50/idle", "p99/idle", "p50/polling")
    return drawn((*head, "excluded", "missing"), lines)


async def _measure(n: int, polls: int) -> dict[str, Reactions]:
    rows = {name: Reactions() for name in (IDLE, LOADED, POLLED)}
    rounds = min(ROUNDS, n, polls)
    with tempfile.TemporaryDirectory(prefix="retrotread-") as name:
        folder = Path(name)
        async with measured(folder) as trials:
            async with running(trials.loop.run()):
                await trials.run(WARM_UP, PERIOD_S, Reactions())
            for part in range(1, rounds + 1):
                await _block(trials, rows, folder, n // rounds, polls // rounds)
                _tell(part, rounds, rows)
    return rows


async def _block(
    trials: Trials, rows: dict[str, Reactions], folder: Path, n: int, polls: int
) -> None:
    async with running(trials.loop.run()):
        await trials.run(n, PERIOD_S, rows[IDLE])
    async with running(_poll(trials.loop)):
        await trials.run(polls, POLL_S, rows[POLLED])
    async with running(trials.loop.run()), load(folder):
        await trials.run(n, PERIOD_S, rows[LOADED])


async def _poll(loop: Loop) -> None:
    """The same turn, but nobody is woken by news."""
    due_s = time.monotonic()
    while True:
        loop.turn()
        due_s = max(due_s + POLL_S, time.monotonic())
        await asyncio.sleep(due_s - time.monotonic())


def _figures(reactions: Reactions) -> dict[str, Any]:
    return {
        "n": len(reactions.whole),
        "whole": quantiles_ms(reactions.whole),
        "own": quantiles_ms(reactions.own),
        "wire": quantiles_ms(reactions.wire),
        "excluded": sum(reactions.excluded.values()),
        "excluded_by": dict(reactions.excluded),
        "missing": reactions.missing,
    }


def _tell(part: int, rounds: int, rows: dict[str, Reactions]) -> None:
    done = ", ".join(f"{name} {len(row.whole)}" for name, row in rows.items())
    print(f"reaction: round {part} of {rounds}: {done}", file=sys.stderr, flush=True)

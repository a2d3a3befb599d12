"""Control is killed (SIGKILL) in the middle of a walk on a simulated Trackmaster, without a guard.

Only the machine's own dead-man is left: after half a second without a command it stops the belt.
"""

import asyncio
import sys
from dataclasses import asdict
from typing import Any

from benchmarks.parts.dead_man import SLOWER_MS, Silence, fall_silent
from benchmarks.parts.figures import machine, spread
from benchmarks.parts.figures import table as drawn

STRETCHES = ("slower_ms", "rest_ms")


def run(n: int = 20) -> dict[str, Any]:
    """`n` trials, one after the other."""
    facts = machine()
    trials = asyncio.run(_trials(n))
    return {
        "machine": facts,
        "n": n,
        "bounds": {"slower_ms": SLOWER_MS},
        "trials": [asdict(trial) | {"met": trial.met} for trial in trials],
        "met": all(trial.met for trial in trials),
    }


def table(result: dict[str, Any]) -> str:
    """A line per stretch: ms after the kill; then how many trials kept the bound."""
    trials = result["trials"]
    rows: list[tuple[object, ...]] = [
        (name, *spread(trial[name] for trial in trials)) for name in STRETCHES
    ]
    rows.append(("every bound kept", sum(trial["met"] for trial in trials), None, None, None))
    return drawn(("ms after the kill", "n", "lowest", "p50", "highest"), rows)


async def _trials(n: int) -> list[Silence]:
    trials: list[Silence] = []
    for number in range(n):
        trials.append(await fall_silent("trackmaster", number))
        line = f"dead_man: {number + 1} of {n}: {trials[-1]}"
        print(line, file=sys.stderr, flush=True)
    return trials

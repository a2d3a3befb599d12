"""The scripted walk of `retrotread demo --auto`, again and again, a service of its own each time.

Both hands let go at the cap; the belt must never have gone above it, the Stop must have come when
the grace was over, and rest must have been seen.
"""

import asyncio
import sys
from typing import Any

from benchmarks.parts.figures import machine, spread
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.loss import bedside
from controller.cli.failure import Failure
from controller.cli.walkthrough import walk
from controller.safety.limits import Limits, grace_s

OVER_CAP_MPS = 0.03
AFTER_GRACE_MS = 100.0
FIGURES = ("peak_belt_mps", "peak_set_point_mps", "release_to_stop_ms", "stop_to_rest_s", "carry_m")


def run(n: int = 20) -> dict[str, Any]:
    """`n` walks."""
    facts = machine()
    walks: list[dict[str, Any]] = []
    for number in range(1, n + 1):
        walks.append(asyncio.run(_walk()))
        print(f"demo: {number} of {n}: {walks[-1]}", file=sys.stderr, flush=True)
    return {
        "machine": facts,
        "n": n,
        "bounds": {"over_cap_mps": OVER_CAP_MPS, "after_grace_ms": AFTER_GRACE_MS},
        "walks": walks,
        "met": all(walk["met"] for walk in walks),
    }


def table(result: dict[str, Any]) -> str:
    """A line per figure; then how many walks kept every bound."""
    rows: list[tuple[object, ...]] = [
        (name, *spread(walk.get(name) for walk in result["walks"])) for name in FIGURES
    ]
    rows.append(("every bound kept", sum(w["met"] for w in result["walks"]), None, None, None))
    return drawn(("", "n", "lowest", "p50", "highest"), rows)


async def _walk() -> dict[str, Any]:
    try:
        async with bedside() as running:
            summary = await walk(running, lambda _line: None)
    except Failure as failure:
        return {"failure": str(failure), "met": False}
    kept = {name: summary[name] for name in (*FIGURES, "cap_mps", "stop_cause", "verified")}
    return kept | {"met": _met(summary)}


def _met(summary: dict[str, Any]) -> bool:
    cap_mps, delay_ms = summary["cap_mps"], summary["release_to_stop_ms"]
    within_ms = grace_s(cap_mps, Limits()) * 1000 + AFTER_GRACE_MS
    slow = summary["peak_belt_mps"] <= cap_mps + OVER_CAP_MPS
    prompt = delay_ms is not None and delay_ms <= within_ms
    return bool(slow and prompt and summary["verified"])

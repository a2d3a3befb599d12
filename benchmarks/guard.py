"""Control is killed (SIGKILL) or frozen (SIGSTOP) in the middle of a walk: over virtual Bluetooth
without a relay and with one, and on a serial treadmill; ports are ptys.

The guard must notice, open the relay if there is one, have the belt stopped without control's
help, and see it rest; nothing may restart the walk. The three ways are taken side by side; on each,
one trial after the other, five on each service, and a new one after a failure.
"""

import asyncio
import itertools
import signal
import sys
from dataclasses import asdict
from typing import Any

from benchmarks.parts.figures import machine, spread
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.loss import (
    DETECTED_MS,
    OPEN_MS,
    QUIET_S,
    SLOWER_MS,
    STOP_MS,
    Loss,
    bedside,
    lose_control,
)
from drivers.address import FTMS

SIGNALS = (signal.SIGKILL, signal.SIGSTOP)
PER_SERVICE = 5
STRETCHES = ("detected_ms", "open_ms", "stop_ms", "slower_ms", "rest_ms", "verified_ms")
WAYS = ((FTMS, "none"), (FTMS, "pty"), ("trackmaster", "none"))
"""Treadmill and relay."""


def run(n: int = 20) -> dict[str, Any]:
    """`n` trials of each signal on each way."""
    facts = machine()
    losses = asyncio.run(_side_by_side(n))
    return {
        "machine": facts,
        "n": n,
        "bounds": {
            "detected_ms": DETECTED_MS,
            "open_ms": OPEN_MS,
            "stop_ms": STOP_MS,
            "slower_ms": SLOWER_MS,
            "quiet_s": QUIET_S,
        },
        "trials": [asdict(loss) | {"met": loss.met} for loss in losses],
        "met": all(loss.met for loss in losses),
    }


def table(result: dict[str, Any]) -> str:
    """A line per path, signal and stretch: ms after the signal; then how many trials kept every
    bound."""
    rows: list[tuple[object, ...]] = []
    for (kind, fitted), number in itertools.product(WAYS, SIGNALS):
        relay = fitted != "none"
        path = f"{number.name} {kind}{' relay' if relay else ''}"
        trials = [
            trial
            for trial in result["trials"]
            if (trial["machine"], trial["relay"], trial["signal"]) == (kind, relay, number.name)
        ]
        rows += [
            (f"{path} {name}", *spread(trial[name] for trial in trials))
            for name in STRETCHES
            if relay or name != "open_ms"
        ]
        kept = sum(trial["met"] for trial in trials)
        rows.append((f"{path} every bound kept", kept, None, None, None))
    return drawn(("ms after the signal", "n", "lowest", "p50", "highest"), rows)


async def _side_by_side(n: int) -> list[Loss]:
    ways = await asyncio.gather(*(_trials(n, kind, relay) for kind, relay in WAYS))
    return [loss for losses in ways for loss in losses]


async def _trials(n: int, kind: str, relay: str) -> list[Loss]:
    losses: list[Loss] = []
    plan = [number for _ in range(n) for number in SIGNALS]
    while len(losses) < len(plan):
        async with bedside(relay, kind) as running:
            for number in plan[len(losses) :][:PER_SERVICE]:
                losses.append(await lose_control(running, number, len(losses)))
                _tell(losses, len(plan))
                if losses[-1].failure:
                    break
    return losses


def _tell(losses: list[Loss], planned: int) -> None:
    last = losses[-1]
    figures = ", ".join(f"{name} {getattr(last, name)}" for name in STRETCHES)
    kept = "kept" if last.met else f"NOT KEPT {last}"
    line = f"guard: {last.machine} {len(losses)} of {planned}: {last.signal} {figures}: {kept}"
    print(line, file=sys.stderr, flush=True)

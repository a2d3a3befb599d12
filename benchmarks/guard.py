"""Control is killed (SIGKILL) or frozen (SIGSTOP) in the middle of a walk over virtual Bluetooth,
without a relay and with one on a serial port (a pty).

The guard must notice, open the relay if there is one, have the belt stopped without control's
help, and see it rest; nothing may restart the walk. One trial after the other, five on each
service, and a new one after a failure.
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
    Loss,
    bedside,
    lose_control,
)

SIGNALS = (signal.SIGKILL, signal.SIGSTOP)
PER_SERVICE = 5
STRETCHES = ("detected_ms", "open_ms", "stop_ms", "slower_ms", "rest_ms", "verified_ms")
RELAYS = ("none", "pty")


def run(n: int = 20) -> dict[str, Any]:
    """`n` trials of each signal, without a relay and with one."""
    facts = machine()
    losses = [loss for relay in RELAYS for loss in asyncio.run(_trials(n, relay))]
    return {
        "machine": facts,
        "n": n,
        "bounds": {
            "detected_ms": DETECTED_MS,
            "open_ms": OPEN_MS,
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
    for relay, number in itertools.product((False, True), SIGNALS):
        path = f"{number.name} {'relay' if relay else 'no relay'}"
        trials = [
            trial
            for trial in result["trials"]
            if (trial["relay"], trial["signal"]) == (relay, number.name)
        ]
        rows += [
            (f"{path} {name}", *spread(trial[name] for trial in trials))
            for name in STRETCHES
            if relay or name != "open_ms"
        ]
        kept = sum(trial["met"] for trial in trials)
        rows.append((f"{path} every bound kept", kept, None, None, None))
    return drawn(("ms after the signal", "n", "lowest", "p50", "highest"), rows)


async def _trials(n: int, relay: str) -> list[Loss]:
    losses: list[Loss] = []
    plan = [number for _ in range(n) for number in SIGNALS]
    while len(losses) < len(plan):
        async with bedside(relay) as running:
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
    line = f"guard: {len(losses)} of {planned}: {last.signal} {figures}: {kept}"
    print(line, file=sys.stderr, flush=True)

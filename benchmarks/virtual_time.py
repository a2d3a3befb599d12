"""How much faster than time one session runs on one core: a campaign's walk with the real turn, the
whole asyncio stack, and, as the floor, the belt and the walker alone. CPU time, the least of many.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.parts.figures import machine, ratio
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.virtual_stack import Stack
from campaigns.bedside import bedside
from campaigns.plan import parse
from campaigns.walk import Walk
from controller.safety.monitors import PERIOD_S
from simulators import virtual_time
from simulators.scene import Scene

ROUNDS = 40
STACK_S = 20.0
CAMPAIGN = parse('[walk]\nseconds = 10\nend = "stop"\n')
TURN, STACK, FLOOR = "walk of a campaign", "whole stack", "belt and walker alone"
LEAST = 1000.0
"""Times real time, a walk of a campaign."""


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """Each row by turns, so that all of them saw the same machine."""
    facts = machine()
    least_s = {name: float("inf") for name in ROWS}
    for index in range(rounds):
        print(f"virtual_time: round {index + 1} of {rounds}", file=sys.stderr, flush=True)
        for name, row in ROWS.items():
            least_s[name] = min(least_s[name], row())
    rows = {
        name: {"cpu_us_per_s": round(cpu_s * 1e6, 1), "times": round(1 / cpu_s)}
        for name, cpu_s in least_s.items()
    }
    return {"machine": facts, "rows": rows, "met": rows[TURN]["times"] >= LEAST}


def table(result: dict[str, Any]) -> str:
    """A line per row: CPU time for a second, times real time, and over the floor."""
    rows = result["rows"]
    floor_us = rows[FLOOR]["cpu_us_per_s"]
    lines = [
        (name, row["cpu_us_per_s"], row["times"], ratio(row["cpu_us_per_s"], floor_us))
        for name, row in rows.items()
    ]
    return drawn(("one session", "CPU µs a second", "x real time", "x floor"), lines)


def _walk() -> float:
    """CPU seconds for a second of a walk, from arming to verified rest."""
    walk = Walk(bedside(CAMPAIGN, 1), CAMPAIGN.seed)
    began_s = time.process_time()
    outcome = walk.run()
    return (time.process_time() - began_s) / outcome.lasted_s


def _stack() -> float:
    async def steady() -> float:
        async with Stack(1).alive() as stack:
            await asyncio.sleep(5.0)
            began_s = time.process_time()
            await asyncio.sleep(STACK_S)
            if not stack.walking:
                raise RuntimeError(f"The walk of the whole stack ended: {stack.control.state}")
            return (time.process_time() - began_s) / STACK_S

    return virtual_time.run(steady())


def _floor() -> float:
    """A slice each turn, as a walk has it while hands rest."""
    scene = Scene(seed=1)
    scene.treadmill.firmware.set_speed(144)
    scene.treadmill.firmware.start()
    scene.intend("hold")
    began_s = time.process_time()
    for _ in range(2000):
        scene.advance(PERIOD_S)
    return (time.process_time() - began_s) / (2000 * PERIOD_S)


ROWS: dict[str, Callable[[], float]] = {TURN: _walk, STACK: _stack, FLOOR: _floor}

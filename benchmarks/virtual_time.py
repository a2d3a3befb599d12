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
from benchmarks.parts.plot import marks
from benchmarks.parts.virtual_stack import Stack
from campaigns.bedside import bedside
from campaigns.plan import parse
from campaigns.walk import Walk
from controller.safety.monitors import PERIOD_S
from simulators import virtual_time
from simulators.scene import Scene

ROUNDS = 40
WINDOW = 20
"""Happenings, or slices, in one window: about a virtual second, one or two milliseconds."""
STACK_S = 20
SLICES = 2000
CAMPAIGN = parse('[walk]\nseconds = 120\nend = "stop"\n')
WALK, STACK, FLOOR = "walk of a campaign", "whole stack", "belt and walker alone"
LEAST = 1000.0
"""Times real time, a walk of a campaign."""
Windows = tuple[list[float], float]
"""The CPU seconds of each window in a row, and the virtual seconds of all."""


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """The rows by turns. A row does the same in every round, so that of each window the least over
    all rounds counts: what it takes when nothing interrupts it."""
    facts = machine()
    least: dict[str, Windows] = {}
    for index in range(rounds):
        print(f"virtual_time: round {index + 1} of {rounds}", file=sys.stderr, flush=True)
        for name, row in ROWS.items():
            windows, seconds = row()
            before, _ = least.get(name, (windows, seconds))
            least[name] = [min(pair) for pair in zip(before, windows, strict=True)], seconds
    rows = {name: _figures(*told) for name, told in least.items()}
    return {"machine": facts, "rows": rows, "met": rows[WALK]["times"] >= LEAST}


def _figures(windows: list[float], seconds: float) -> dict[str, float]:
    cpu_s = sum(windows)
    return {"cpu_us_per_s": round(cpu_s / seconds * 1e6, 1), "times": round(seconds / cpu_s)}


def table(result: dict[str, Any]) -> str:
    """A line per row: CPU time for a second, times real time, and over the floor."""
    rows = result["rows"]
    floor_us = rows[FLOOR]["cpu_us_per_s"]
    lines = [
        (name, row["cpu_us_per_s"], row["times"], ratio(row["cpu_us_per_s"], floor_us))
        for name, row in rows.items()
    ]
    return drawn(("one session", "CPU µs a second", "x real time", "x floor"), lines)


def plot(result: dict[str, Any]) -> str:
    """How much faster than time."""
    rows = [(name, [row["times"]]) for name, row in result["rows"].items()]
    return marks("times real time", (), rows)


def _walk() -> Windows:
    """From arming to verified rest."""
    walk = Walk(bedside(CAMPAIGN, 1), CAMPAIGN.seed)
    windows, more = [], True
    while more:
        began_s = time.process_time()
        for _ in range(WINDOW):
            more = walk.goes_on()
            if not more:
                break
        windows.append(time.process_time() - began_s)
    return windows, walk.now_s


def _stack() -> Windows:
    """Of a steady walk."""

    async def steady() -> list[float]:
        windows = []
        async with Stack(1).alive() as stack:
            await asyncio.sleep(5.0)
            for _ in range(STACK_S):
                began_s = time.process_time()
                await asyncio.sleep(1.0)
                windows.append(time.process_time() - began_s)
            if not stack.walking:
                raise RuntimeError(f"The walk of the whole stack ended: {stack.control.state}")
        return windows

    return virtual_time.run(steady()), STACK_S


def _floor() -> Windows:
    """A slice each turn, as a walk has it while hands rest."""
    scene = Scene(seed=1)
    scene.treadmill.firmware.set_speed(144)
    scene.treadmill.firmware.start()
    scene.intend("hold")
    windows = []
    for _ in range(SLICES // WINDOW):
        began_s = time.process_time()
        for _ in range(WINDOW):
            scene.advance(PERIOD_S)
        windows.append(time.process_time() - began_s)
    return windows, SLICES * PERIOD_S


ROWS: dict[str, Callable[[], Windows]] = {WALK: _walk, STACK: _stack, FLOOR: _floor}

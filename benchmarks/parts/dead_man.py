"""One trial of a machine's own dead-man: control is killed in a walk, and nobody takes its place.

There is no guard here, so no second writer and no relay: only the machine itself can stop the belt.
"""

import asyncio
import contextlib
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.parts.loss import set_off
from controller import profiles
from controller.cli.failure import Failure
from controller.cli.simulated import simulated_profile
from controller.cli.supervisor import supervisor, walker_proves_the_sensors
from controller.cli.teller import Teller, started
from controller.plan import Plan
from controller.programs import library
from controller.records.latch_store import LatchStore
from controller.records.values import encode
from controller.safety.mark import CLEAN

SLOWER_MS = 700.0
"""From the kill until the belt decelerates: half a second of silence, and the belt's own lag."""
PULSE_S, POLL_S, START_S, STOP_S = 0.1, 0.1, 20.0, 10.0
ATTEMPTS = 3
SPEEDS_MPS = (0.24, 0.28, 0.32, 0.36)


@dataclass(frozen=True, slots=True)
class Silence:
    """What followed the kill, ms after it; None for what never came. `asked`: somebody wrote a
    Stop, so that it was not the dead-man."""

    speed_mps: float = 0.0
    slower_ms: float | None = None
    rest_ms: float | None = None
    asked: bool = False
    failure: str = ""

    @property
    def met(self) -> bool:
        in_time = self.slower_ms is not None and self.slower_ms <= SLOWER_MS
        return in_time and self.rest_ms is not None and not self.asked and not self.failure


async def fall_silent(machine: str, trial: int) -> Silence:
    """Walk, kill control, watch the belt; a walk that did not come to the kill is walked again."""
    for _ in range(ATTEMPTS):
        silence = await _attempt(machine, trial)
        if not silence.failure:
            break
    return silence


async def _attempt(machine: str, trial: int) -> Silence:
    with tempfile.TemporaryDirectory(prefix="retrotread-") as name:
        folder = Path(name)
        options = ("--machine", machine, "--script", "none")
        async with started("bench", "simulators.serial_bench", *options) as bench:
            plan = _plan(machine, await bench.event("ready", START_S), folder)
            async with _control(plan) as control:
                try:
                    return await _trial(bench, control, folder / "hatch", trial)
                except Failure as failure:
                    return Silence(failure=str(failure))


async def _trial(
    bench: Teller, control: asyncio.subprocess.Process, hatch: Path, trial: int
) -> Silence:
    speed_mps = SPEEDS_MPS[trial % len(SPEEDS_MPS)]
    async with supervisor(hatch) as person:
        await walker_proves_the_sensors(person, bench)
        await set_off(person, speed_mps)
        await asyncio.sleep(random.Random(trial).uniform(0, POLL_S))  # noqa: S311 - a phase
        since_ns = time.monotonic_ns()
        control.kill()
        await bench.until(
            lambda line: bool(line["event"] == "at_rest" and line["at_ns"] > since_ns), STOP_S
        )
    return _seen(bench.told, since_ns)


def _seen(told: list[dict[str, Any]], since_ns: int) -> Silence:
    after = [line for line in told if line["at_ns"] > since_ns]
    belts = [line for line in after if line["event"] == "belt"]
    slower_ns = next((now["at_ns"] for last, now in pairwise(belts) if _slows(last, now)), None)
    rest_ns = next(line["at_ns"] for line in after if line["event"] == "at_rest")
    asked = any(line["event"] == "stop_received" for line in after)
    slower_ms = None if slower_ns is None else round((slower_ns - since_ns) / 1e6, 1)
    return Silence(belts[0]["speed_mps"], slower_ms, round((rest_ns - since_ns) / 1e6, 1), asked)


def _slows(last: dict[str, Any], now: dict[str, Any]) -> bool:
    """The drive stops the belt, and it has become slower: footfalls alone do that, too."""
    return bool(now["mode"] == "stopping" and now["speed_mps"] < last["speed_mps"])


def _plan(machine: str, ready: dict[str, str], folder: Path) -> Path:
    path, address = folder / "plan.json", f"{machine}:{ready['address']}"
    profiles.save(folder / "data", simulated_profile(address, ready))
    Plan(
        treadmill=address,
        grip=f"grip:{ready['grip']}",
        adapter="system",
        hatch=str(folder / "hatch"),
        data_dir=str(folder / "data"),
        programs=[encode(sheet.program) for sheet in library.built_in().values()],
    ).save(path)
    with LatchStore(folder / "data" / "latch") as store:
        store.keep(CLEAN)
    return path


@contextlib.asynccontextmanager
async def _control(plan: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The control process with a pulse as from a guard, whose heartbeats nobody minds."""
    beat_in, beat_out = os.pipe()
    pulse_in, pulse_out = os.pipe()
    command = (sys.executable, "-m", "controller.control", str(plan), str(beat_out), str(pulse_in))
    process = await asyncio.create_subprocess_exec(*command, pass_fds=(beat_out, pulse_in))
    pulsing = asyncio.create_task(_pulse(pulse_out))
    try:
        yield process
    finally:
        pulsing.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        for fd in (beat_in, beat_out, pulse_in, pulse_out):
            os.close(fd)


async def _pulse(fd: int) -> None:
    while True:
        os.write(fd, b".")
        await asyncio.sleep(PULSE_S)

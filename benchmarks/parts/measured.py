"""The measured process: all that control runs, but for a treadmill's link that is in memory."""

import asyncio
import contextlib
import gc
import os
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

from benchmarks.parts.memory_treadmill import MemoryTreadmill
from benchmarks.parts.trials import Trials
from benchmarks.parts.walking import SPEED_UNITS, kept
from controller.cli.teller import started
from controller.control import RESTING, SWITCH_S, Commands
from controller.hatch import Hatch
from controller.loop import Loop
from controller.records.journal import Journal
from controller.safety.limits import tightest
from drivers.ftms_treadmill import FtmsTreadmill
from drivers.grip import BAUD, GripUnit
from drivers.serial_port import open_port

INJECTOR = "benchmarks.parts.injector"
START_S = 20.0


@contextlib.asynccontextmanager
async def measured(folder: Path) -> AsyncIterator[Trials]:
    """Trials whose hatch and journal are in `folder`; nobody turns the loop yet."""
    async with contextlib.AsyncExitStack() as stack:
        injector = await stack.enter_async_context(started("injector", INJECTOR))
        ready = await injector.event("ready", START_S)
        journal = stack.enter_context(Journal(folder))
        trials = Trials(injector, ready["pid"], asyncio.Event(), journal)
        link = _assemble(trials, ready["grip"], journal)
        hatch = Hatch(folder / "hatch", Commands(trials.loop, {}).take)
        for part in (hatch, trials.treadmill, trials.grip):
            await stack.enter_async_context(part)
        trials.loop.publish = hatch.publish
        journal.begin("bench", time.monotonic())
        stack.enter_context(_heart(trials.loop))
        stack.enter_context(_as_control())
        await stack.enter_async_context(running(link.report()))
        yield trials


@contextlib.asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """`work` runs while this is entered."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _assemble(trials: Trials, pty: str, journal: Journal) -> MemoryTreadmill:
    limits, bound_by = tightest({"bench": {"grace_factor": 0.0}})

    def on_wire(direction: str, octets: bytes) -> None:
        journal.add("wire", time.monotonic(), direction=direction, octets=octets.hex())

    link = MemoryTreadmill(SPEED_UNITS, trials.hear_stop)
    trials.treadmill = FtmsTreadmill(link, trials.news.set, on_wire)
    trials.grip = GripUnit(lambda: open_port(pty, BAUD), trials.hear_grip)
    trials.loop = Loop(
        trials.treadmill,
        trials.grip,
        journal,
        limits,
        bound_by,
        clock=time.monotonic,
        news=trials.news,
        commissioned=lambda: True,
        kept=kept,
    )
    return link


@contextlib.contextmanager
def _heart(loop: Loop) -> Iterator[None]:
    """A heartbeat after each turn, into nothing."""
    fd = os.open(os.devnull, os.O_WRONLY)

    def beat(_moving: bool, _escalate: bool) -> None:
        os.write(fd, RESTING)

    loop.beat = beat
    try:
        yield
    finally:
        os.close(fd)


@contextlib.contextmanager
def _as_control() -> Iterator[None]:
    """What control asks of its interpreter, and afterwards as it was."""
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before_s)

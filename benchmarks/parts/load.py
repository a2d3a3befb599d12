"""The load of a bad day: every core busy, the desk serving ten pages."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from controller.cli.teller import started

HOGS = 4
PAGES = 10
START_S = 60.0
"""Everything starts slowly under this load."""


@contextlib.asynccontextmanager
async def load(folder: Path) -> AsyncIterator[None]:
    """The desk on the hatch in `folder`, its pages, and busy processes, while entered."""
    async with watched(folder, PAGES), hogs(HOGS):
        yield


@contextlib.asynccontextmanager
async def watched(folder: Path, count: int) -> AsyncIterator[None]:
    """The desk on the hatch in `folder` with so many pages, while entered."""
    plan = folder / "desk.json"
    hatch = str(folder / "hatch")
    plan.write_text(
        json.dumps({"hatch": hatch, "data_dir": str(folder), "port": 0, "new_pin": True})
    )
    async with started("desk", "controller.desk", str(plan)) as desk:
        told = await desk.event("listening", START_S)
        address = (told["url"], told["pin"], str(count))
        async with started("pages", "benchmarks.parts.pages", *address) as pages:
            await pages.event("ready", START_S)
            yield


@contextlib.asynccontextmanager
async def hogs(count: int) -> AsyncIterator[list[int]]:
    """`count` processes that do nothing but run; their pids."""
    spawn = asyncio.create_subprocess_exec
    command = (sys.executable, "-m", "benchmarks.parts.hog")
    processes = [await spawn(*command) for _ in range(count)]
    try:
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.kill()
            await process.wait()

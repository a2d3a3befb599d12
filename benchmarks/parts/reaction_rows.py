"""The rows of `reaction`: who waits for the release, how it is scheduled, and beside what.

Rows of a group share what is beside them all. Blocks of all rows alternate, so that each sees the
same machine.
"""

import asyncio
import contextlib
import gc
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts import conditions
from benchmarks.parts.floor import Floor, floor
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
DRAIN_S = 0.01
BUSY = f"{HOGS} hogs, {PAGES} pages"

IDLE, LOADED, POLLED = "idle", BUSY, "200 ms polling, idle"
FLOOR = "C, idle"
FIRST_IDLE, FIRST_FLOOR = "FIFO, idle", "C, FIFO, idle"
CHUNKS, STALLED = "FIFO, 5 ms chunks", "FIFO, disk stalls"
AWAKE, AWAKE_FLOOR = "FIFO, cores awake", "C, FIFO, cores awake"
FIRST_LOADED, LOADED_FLOOR = f"FIFO, {BUSY}", f"C, FIFO, {BUSY}"
HEAP = f"FIFO, {BUSY}, 1 M objects"

Beside = AbstractContextManager[None] | AbstractAsyncContextManager[None]


@dataclass(frozen=True, slots=True)
class Row:
    """`of` is its floor, None for the floor itself and where none is measured; `first` gets it
    SCHED_FIFO; `turns` calls the loop's turns meanwhile; `share` is of the releases of a row."""

    name: str
    of: str | None = None
    first: bool = False
    beside: Callable[[], Beside] = contextlib.nullcontext
    turns: Callable[[Loop], Coroutine[Any, Any, None]] | None = Loop.run
    share: float = 1.0

    @property
    def is_floor(self) -> bool:
        return self.name.startswith("C, ")


async def _poll(loop: Loop) -> None:
    """The same turn, but nobody is woken by news."""
    due_s = time.monotonic()
    while True:
        loop.turn()
        due_s = max(due_s + POLL_S, time.monotonic())
        await asyncio.sleep(due_s - time.monotonic())


ALONE = (
    Row(IDLE, FLOOR),
    Row(FLOOR, turns=None),
    Row(POLLED, FLOOR, turns=_poll, share=0.12),
    Row(FIRST_IDLE, FIRST_FLOOR, first=True),
    Row(FIRST_FLOOR, first=True, turns=None),
    Row(CHUNKS, FIRST_FLOOR, first=True, beside=conditions.chunks, share=0.5),
    Row(STALLED, FIRST_FLOOR, first=True, beside=conditions.stalled_disk, share=0.2),
)
BESIDE_SLEEPLESS = (
    Row(AWAKE, AWAKE_FLOOR, first=True),
    Row(AWAKE_FLOOR, first=True, turns=None),
)
BESIDE_LOAD = (
    Row(LOADED),
    Row(FIRST_LOADED, LOADED_FLOOR, first=True),
    Row(LOADED_FLOOR, first=True),
    Row(HEAP, LOADED_FLOOR, first=True, beside=conditions.heap),
)
ROWS = {row.name: row for row in (*ALONE, *BESIDE_SLEEPLESS, *BESIDE_LOAD)}


@dataclass
class Stage:
    """Both who wait for releases, each with a grip unit of its own, and what they gave by row."""

    folder: Path
    trials: Trials
    floor: Floor
    rows: dict[str, Reactions]
    collections: int = 0
    """Full ones of the heap, during releases."""

    async def round(self, count: int) -> None:
        """A block of each row, `count` releases in the longest."""
        groups: tuple[tuple[Any, tuple[Row, ...]], ...] = (
            (contextlib.nullcontext(), ALONE),
            (conditions.awake(), BESIDE_SLEEPLESS),
            (load(self.folder), BESIDE_LOAD),
        )
        for beside, rows in groups:
            async with contextlib.AsyncExitStack() as stack:
                async with running(self.trials.loop.run()):  # the pages wait for telemetry
                    await stack.enter_async_context(beside)
                for row in rows:
                    if row.name in self.rows:
                        await self._block(row, max(1, round(count * row.share)))

    async def _block(self, row: Row, count: int) -> None:
        into = self.rows[row.name]
        span_s = POLL_S if row.turns is _poll else PERIOD_S
        async with _entered(row.beside()):
            with self._place(row):
                async with contextlib.AsyncExitStack() as stack:
                    if row.turns:
                        await stack.enter_async_context(running(row.turns(self.trials.loop)))
                    waits = self.floor if row.is_floor else self.trials
                    before = _full_collections()
                    await waits.run(count, span_s, into)
                    self.collections += _full_collections() - before
        while self.trials.journal.waiting:  # noqa: ASYNC110 - a thread empties it
            await asyncio.sleep(DRAIN_S)

    def _place(self, row: Row) -> AbstractContextManager[None]:
        if not row.first:
            return contextlib.nullcontext()
        if row.is_floor:
            return conditions.first(*self.floor.pids)
        return conditions.first(self.trials.injector_pid)


async def measure(n: int, rounds: int, folder: Path) -> tuple[dict[str, Reactions], int]:
    """What `n` releases of each row gave, without rows that this computer does not permit; and how
    often the whole heap was looked through meanwhile."""
    permitted = conditions.may_be_first()
    rows = {name: Reactions() for name, row in ROWS.items() if permitted or not row.first}
    async with measured(folder) as trials, floor(folder) as program:
        stage = Stage(folder, trials, program, rows)
        async with running(trials.loop.run()):
            await trials.run(WARM_UP, PERIOD_S, Reactions())
        for part in range(1, rounds + 1):
            await stage.round(n // rounds)
            done = sum(len(row.whole) for row in rows.values())
            told = f"reaction: round {part} of {rounds}: {done} releases"
            print(told, file=sys.stderr, flush=True)
    return rows, stage.collections


def _full_collections() -> int:
    return int(gc.get_stats()[-1]["collections"])


@contextlib.asynccontextmanager
async def _entered(beside: Beside) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as stack:
        if isinstance(beside, AbstractAsyncContextManager):
            await stack.enter_async_context(beside)
        else:
            stack.enter_context(beside)
        yield

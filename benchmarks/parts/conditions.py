"""What a row is measured beside, each while it is entered."""

import asyncio
import contextlib
import ctypes
import gc
import os
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from benchmarks.parts.load import hogs
from benchmarks.parts.measured import running
from controller import realtime

WIRES = 40
"""SCHED_FIFO priority of what stands for hardware: it must not be late when it says that it is not.
"""
OBJECTS = 1_000_000
CHUNK_S, CHUNK_EVERY_S = 0.005, 0.05
STALL_S = 1.5
"""Of each fsync; at 3 s for a single record the disk has failed, and that ends a walk."""


def may_be_first() -> bool:
    """Whether this computer lets a program have SCHED_FIFO."""
    return realtime.may_be_first(WIRES)


@contextlib.contextmanager
def first(wires: int, program: int | None = None) -> Iterator[None]:
    """This process as control is with `realtime = true`, or `program` with the same priority; the
    process `wires` comes before it."""
    _schedule(wires, WIRES)
    if program is not None:
        _schedule(program, realtime.CONTROL)
    else:
        realtime.settle(realtime.CONTROL)
    try:
        yield
    finally:
        _schedule(wires, 0)
        if program is not None:
            _schedule(program, 0)
        else:
            _as_usual()


def _schedule(pid: int, priority: int) -> None:
    policy = os.SCHED_FIFO if priority else os.SCHED_OTHER
    os.sched_setscheduler(pid, policy, os.sched_param(priority))


def _as_usual() -> None:
    for thread in os.listdir("/proc/self/task"):
        with contextlib.suppress(ProcessLookupError):
            _schedule(int(thread), 0)
    ctypes.CDLL(None).munlockall()


@contextlib.asynccontextmanager
async def awake() -> AsyncIterator[None]:
    """No core falls asleep: on each a process that runs when nothing else wants to."""
    count = os.cpu_count() or 1
    async with hogs(count) as processes:
        for pid in processes:
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
        yield


@contextlib.contextmanager
def heap() -> Iterator[None]:
    """A million objects more that the collector would have to look at, frozen as control's are."""
    gc.disable()
    objects = [[number] for number in range(OBJECTS)]
    gc.enable()
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        objects.clear()
        gc.collect()
        gc.freeze()


@contextlib.asynccontextmanager
async def chunks() -> AsyncIterator[None]:
    """Something on the loop itself that does not give way for 5 ms, 20 times a second."""
    async with running(_chunks()):
        yield


async def _chunks() -> None:
    while True:
        ends_s = time.monotonic() + CHUNK_S
        while time.monotonic() < ends_s:
            pass
        await asyncio.sleep(CHUNK_EVERY_S - CHUNK_S)


@contextlib.contextmanager
def stalled_disk() -> Iterator[None]:
    """Each fsync takes `STALL_S`."""
    fsync = os.fsync

    def slow(fd: Any) -> None:
        time.sleep(STALL_S)
        fsync(fd)

    os.fsync = slow
    try:
        yield
    finally:
        os.fsync = fsync

"""A child process that is asked to end, by a task that was cancelled, and does not."""

import asyncio
import gc
import os
import signal
from pathlib import Path

import pytest

from controller.cli.teller import StillRunning, started

LIMIT_S = 20.0
PATIENCE_S = 0.2
STUBBORN = """
import json, os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(json.dumps({"event": "ready", "pid": os.getpid()}), flush=True)
while True:
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def stubborn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


async def cancelled(*, spared: bool) -> tuple[int, BaseException]:
    """The child's process, and how the task ended that had started it."""
    entered = asyncio.Event()
    pids: list[int] = []

    async def hold() -> None:
        child_of = started("child", "stubborn", patience_s=PATIENCE_S, spared=spared)
        async with child_of as child:
            pids.append((await child.event("ready", LIMIT_S))["pid"])
            entered.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await asyncio.wait_for(entered.wait(), LIMIT_S)
    holding.cancel()
    (ending,) = await asyncio.gather(holding, return_exceptions=True)
    assert isinstance(ending, BaseException)
    return pids[0], ending


def lives(pid: int) -> bool:
    """A killed child is a zombie until it is waited for."""
    try:
        return "Z (zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


async def test_a_child_that_does_not_end_is_killed_also_by_a_task_that_was_cancelled() -> None:
    pid, ending = await cancelled(spared=False)
    assert isinstance(ending, asyncio.CancelledError)
    assert not lives(pid)


async def test_one_that_is_to_be_spared_is_told_of_and_lives_when_asyncio_forgets_it() -> None:
    pid, ending = await cancelled(spared=True)
    try:
        assert isinstance(ending, StillRunning)
        assert str(pid) in str(ending)
        for each in gc.get_objects():
            if isinstance(each, asyncio.SubprocessTransport) and each.get_pid() == pid:
                each.close()
        assert lives(pid)
    finally:
        os.kill(pid, signal.SIGKILL)

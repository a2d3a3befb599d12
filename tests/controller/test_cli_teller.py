"""A child that ends unasked, and its own child that still has a belt to stop."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from controller.cli import teller
from controller.cli.teller import StillRunning, started

LIMIT_S = 20.0
GUARD = """
import json, os, signal, sys, time
guard, busy_s = os.getpid(), float(sys.argv[1])
if os.fork():
    signal.pause()
print(json.dumps({"event": "control_started", "pid": os.getpid()}), flush=True)
while os.getppid() == guard:
    time.sleep(0.01)
time.sleep(busy_s)
print(json.dumps({"event": "at_rest"}), flush=True)
"""
"""A guard whose control, once it has died, needs its time."""


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "guard_that_dies.py").write_text(GUARD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(teller, "LAST_WORDS_S", 0.01)


async def served(busy_s: float, patience_s: float, *, killed: bool = True) -> teller.Teller:
    """What was told in the end."""
    service = started("guard", "guard_that_dies", str(busy_s), patience_s=patience_s)
    async with service as guard:
        await guard.event("control_started", LIMIT_S)
        if killed:
            guard._signal(os.kill, signal.SIGKILL)
            await guard.ended()
    return guard


async def over(guard: teller.Teller) -> None:
    """End what was left behind, and see its pipes closed."""
    os.kill(guard.told[0]["pid"], signal.SIGKILL)
    pipes = [guard._process._transport.get_pipe_transport(fd) for fd in (0, 1)]  # type: ignore[attr-defined]
    async with asyncio.timeout(LIMIT_S):
        while not all(pipe.is_closing() for pipe in pipes):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_control_that_has_lost_its_guard_is_waited_for() -> None:
    guard = await served(0.5, LIMIT_S)
    assert [told["event"] for told in guard.told] == ["control_started", "at_rest"]
    assert guard.gone


async def test_a_request_to_end_meanwhile_does_not_cut_it_short() -> None:
    service = started("guard", "guard_that_dies", "0.5", patience_s=LIMIT_S)
    guard = await service.__aenter__()
    await guard.event("control_started", LIMIT_S)
    guard._signal(os.kill, signal.SIGKILL)
    await guard.ended()
    leaving = asyncio.create_task(service.__aexit__(None, None, None))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert guard.told[-1]["event"] == "at_rest"


async def test_control_that_never_ends_is_waited_for_within_bounds() -> None:
    before_s = time.monotonic()
    guard = await served(LIMIT_S, 0.2)
    assert time.monotonic() - before_s < LIMIT_S / 2
    assert not guard.gone
    await over(guard)


@pytest.mark.parametrize("interrupted", [False, True])
async def test_control_that_never_ends_is_told_of_where_nobody_may_kill_it(
    *, interrupted: bool
) -> None:
    service = started("guard", "guard_that_dies", str(LIMIT_S), patience_s=0.5, spared=True)
    guard = await service.__aenter__()
    await guard.event("control_started", LIMIT_S)
    guard._signal(os.kill, signal.SIGKILL)
    await guard.ended()
    leaving = asyncio.create_task(service.__aexit__(None, None, None))  # type: ignore[arg-type]
    await asyncio.sleep(0.1)
    if interrupted:
        leaving.cancel()
    with pytest.raises(StillRunning) as caught:
        await leaving
    assert caught.value.died
    await over(guard)


async def test_after_an_end_that_was_asked_for_nobody_is_waited_for_long() -> None:
    before_s = time.monotonic()
    guard = await served(LIMIT_S, LIMIT_S, killed=False)
    assert time.monotonic() - before_s < LIMIT_S / 2
    await over(guard)

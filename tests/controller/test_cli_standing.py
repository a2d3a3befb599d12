"""A service in the foreground, and the signals that end it."""

import asyncio
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest

from controller.cli.failure import Failure
from controller.cli.standing import standing, until_interrupted

LIMIT_S = 20.0


class Service:
    """Starts, says so, runs, and needs a while to end in good order."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.ended_in_good_order = False

    async def run(self, *signals: signal.Signals) -> NoReturn:
        for number in signals:
            os.kill(os.getpid(), number)
        try:
            self.started.set()
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), signal.SIGINT)  # an impatient second one
            for _ in range(5):
                await asyncio.sleep(0)
            self.ended_in_good_order = True
        raise AssertionError("never reached")


@pytest.fixture(autouse=True)
def terminal() -> Iterator[None]:
    """One that may end, though these tests were started by nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_before_the_first_breath_ends_the_service_in_good_order(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    service = Service()
    assert not await until_interrupted(service.run(number))
    assert service.ended_in_good_order
    said = capfd.readouterr().err
    assert said.startswith("Ending: the belt is being stopped. Waiting, for up to 8 seconds, ")
    assert said.count("\n") == 1


def gone() -> tuple[int, int]:
    """A terminal that is."""
    screen, terminal = os.openpty()
    os.close(screen)
    return os.dup(terminal), terminal


def stopped() -> tuple[int, int]:
    """A terminal, with Ctrl-S."""
    screen, terminal = os.openpty()
    termios.tcflow(terminal, termios.TCOOFF)
    return screen, terminal


def full() -> tuple[int, int]:
    """A pipe that nobody reads."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.write(writer, bytes(1 << 20))
    os.set_blocking(writer, True)
    return reader, writer


ASKED = """
import asyncio, os, signal
from controller.cli.standing import until_interrupted

async def service():
    os.kill(os.getpid(), signal.SIGTERM)
    try:
        await asyncio.Event().wait()
    finally:
        print("ended in good order", flush=True)

asyncio.run(until_interrupted(service()))
"""


@pytest.mark.parametrize("errors", [gone, stopped, full])
def test_nobody_who_takes_no_word_hinders_the_end(errors: Callable[[], tuple[int, int]]) -> None:
    ends = errors()
    command = [sys.executable, "-c", ASKED]
    asked = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=ends[1], timeout=LIMIT_S, check=True
    )
    assert asked.stdout == b"ended in good order\n"
    for end in ends:
        os.close(end)


async def test_what_was_started_by_nohup_outlives_its_terminal() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def is_hung_up() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        for _ in range(5):
            await asyncio.sleep(0)

    assert await until_interrupted(is_hung_up())


async def test_a_process_that_ends_by_itself_is_a_failure() -> None:
    async def runs() -> int:
        await asyncio.Event().wait()
        return 0

    async def ends() -> int:
        return 1

    with pytest.raises(Failure, match="ended by itself"):
        await until_interrupted(standing(runs(), ends()))

"""A child process that tells what happens in JSON lines on its standard output."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

from controller.cli.failure import Failure

Told = dict[str, Any]
LOOK_S = 0.05
LAST_WORDS_S = 1.0
END_S = 8.0
"""The guard stops the belt first, and waits for rest."""


class StillRunning(Failure):
    """A child that was asked to end goes on, and nobody may kill it; or it has `died`, and a child
    of its own goes on."""

    def __init__(self, name: str, pid: int, *, died: bool = False) -> None:
        super().__init__(f"The {name} has not ended: it is process {pid}.")
        self.pid = pid
        self.died = died


class Teller:
    """What a child has told so far, in order, and a way to wait for more. `listener` may be set: it
    is given each line from then on."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self._name = name
        self._process = process
        self._news = asyncio.Condition()
        self.told: list[Told] = []
        self.listener: Callable[[Told], None] = lambda _line: None
        self.gone = False

    async def hear(self) -> None:
        """Take lines until the child closes its output."""
        assert self._process.stdout is not None  # noqa: S101 - PIPE was asked for
        async for line in self._process.stdout:
            async with self._news:
                self.told.append(json.loads(line))
                self.listener(self.told[-1])
                self._news.notify_all()
        async with self._news:
            self.gone = True
            self._news.notify_all()

    async def until(self, wanted: Callable[[Told], bool], limit_s: float) -> Told:
        """The first told line that is wanted, past or to come.

        Raises: `Failure` if the child ends first, or `limit_s` passes.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s), self._news:
                await self._news.wait_for(lambda: self.gone or any(map(wanted, self.told)))
        for line in self.told:
            if wanted(line):
                return line
        if self.gone:
            raise Failure(f"The {self._name} ended; what it said is above.")
        raise Failure(f"The {self._name} did not answer within {limit_s:g} seconds.")

    async def event(self, name: str, limit_s: float) -> Told:
        return await self.until(lambda line: line["event"] == name, limit_s)

    def say(self, line: str) -> None:
        """One line to the child's standard input."""
        assert self._process.stdin is not None  # noqa: S101 - PIPE was asked for
        self._process.stdin.write(line.encode() + b"\n")

    async def ended(self) -> int:
        """The exit code. `Process.wait` would also wait for the child's children, which hold its
        pipes open: so Python 3.11 and 3.12 have it."""
        while (code := self._process.returncode) is None:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(LOOK_S)
        return code

    async def end(self, patience_s: float, *, spared: bool = False) -> None:
        """Ask the child to end and wait for it. One that cannot is killed with all its children:
        of a simulated service nothing may be left behind, not even a belt that cannot be stopped.
        Raises: `StillRunning` instead if it is to be `spared`.
        """
        self._signal(os.kill, signal.SIGTERM)
        ending = asyncio.create_task(self.ended())
        # In a task that was cancelled, asyncio.timeout of Python 3.11.2 raises no TimeoutError.
        await asyncio.wait({ending}, timeout=patience_s)
        if spared and not ending.done():
            ending.cancel()
            self._let_go()
            raise StillRunning(self._name, self._process.pid)
        self._signal(os.killpg, signal.SIGKILL)
        await ending

    def close(self) -> None:
        """Hear no more of a child that has ended, though others hold its output open."""
        self._transport.close()

    @property
    def _transport(self) -> asyncio.SubprocessTransport:
        transport: asyncio.SubprocessTransport = vars(self._process)["_transport"]
        return transport

    def _let_go(self) -> None:
        """asyncio kills a child that has not ended when it forgets it: here it has ended."""
        self._transport.get_extra_info("subprocess").returncode = 0

    def _signal(self, send: Callable[[int, int], None], number: signal.Signals) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                send(self._process.pid, number)


@contextlib.asynccontextmanager
async def started(
    name: str, module: str, *arguments: str, patience_s: float = END_S, spared: bool = False
) -> AsyncIterator[Teller]:
    """`python -m module arguments`, heard while entered, ended after; see `Teller.end`.

    Of a child that ended unasked the children may be at work, as control is when its guard has died
    and the belt has still to be stopped: while one of them holds the output open, it is waited for,
    `patience_s` at most. A container, for one, ends with whoever calls this. Raises: `StillRunning`
    if it is to be `spared` and that one is at work still.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    teller = Teller(name, process)
    hearing = asyncio.create_task(teller.hear())
    try:
        yield teller
    finally:
        died = process.returncode is not None
        try:
            await teller.end(patience_s, spared=spared)
        finally:
            try:
                await _closed(hearing, patience_s if died else LAST_WORDS_S)
            finally:
                held = not hearing.done()
                hearing.cancel()
                if spared and died and held:
                    teller.close()
                    raise StillRunning(name, process.pid, died=True)


async def _closed(hearing: asyncio.Task[None], limit_s: float) -> None:
    """Wait so long for the end of what is told; who is cancelled meanwhile waits all the same."""
    waiting = asyncio.create_task(asyncio.wait([hearing], timeout=limit_s))
    try:
        await asyncio.shield(waiting)
    except asyncio.CancelledError:
        await waiting
        raise

"""How long a simulator process lives: until it is told to end, or its parent is gone."""

import asyncio
import os
import signal
import stat
import sys


async def end() -> asyncio.Event:
    """Watch from now on; the event is set on SIGTERM, on SIGINT, or when the parent has died.

    That shows in standard input closing. Only a pipe or a socket tells of a parent; a terminal, a
    file or /dev/null is not watched. Call it before saying that the process is ready.
    """
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, event.set)
    if _tells_of_a_parent(sys.stdin.fileno()):
        await loop.connect_read_pipe(lambda: _UntilClosed(event), sys.stdin)
    return event


async def ended() -> None:
    """Return when this process is to end."""
    event = await end()
    await event.wait()


def _tells_of_a_parent(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


class _UntilClosed(asyncio.Protocol):
    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    def connection_lost(self, exc: Exception | None) -> None:
        self._event.set()

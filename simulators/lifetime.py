"""How long a simulator process lives: until it is told to end, or its parent is gone."""

import asyncio
import os
import signal
import stat
import sys


async def ended() -> None:
    """Return on SIGTERM, on SIGINT, or when standard input closes because the parent died.

    Only a pipe or a socket tells of a parent; a terminal, a file or /dev/null is not watched.
    """
    loop = asyncio.get_running_loop()
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end.set)
    if _tells_of_a_parent(sys.stdin.fileno()):
        await loop.connect_read_pipe(lambda: _UntilClosed(end), sys.stdin)
    await end.wait()


def _tells_of_a_parent(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


class _UntilClosed(asyncio.Protocol):
    def __init__(self, end: asyncio.Event) -> None:
        self._end = end

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.set()

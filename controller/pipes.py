"""The two pipes between the guard and whoever may move the belt: heartbeats out, its pulse in."""

import asyncio
import os
from collections.abc import Callable

SOUND = b"."


class Pulse:
    """The guard's pulse on a pipe: `.`, or `!` while a relay that is fitted is not seen to be
    closed. The pipe's end means that there is no guard any more."""

    def __init__(self, fd: int, heard: Callable[[bool], None], ended: Callable[[], None]) -> None:
        self._fd = fd
        self._heard = heard
        self._ended = ended

    def watch(self) -> None:
        os.set_blocking(self._fd, False)
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def _read(self) -> None:
        octets = os.read(self._fd, 64)
        if octets:
            self._heard(octets[-1:] == SOUND)
            return
        asyncio.get_running_loop().remove_reader(self._fd)
        self._ended()


def beat(fd: int, word: bytes) -> None:
    """One heartbeat, lost rather than waited for."""
    try:
        os.write(fd, word)
    except (BlockingIOError, BrokenPipeError):
        return

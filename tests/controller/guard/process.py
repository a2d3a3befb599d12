"""The process that runs the tests: its files, its signal handlers, and who tells it something."""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator

from controller.guard.guard import LEAVE


@contextlib.contextmanager
def standard(number: int, fd: int) -> Iterator[None]:
    """Another file in the place of a standard one, while entered."""
    before = os.dup(number)
    os.dup2(fd, number)
    try:
        yield
    finally:
        os.dup2(before, number)
        os.close(before)


def open_files() -> set[str]:
    """The descriptors that are open now."""
    return {fd for fd in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{fd}")}


@contextlib.contextmanager
def handlers_kept() -> Iterator[None]:
    """A guard takes the signals to leave for itself; afterwards they are the process's again."""
    before = {number: signal.getsignal(number) for number in LEAVE}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def told_to(receiver: socket.socket) -> list[str]:
    """The datagrams that have come to a socket that does not wait."""
    told = []
    with contextlib.suppress(BlockingIOError):
        while True:
            told.append(receiver.recv(4096).decode())
    return told

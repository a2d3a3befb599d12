"""Desk processes that are forked from one that has imported everything: half of a test's second.

    python nursery.py serve SOCKET            the one process; it begets, and tells exit codes
    python nursery.py run SOCKET ARGUMENT …   stands for one child

Whoever starts `run` sees what it would see of `python -m controller.desk ARGUMENT …`: the child has
its standard streams, gets its signals, dies with it, and gives it its exit code.
"""

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STREAMS = (0, 1, 2)


def run(path: str, arguments: list[str]) -> int:
    """Be a child's stand-in until it has ended."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(path)
    for number in PASSED_ON:
        signal.signal(number, lambda number, _frame: line.send(bytes([number])))
    told = "\0".join((os.getcwd(), *arguments)).encode()
    socket.send_fds(line, [told], STREAMS)
    for stream in STREAMS:
        os.close(stream)
    code = int(line.recv(16) or b"1")
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def serve(path: str) -> None:
    """Beget until standard input ends."""
    from controller import desk  # noqa: PLC0415 - the stand-in is to start at once

    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.bind(path)
        door.listen(64)
        gc.freeze()
        with selectors.DefaultSelector() as watched:
            nursery = _Nursery(watched, desk.main)
            watched.register(door, selectors.EVENT_READ, lambda: nursery.beget(door.accept()[0]))
            watched.register(0, selectors.EVENT_READ, sys.exit)
            sys.stdout.write("born\n")
            sys.stdout.flush()
            while True:
                for key, _ in watched.select():
                    key.data()


class _Nursery:
    """The children, each watched by a descriptor of its own, and the lines to their stand-ins."""

    def __init__(
        self, watched: selectors.BaseSelector, main: Callable[[Sequence[str]], int]
    ) -> None:
        self.watched = watched
        self.main = main

    def beget(self, line: socket.socket) -> None:
        told, streams, _, _ = socket.recv_fds(line, 65536, len(STREAMS))
        folder, *arguments = told.decode().split("\0")
        child = os.fork()
        if child == 0:
            self._live(folder, arguments, streams)
        for stream in streams:
            os.close(stream)
        end = os.pidfd_open(child)
        self.watched.register(end, selectors.EVENT_READ, lambda: self._ended(child, end, line))
        self.watched.register(line, selectors.EVENT_READ, lambda: self._told(child, line))

    def _ended(self, child: int, end: int, line: socket.socket) -> None:
        _, status = os.waitpid(child, 0)
        self.watched.unregister(end)
        os.close(end)
        with contextlib.suppress(OSError):
            line.send(str(os.waitstatus_to_exitcode(status)).encode())
        with contextlib.suppress(KeyError):
            self.watched.unregister(line)
        line.close()

    def _told(self, child: int, line: socket.socket) -> None:
        """A signal to pass on, or that the stand-in was killed."""
        octets = line.recv(1)
        if not octets:
            self.watched.unregister(line)
        os.kill(child, octets[0] if octets else signal.SIGKILL)

    def _live(self, folder: str, arguments: list[str], streams: list[int]) -> NoReturn:
        code = 1
        try:
            for number, stream in zip(STREAMS, streams, strict=True):
                os.dup2(stream, number)
            os.closerange(len(STREAMS), 256)
            os.chdir(folder)
            code = self.main(["desk", *arguments])
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    sys.exit(run(sys.argv[2], sys.argv[3:]))

"""The guard's children: how each is started, spoken to and ended.

Each has a session of its own, so that what a terminal sends to everybody in it (Ctrl-C, Ctrl-Z,
its own end) reaches the guard alone, which then stops the belt in good order.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from controller.guard.telling import say

Started = TypeVar("Started")

CANNOT_SERVE = 1
"""The exit code of a child that cannot work as it was told to; it has said why on stderr."""
END_S = 3.0
"""A child that has not ended so long after it was asked to is killed."""
LEAVE_S = 1.0
"""A child whose standard input was closed has so long to end by itself."""
TRY_AGAIN_S = 1.0
"""Between two beginnings of a child that cannot be made or dies at once: it must not take the
computer from control."""
PIPE_OCTETS = 65536
"""What a pipe holds at most."""
KILL_S = 0.05
"""A killed process is gone at once, and has then let go of its port or radio. One that is stuck in
the kernel runs no instruction of its own any more: all that it could still write is the call that
it is stuck in. A stop does not wait for that."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The command lines of the children, without what the guard adds. Tests put others in."""

    control: tuple[str, ...] = (sys.executable, "-m", "controller.control")
    standby: tuple[str, ...] = (sys.executable, "-m", "controller.standby")
    desk: tuple[str, ...] = (sys.executable, "-m", "controller.desk")
    relay: tuple[str, ...] = (sys.executable, "-m", "controller.relay")
    commissioner: tuple[str, ...] = (sys.executable, "-m", "controller.commissioner")


class Control:
    """The control process, its heartbeat coming in and the guard's pulse going out. While a
    commissioner is in its place, that one: the same pipes, the same words."""

    def __init__(self, program: tuple[str, ...], plan: str, *, restarted: bool) -> None:
        self._asked_to_leave = False
        flags = ("--restarted",) if restarted else ()
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            self.beat_fd, beat_out = _pipe(ours, theirs)
            pulse_in, self._pulse_fd = _pipe(theirs, ours)
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                (*program, plan, str(beat_out), str(pulse_in), *flags),
                pass_fds=(beat_out, pulse_in),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            ours.pop_all()
        os.set_blocking(self._pulse_fd, False)

    def beats(self) -> bytes:
        """All heartbeats since the last call, however long ago: the newest counts. None once the
        other end is closed."""
        return os.read(self.beat_fd, PIPE_OCTETS)

    def pulse(self, *, sound: bool) -> None:
        """`sound`: the relay's contact is closed, or there is no relay."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(self._pulse_fd, b"." if sound else b"!")

    def ask_to_leave(self) -> None:
        """Once: a second signal could meet a process that no longer handles it."""
        if not self._asked_to_leave:
            self._asked_to_leave = True
            self.process.terminate()

    def close(self) -> None:
        """End the process for good, frozen or not, and let go of its pipes."""
        kill(self.process)
        os.close(self.beat_fd)
        os.close(self._pulse_fd)


class Speaker:
    """A child that is told in octets and tells of events in JSON lines: standby, relay's keeper."""

    def __init__(self, program: tuple[str, ...], plan: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            (*program, plan),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        assert self.process.stdin is not None  # noqa: S101 - PIPE was asked for
        assert self.process.stdout is not None  # noqa: S101
        self._in, self.out = self.process.stdin, self.process.stdout
        os.set_blocking(self._in.fileno(), False)
        self._partial = b""

    def tell(self, octets: bytes) -> None:
        """Never waits. Whether the child still lives shows in what it says."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(self._in.fileno(), octets)

    def heard(self) -> list[str]:
        """The events said since the last call; ["gone"] once it has ended."""
        octets = os.read(self.out.fileno(), 4096)
        if not octets:
            return ["gone"]
        *lines, self._partial = (self._partial + octets).split(b"\n")
        return [told for told in map(event, lines) if told]

    def leave(self) -> None:
        """Let it end by itself, if it does so soon."""
        self._in.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(LEAVE_S)
        self.close()

    def close(self) -> None:
        """At once: a child that hangs would not hear a request to end."""
        kill(self.process)
        self._in.close()
        self.out.close()


class Desk:
    """The desk, ended by the end of its standard input if the guard dies. It writes one octet when
    it serves."""

    def __init__(self, program: tuple[str, ...], plan: str) -> None:
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            self._serves_fd, serves_out = _pipe(ours, theirs)
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                (*program, plan, str(serves_out)),
                pass_fds=(serves_out,),
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            ours.pop_all()
        os.set_blocking(self._serves_fd, False)

    def served(self) -> bool:
        """Whether it has come to serve since the last call."""
        with contextlib.suppress(BlockingIOError):
            return bool(os.read(self._serves_fd, 1))
        return False

    def close(self) -> None:
        """It is asked to end, and has its time for it."""
        end(self.process)
        os.close(self._serves_fd)


def started(name: str, start: Callable[[], Started]) -> Started | None:
    """The child; None, and told, where no process can be made now. Try again after a pause."""
    try:
        return start()
    except OSError as error:
        say("not_started", child=name, error=error.strerror)
        return None


def _pipe(reads: contextlib.ExitStack, writes: contextlib.ExitStack) -> tuple[int, int]:
    """A pipe; each end is closed with the stack of whose it is."""
    ends = os.pipe()
    for stack, end_fd in zip((reads, writes), ends, strict=True):
        stack.callback(os.close, end_fd)
    return ends


def event(line: bytes) -> str:
    """The event that a line tells of; "" for a line that tells of none."""
    try:
        return str(json.loads(line)["event"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a child that need not be asked. One that is not gone soon, or may not be killed because
    it is another user's by now, is left to `reap`."""
    with contextlib.suppress(PermissionError):
        process.kill()
    try:
        process.wait(KILL_S)
    except subprocess.TimeoutExpired:
        _stuck.append(process)


def reap() -> None:
    """Call often: take note of the end of those that were killed and not gone at once."""
    _stuck[:] = [process for process in _stuck if process.poll() is None]


_stuck: list[subprocess.Popen[bytes]] = []


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a child to end, then make it; one that is stuck in the kernel holds up nobody."""
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        kill(process)
    if process.stdin is not None:
        process.stdin.close()

"""The guard's children: how each is started, spoken to and ended."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

END_S = 3.0
"""A child that has not ended so long after it was asked to is killed."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The command lines of the children, without what the guard adds. Tests put others in."""

    control: tuple[str, ...] = (sys.executable, "-m", "controller.control")
    standby: tuple[str, ...] = (sys.executable, "-m", "controller.standby")
    desk: tuple[str, ...] = (sys.executable, "-m", "controller.desk")


class Control:
    """The control process, its heartbeat coming in and the guard's pulse going out."""

    def __init__(self, program: tuple[str, ...], plan: str, *, restarted: bool) -> None:
        self.beat_fd, beat_out = os.pipe()
        pulse_in, self._pulse_fd = os.pipe()
        os.set_blocking(self._pulse_fd, False)
        flags = ("--restarted",) if restarted else ()
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            (*program, plan, str(beat_out), str(pulse_in), *flags),
            pass_fds=(beat_out, pulse_in),
            stdin=subprocess.DEVNULL,
        )
        os.close(beat_out)
        os.close(pulse_in)

    def beats(self) -> bytes:
        """The heartbeats since the last call; none once the other end is closed."""
        return os.read(self.beat_fd, 4096)

    def pulse(self) -> None:
        try:
            os.write(self._pulse_fd, b".")
        except (BlockingIOError, BrokenPipeError):
            return

    def close(self) -> None:
        """End the process for good, frozen or not, and let go of its pipes."""
        self.process.kill()
        self.process.wait()
        os.close(self.beat_fd)
        os.close(self._pulse_fd)


class Standby:
    """The second writer: one word in, JSON lines out."""

    def __init__(self, program: tuple[str, ...], plan: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            (*program, plan), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin is not None  # noqa: S101 - PIPE was asked for
        assert self.process.stdout is not None  # noqa: S101
        self._in, self.out = self.process.stdin, self.process.stdout
        self._partial = b""

    def stop_the_belt(self) -> None:
        try:
            self._in.write(b"stop\n")
            self._in.flush()
        except BrokenPipeError:
            return

    def heard(self) -> list[str]:
        """The events said since the last call; ["gone"] once it has ended."""
        octets = os.read(self.out.fileno(), 4096)
        if not octets:
            return ["gone"]
        *lines, self._partial = (self._partial + octets).split(b"\n")
        return [json.loads(line)["event"] for line in lines]

    def close(self) -> None:
        end(self.process)
        self._in.close()
        self.out.close()


def start_desk(program: tuple[str, ...], plan: str) -> subprocess.Popen[bytes]:
    """The desk, ended by the end of its standard input if the guard dies."""
    return subprocess.Popen((*program, plan), stdin=subprocess.PIPE)  # noqa: S603 - our own


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a child to end, then make it."""
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

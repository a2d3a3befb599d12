"""A grip unit on a wire: what the walker's hands do, as lines on a pty or a TCP port.

The lines are handed to the kernel at 50 Hz, and at once when a flag changes. Nobody need listen:
as on a real serial port, what is not read is lost, oldest first.
"""

import asyncio
import fcntl
import os
import struct
import termios
import tty
from math import inf
from types import TracebackType
from typing import Protocol, Self

from protocols.grip import GripFrame, encode
from simulators.walker import WalkerState

HELD_N = 4.0
"""A hand counts as holding from here; a light touch is 1 N, a resting hold 5 N and more."""

PERIOD_S = 0.02

UNREAD_LIMIT = 512
"""Octets a slow reader may leave behind, about 0.3 s of lines; then the old ones are dropped."""


class GripSensor:
    """Turns hands into frames, one at a time; `due` says when the next one must go.

    `tether` is the pull-cord, `frozen` a sensor whose processor repeats itself for ever.
    """

    def __init__(self) -> None:
        self.tether = True
        self.frozen = False
        self._last = GripFrame(sequence=0xFFFF)
        self._due_at_s = -inf

    def due(self, walker: WalkerState, now_s: float) -> GripFrame | None:
        """The frame to send now, if the period has passed or a flag has changed."""
        frame = self._read(walker)
        if now_s >= self._due_at_s:
            on_time = now_s - self._due_at_s < PERIOD_S
            self._due_at_s = (self._due_at_s if on_time else now_s) + PERIOD_S
        elif _flags(frame) == _flags(self._last):
            return None
        self._last = frame
        return frame

    def _read(self, walker: WalkerState) -> GripFrame:
        if self.frozen:
            return self._last
        return GripFrame(
            sequence=(self._last.sequence + 1) & 0xFFFF,
            left_held=walker.left.force_n >= HELD_N,
            right_held=walker.right.force_n >= HELD_N,
            left_force_n=round(walker.left.force_n, 1),
            right_force_n=round(walker.right.force_n, 1),
            tether=self.tether,
            fall=walker.fallen,
            battery_pct=None,
        )


def _flags(frame: GripFrame) -> tuple[bool, bool, bool, bool]:
    return frame.left_held, frame.right_held, frame.tether, frame.fall


class GripPort(Protocol):
    """Where a grip unit's lines go. `address` is what a driver is given to open."""

    address: str

    def send(self, frame: GripFrame) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class PtyPort:
    """A pseudo-terminal: to its reader a serial port like any other."""

    address = ""

    async def __aenter__(self) -> Self:
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._ours)
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.address = os.ttyname(self._theirs)
        return self

    def send(self, frame: GripFrame) -> None:
        """Hand the line to the kernel; the other end stays open here, so it never hangs up."""
        unread = struct.unpack("i", fcntl.ioctl(self._theirs, termios.FIONREAD, b"\0\0\0\0"))[0]
        if unread > UNREAD_LIMIT:
            termios.tcflush(self._theirs, termios.TCIFLUSH)
        os.write(self._ours, encode(frame))

    async def __aexit__(self, *_: object) -> None:
        os.close(self._ours)
        os.close(self._theirs)


class TcpPort:
    """A serial server on the network: each client gets every line from when it connects."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._writers: set[asyncio.StreamWriter] = set()
        self.address = f"socket://{host}:{port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, self._port)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"socket://{self._host}:{port}"
        return self

    def send(self, frame: GripFrame) -> None:
        for writer in self._writers:
            if writer.transport.get_write_buffer_size() < UNREAD_LIMIT:
                writer.write(encode(frame))

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await reader.read(256):
                pass
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


def open_port(address: str) -> GripPort:
    """`pty`, or `tcp:HOST:PORT`. Raises: `ValueError` for another form."""
    kind, _, rest = address.partition(":")
    host, _, port = rest.rpartition(":")
    if kind == "tcp" and port.isdigit():
        return TcpPort(host, int(port))
    if address == "pty":
        return PtyPort()
    raise ValueError(f"The grip unit sits on 'pty' or 'tcp:HOST:PORT', not on {address!r}.")

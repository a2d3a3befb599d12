"""A grip unit's wire: its lines on a pty or a TCP port.

Nobody need listen: as on a real serial port, what is not read is lost, oldest first.
"""

import asyncio
import fcntl
import os
import struct
import termios
import tty
from types import TracebackType
from typing import Protocol, Self

from protocols.grip import GripFrame, encode

UNREAD_LIMIT = 512
"""Octets a slow reader may leave behind, about 0.3 s of lines; then the old ones are dropped."""


class GripPort(Protocol):
    """Where a grip unit's lines go. `address` is what a driver is given to open."""

    address: str

    def send(self, frame: GripFrame) -> None:
        """The frame as one line."""
        self.write(encode(frame))

    def write(self, octets: bytes) -> None: ...

    def hang_up(self) -> None:
        """The port is gone for whoever has it open, and does not come back."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class PtyPort(GripPort):
    """A pseudo-terminal: to its reader a serial port like any other."""

    address = ""
    _open = False

    async def __aenter__(self) -> Self:
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._ours)
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.address = os.ttyname(self._theirs)
        self._open = True
        return self

    def write(self, octets: bytes) -> None:
        """Hand them to the kernel; the other end stays open here, so it hangs up only when told."""
        if not self._open:
            return
        unread = struct.unpack("i", fcntl.ioctl(self._theirs, termios.FIONREAD, b"\0\0\0\0"))[0]
        if unread > UNREAD_LIMIT:
            termios.tcflush(self._theirs, termios.TCIFLUSH)
        os.write(self._ours, octets)

    def hang_up(self) -> None:
        if self._open:
            self._open = False
            os.close(self._ours)
            os.close(self._theirs)

    async def __aexit__(self, *_: object) -> None:
        self.hang_up()


class TcpPort(GripPort):
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

    def write(self, octets: bytes) -> None:
        for writer in self._writers:
            if writer.transport.get_write_buffer_size() < UNREAD_LIMIT:
                writer.write(octets)

    def hang_up(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def __aexit__(self, *_: object) -> None:
        self.hang_up()

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

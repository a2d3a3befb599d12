"""A serial wire's far end, on a pty or a TCP port: octets come and go, and nobody need listen."""

import asyncio
import contextlib
import os
import tty
from collections.abc import Callable
from typing import Protocol, Self

READ_LIMIT = 4096


class Wire(Protocol):
    """Where octets come and go. `address` is what a driver is given to open."""

    address: str

    def listen(self, on_octets: Callable[[bytes], None]) -> None: ...

    def send(self, octets: bytes) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...


class PtyWire:
    """A pseudo-terminal: to its user a serial port like any other."""

    address = ""

    async def __aenter__(self) -> Self:
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._ours)
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.address = os.ttyname(self._theirs)
        return self

    def listen(self, on_octets: Callable[[bytes], None]) -> None:
        """The other end stays open here, so it never hangs up."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._ours, lambda: on_octets(os.read(self._ours, READ_LIMIT)))

    def send(self, octets: bytes) -> None:
        """What nobody reads is lost."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._ours, octets)

    async def __aexit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._ours)
        os.close(self._ours)
        os.close(self._theirs)


class TcpWire:
    """A serial server on the network; the last to connect is the one that is told."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._on_octets: Callable[[bytes], None] = lambda _octets: None
        self._writer: asyncio.StreamWriter | None = None
        self._serving: set[asyncio.Task[None] | None] = set()
        self.address = f"socket://{host}:{port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, self._port)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"socket://{self._host}:{port}"
        return self

    def listen(self, on_octets: Callable[[bytes], None]) -> None:
        self._on_octets = on_octets

    def send(self, octets: bytes) -> None:
        writer = self._writer
        if writer is not None and writer.transport.get_write_buffer_size() < READ_LIMIT:
            writer.write(octets)

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        if self._writer is not None:
            self._writer.close()
        await asyncio.gather(*(task for task in self._serving if task), return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._serving.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError):
            while octets := await reader.read(READ_LIMIT):
                self._on_octets(octets)
        writer.close()
        if self._writer is writer:
            self._writer = None


def open_wire(address: str, who: str = "The relay unit") -> Wire:
    """`pty`, or `tcp:HOST:PORT`. Raises: `ValueError` for another form."""
    kind, _, rest = address.partition(":")
    host, _, port = rest.rpartition(":")
    if kind == "tcp" and port.isdigit():
        return TcpWire(host, int(port))
    if address == "pty":
        return PtyWire()
    raise ValueError(f"{who} sits on 'pty' or 'tcp:HOST:PORT', not on {address!r}.")

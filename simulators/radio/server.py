"""The air on a socket: every client that connects speaks H4 to a controller of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

from bumble.transport.common import StreamPacketSink, StreamPacketSource

from simulators.radio.air import Air
from simulators.radio.controller import AirController


class HciPort(StreamPacketSource):
    """The controller end of one client's HCI stream. A stream that ends is a power cut."""

    def __init__(self, air: Air, ports: set["HciPort"]) -> None:
        super().__init__()
        self._air = air
        self._ports = ports
        self._transport: asyncio.WriteTransport | None = None
        self._controller: AirController | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._controller = AirController(self._air, self, StreamPacketSink(self._transport))
        self._ports.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._ports.discard(self)
        if self._controller is not None:
            self._controller.unplug()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@contextlib.asynccontextmanager
async def serving(air: Air, listen: str) -> AsyncIterator[str]:
    """Serve `air` at `unix:PATH` or `tcp:HOST:PORT` (port 0: any); yields the address in use.

    Raises:
        ValueError: `listen` is neither form.
        OSError: the address cannot be bound.
    """
    ports: set[HciPort] = set()
    kind, _, where = listen.partition(":")
    loop = asyncio.get_running_loop()
    if kind == "unix" and where:
        server = await loop.create_unix_server(lambda: HciPort(air, ports), where)
        address = listen
    elif kind == "tcp" and ":" in where:
        host, port = where.rsplit(":", 1)
        server = await loop.create_server(lambda: HciPort(air, ports), host, int(port))
        address = f"tcp:{host}:{server.sockets[0].getsockname()[1]}"
    else:
        raise ValueError(f"{listen!r} is neither unix:PATH nor tcp:HOST:PORT.")
    try:
        yield address
    finally:
        server.close()
        for open_port in list(ports):
            open_port.close()
        if kind == "unix":
            _remove_socket(where)


def _remove_socket(path: str) -> None:
    """Python removes it by itself from 3.13 on."""
    Path(path).unlink(missing_ok=True)


def adapter_of(address: str) -> str:
    """The adapter that reaches an air served at `address`: `hci:unix:…`, `hci:tcp-client:…`."""
    return "hci:" + address.replace("tcp:", "tcp-client:", 1)

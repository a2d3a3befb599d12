"""The hatch: one Unix socket between desk and control. Commands in, telemetry out.

Each message is one JSON object on one line, with `v` (the version) and `kind`. Control serves;
desk connects. Neither can slow the other: what a slow reader does not take is dropped, oldest
first, and counted.

    desk → control   {"kind": "command", "id": str, "verb": str, "role": str,
                      "program": str, "baseline_mps": float, "speed_mps": float,
                      "orientation": str}
                     the last four only where they count
                     {"kind": "sensor", "sensor": str, …}    see drivers/network_sensors.py
                     {"kind": "presence"}                a signed-in supervisor's page is alive
                     {"kind": "attended"}                a signed-in engineer's, to a commissioner
    control → desk   {"kind": "telemetry", …}            see controller/telemetry.py
                     {"kind": "answer", "id": str, "accepted": bool, "reason": str}
                     {"kind": "event", "name": str, …}
                     {"kind": "commissioning", …}        in control's place, see controller/engineer
"""

import asyncio
import contextlib
import json
import os
from collections import deque
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

VERSION = 1
LINE_LIMIT = 64 * 1024
"""Longest line taken from a peer, octets; a longer one ends that connection."""
BACKLOG = 64
"""Messages kept for a reader that lags; telemetry at 10 Hz is six seconds."""

GOODBYE_S = 0.2
"""What is on its way gets so long to be read when a connection closes; then it is cut."""

Message = dict[str, Any]


def encode(message: Message) -> bytes:
    return json.dumps({"v": VERSION, **message}, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Message | None:
    """The message on `line`, or None if it is not one of this version."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("v") != VERSION:
        return None
    return message if isinstance(message.get("kind"), str) else None


class Peer:
    """One end of an open hatch: messages come out of `messages()`, and `send` never waits."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._backlog: deque[bytes] = deque(maxlen=BACKLOG)
        self._wake = asyncio.Event()
        self._pump = asyncio.create_task(self._write_backlog())
        self.dropped = 0

    def send(self, message: Message) -> None:
        self.send_line(encode(message))

    def send_line(self, line: bytes) -> None:
        """Queue an encoded message; the oldest one is dropped when the reader lags."""
        self.dropped += len(self._backlog) == BACKLOG
        self._backlog.append(line)
        self._wake.set()

    async def messages(self) -> AsyncIterator[Message]:
        """Valid messages until the other end closes; a line that is no message is passed over."""
        while True:
            try:
                line = await self._reader.readline()
            except (ValueError, ConnectionError):
                return
            if not line:
                return
            message = decode(line)
            if message is not None:
                yield message

    async def close(self) -> None:
        """Ends within `GOODBYE_S`, also when the other end does not read."""
        self._pump.cancel()
        self._writer.close()
        await asyncio.wait({self._pump})
        closed = asyncio.create_task(self._writer.wait_closed())
        try:
            await asyncio.wait({closed}, timeout=GOODBYE_S)
        finally:
            if not closed.done():
                self._writer.transport.abort()
            await asyncio.gather(closed, return_exceptions=True)

    async def _write_backlog(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._backlog:
                    self._writer.write(self._backlog.popleft())
                    await self._writer.drain()


class Hatch:
    """Control's end: takes commands from every peer, gives each the same telemetry."""

    def __init__(self, path: Path, on_message: Callable[[Message, Peer], None]) -> None:
        self._path = path
        self._on_message = on_message
        self._peers: set[Peer] = set()
        self._server: asyncio.Server | None = None
        self._own: tuple[int, int] | None = None

    async def __aenter__(self) -> "Hatch":
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(
            self._serve, path=str(self._path), limit=LINE_LIMIT
        )
        os.chmod(self._path, 0o600)
        self._own = _identity(self._path)
        return self

    async def __aexit__(self, *_: object) -> None:
        """A control that ends late leaves alone what a new one has bound in its place. While this
        socket is open, no other file can have its identity."""
        if _identity(self._path) == self._own:
            self._path.unlink(missing_ok=True)
        if self._server is not None:
            self._server.close()
        for peer in tuple(self._peers):
            await peer.close()

    def publish(self, message: Message) -> None:
        """Encode once, queue for every peer."""
        if self._peers:
            line = encode(message)
            for peer in self._peers:
                peer.send_line(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self._peers.add(peer)
        try:
            async for message in peer.messages():
                self._on_message(message, peer)
        finally:
            self._peers.discard(peer)
            await peer.close()


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is that lies there now, if any."""
    with contextlib.suppress(FileNotFoundError):
        found = path.lstat()
        return found.st_dev, found.st_ino
    return None


async def connect(path: Path) -> Peer:
    """Desk's end. Raises `OSError` while control is not there."""
    return Peer(*await asyncio.open_unix_connection(str(path), limit=LINE_LIMIT))

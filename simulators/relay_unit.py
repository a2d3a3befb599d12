"""A relay unit on a pty or a TCP port; its contact is the simulated treadmill's safety circuit.

An open contact is a pulled safety key. The unit keeps the rules of `protocols.relay_unit`.
"""

import asyncio
import contextlib
import os
import random
import time
import tty
from collections.abc import Callable
from typing import Protocol, Self

from protocols.lines import WORD_LIMIT
from protocols.relay import Order, Status, Word, encode_status, order_parser
from protocols.relay_unit import Unit, heard, waited

STATUS_S = 0.1
READ_LIMIT = 4096

OnContact = Callable[[bool], None]
OnOrder = Callable[[Order], None]


class Wire(Protocol):
    """Where the unit's lines come and go. `address` is what a driver is given to open."""

    address: str

    def listen(self, on_octets: Callable[[bytes], None]) -> None: ...

    def send(self, octets: bytes) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...


class RelayUnit:
    """`on_contact` comes with each change of the contact, `on_order` with each whole order."""

    def __init__(self, wire: Wire, on_contact: OnContact, on_order: OnOrder, seed: int = 0) -> None:
        self._wire = wire
        self._on_contact = on_contact
        self._on_order = on_order
        self._parser = order_parser()
        self._unit = Unit(trip=random.Random(seed).randrange(WORD_LIMIT))
        self._sequence = 0
        self._told_at_s = float("-inf")

    def begin(self) -> None:
        self._wire.listen(self._take)
        self._on_contact(self._unit.closed)

    def look(self) -> None:
        """Time has passed: open if it is due, and say how things stand."""
        now_s = time.monotonic()
        self._now(waited(self._unit, now_s))
        if now_s - self._told_at_s >= STATUS_S:
            self._tell(now_s)

    def _take(self, octets: bytes) -> None:
        for order in self._parser.feed(octets):
            if order.word is not Word.BEAT:
                self._on_order(order)
            self._now(heard(self._unit, order, time.monotonic()))

    def _now(self, unit: Unit) -> None:
        before, self._unit = self._unit, unit
        if unit.closed is not before.closed:
            self._on_contact(unit.closed)
        if (unit.closed, unit.trip) != (before.closed, before.trip):
            self._tell(time.monotonic())

    def _tell(self, now_s: float) -> None:
        self._told_at_s = now_s
        self._sequence = (self._sequence + 1) & WORD_LIMIT
        status = Status(self._sequence, self._unit.closed, self._unit.trip)
        self._wire.send(encode_status(status))


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

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        with contextlib.suppress(ConnectionError):
            while octets := await reader.read(READ_LIMIT):
                self._on_octets(octets)
        writer.close()
        if self._writer is writer:
            self._writer = None


def open_wire(address: str) -> Wire:
    """`pty`, or `tcp:HOST:PORT`. Raises: `ValueError` for another form."""
    kind, _, rest = address.partition(":")
    host, _, port = rest.rpartition(":")
    if kind == "tcp" and port.isdigit():
        return TcpWire(host, int(port))
    if address == "pty":
        return PtyWire()
    raise ValueError(f"The relay unit sits on 'pty' or 'tcp:HOST:PORT', not on {address!r}.")

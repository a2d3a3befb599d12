"""The relay unit on a serial port or a socket: words out, its contact in."""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable
from typing import Protocol, Self

from drivers.gpio_relay import GpioRelay, open_line
from drivers.links import ByteLink, LinkError
from drivers.reconnect import delays_s
from drivers.serial_port import open_port
from protocols.lines import WORD_LIMIT
from protocols.relay import BAUD, Order, Status, Word, encode_order, status_parser

SILENT_S = 1.0
"""Ten lines of a unit that speaks ten times a second: how its contact stands is not known now."""
GONE_S = 10.0
"""A unit that has been silent for so long may be back on a port that is opened anew."""
LOOK_S = 0.1

_log = logging.getLogger(__name__)


class Relay(Protocol):
    """What a keeper of heartbeats needs. Nothing here waits, nothing raises.

    `closed` is what the contact was last seen to be, None before it was; `on_news` comes with each
    change of it.
    """

    @property
    def closed(self) -> bool | None: ...

    def beat(self) -> None: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...


class RelayUnit:
    """Keeps the port open while it is entered. `open_port` blocks and may raise `LinkError`.

    A port that is lost counts as a contact not seen: the unit hears no heartbeat any more. So does
    a unit that falls silent: what it said last may be true no longer.
    """

    def __init__(self, open_port: Callable[[], ByteLink], on_news: Callable[[], None]) -> None:
        self._open_port = open_port
        self._on_news = on_news
        self._port: ByteLink | None = None
        self._status: Status | None = None
        self._heard_at_s = 0.0
        self._sequence = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def closed(self) -> bool | None:
        return None if self._status is None else self._status.closed

    def beat(self) -> None:
        self._send(Word.BEAT)

    def open(self) -> None:
        self._send(Word.OPEN)

    def close(self) -> None:
        """Ends the trip that the unit last told of; of one that has told nothing, none."""
        if self._status is not None:
            self._send(Word.CLOSE, self._status.trip)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_open())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _send(self, word: Word, trip: int = 0) -> None:
        if self._port is not None:
            self._sequence = (self._sequence + 1) & WORD_LIMIT
            self._port.write(encode_order(Order(self._sequence, word, trip)))

    async def _keep_open(self) -> None:
        delays = delays_s()
        while True:
            try:
                port = await asyncio.to_thread(self._open_port)
            except LinkError as error:
                _log.warning("%s", error)
            else:
                delays = delays_s()
                await self._listen(port)
            await asyncio.sleep(next(delays))

    async def _listen(self, port: ByteLink) -> None:
        """Take octets until the port goes away, or the unit has been silent for `GONE_S`."""
        loop = asyncio.get_running_loop()
        lost: asyncio.Future[str] = loop.create_future()
        parser = status_parser()

        def take(octets: bytes) -> None:
            for status in parser.feed(octets):
                self._heard_at_s = loop.time()
                self._seen(status)

        self._heard_at_s = loop.time()
        port.start(take, lost.set_result)
        self._port = port
        try:
            _log.warning("%s", await self._until_lost(lost))
        finally:
            self._port = None
            port.close()
            self._seen(None)

    async def _until_lost(self, lost: asyncio.Future[str]) -> str:
        """Why the port is to be closed."""
        loop = asyncio.get_running_loop()
        while not lost.done():
            silent_s = loop.time() - self._heard_at_s
            if silent_s >= GONE_S:
                return "The relay unit says nothing. Check its power and its cable."
            if silent_s >= SILENT_S:
                self._seen(None)
            await asyncio.wait((lost,), timeout=LOOK_S)
        return lost.result()

    def _seen(self, status: Status | None) -> None:
        before, self._status = self.closed, status
        if self.closed is not before:
            self._on_news()


def relay_at(place: str, on_news: Callable[[], None]) -> Relay:
    """The relay at a place that `address.relay` has read: a port, a socket or `gpio:CHIP:LINE`.

    Raises: `LinkError` if a GPIO line cannot be had; a port may come later.
    """
    kind, _, rest = place.partition(":")
    if kind == "gpio":
        chip, _, line = rest.rpartition(":")
        return GpioRelay(open_line(chip, int(line)), on_news)
    return RelayUnit(functools.partial(open_port, place, BAUD), on_news)

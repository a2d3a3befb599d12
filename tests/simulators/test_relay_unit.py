"""A simulated relay unit on real descriptors: its contact follows its heartbeats, nothing else."""

import asyncio
import contextlib
import os
import tty
from collections.abc import Callable
from itertools import count

import pytest

from protocols.relay import Order, Status, Word, encode_order, status_parser
from simulators.relay_unit import RelayUnit
from simulators.wire import PtyWire, TcpWire, open_wire

LIMIT_S = 10.0
LOOK_S = 0.01


class Watched:
    """A unit that looks at its time again and again, and what became of it."""

    def __init__(self) -> None:
        self.contacts: list[bool] = []
        self.orders: list[Word] = []
        self._numbers = count(1)

    async def keep(self, unit: RelayUnit) -> None:
        unit.begin()
        while True:
            unit.look()
            await asyncio.sleep(LOOK_S)

    def unit(self, wire: PtyWire | TcpWire) -> RelayUnit:
        return RelayUnit(
            wire, self.contacts.append, lambda order: self.orders.append(order.word), seed=7
        )

    def line(self, word: Word, trip: int = 0) -> bytes:
        return encode_order(Order(next(self._numbers), word, trip))

    async def until(self, wanted: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not wanted():  # noqa: ASYNC110 - no event tells of a contact
                await asyncio.sleep(LOOK_S)


async def test_on_a_pty_it_closes_when_told_and_opens_when_the_heartbeats_cease() -> None:
    watched, heard = Watched(), list[Status]()
    async with PtyWire() as wire, asyncio.TaskGroup() as group:
        port = os.open(wire.address, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(port)
        parser = status_parser()
        keeping = group.create_task(watched.keep(watched.unit(wire)))

        def told() -> bool:
            with contextlib.suppress(BlockingIOError):
                heard.extend(parser.feed(os.read(port, 4096)))
            return bool(heard)

        await watched.until(told)
        assert heard[-1].closed is False
        os.write(port, watched.line(Word.BEAT) + watched.line(Word.CLOSE, heard[-1].trip))
        await watched.until(lambda: watched.contacts == [False, True])
        await watched.until(lambda: told() and heard[-1].closed)
        await watched.until(lambda: watched.contacts == [False, True, False])
        await watched.until(lambda: told() and not heard[-1].closed)
        assert heard[-1].trip == heard[0].trip + 1
        assert watched.orders == [Word.CLOSE]
        numbers = [status.sequence for status in heard]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        keeping.cancel()
        os.close(port)


async def test_a_unit_to_which_nobody_listens_does_not_wait() -> None:
    async with PtyWire() as wire:
        for _ in range(5000):
            wire.send(b"a line that fills the buffer in the end\r\n")


async def test_on_tcp_the_last_client_is_told_and_may_leave() -> None:
    watched = Watched()
    async with TcpWire("127.0.0.1", 0) as wire, asyncio.TaskGroup() as group:
        keeping = group.create_task(watched.keep(watched.unit(wire)))
        host, number = wire.address.removeprefix("socket://").split(":")
        for _ in range(2):
            reader, writer = await asyncio.open_connection(host, int(number))
            parser, heard = status_parser(), list[Status]()
            while not heard:
                heard += parser.feed(await reader.read(256))
            writer.write(watched.line(Word.BEAT) + watched.line(Word.CLOSE, heard[-1].trip))
            await watched.until(lambda: watched.contacts[-1])
            writer.write(watched.line(Word.OPEN))
            await watched.until(lambda: not watched.contacts[-1])
            writer.close()
            await writer.wait_closed()
        assert watched.contacts == [False, True, False, True, False]
        wire.send(b"to nobody")
        reader, writer = await asyncio.open_connection(host, int(number))
        await reader.read(1)
        keeping.cancel()
    writer.close()


@pytest.mark.parametrize("address", ["usb:0", "", "tcp:nowhere"])
def test_another_kind_of_wire_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="pty"):
        open_wire(address)


def test_each_form_of_address_has_its_wire() -> None:
    assert isinstance(open_wire("pty"), PtyWire)
    assert open_wire("tcp:127.0.0.1:4001").address == "socket://127.0.0.1:4001"

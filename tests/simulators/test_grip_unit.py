"""A simulated grip unit on real descriptors: a pty and a TCP port."""

import asyncio
import fcntl
import os
import struct
import termios
import tty

import pytest

from protocols.grip import GripFrame, GripParser
from simulators.grip_unit import PtyPort, TcpPort, open_port


def unread(descriptor: int) -> int:
    """Octets that the kernel has for a reader by now."""
    (count,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)))
    return int(count)


async def test_the_pty_is_a_serial_port_that_speaks_the_protocol() -> None:
    async with PtyPort() as port:
        reader = os.open(port.address, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(reader)
        frames = [GripFrame(sequence=n, left_held=True) for n in range(5)]
        for frame in frames:
            port.send(frame)
        parser = GripParser()
        heard: list[GripFrame] = []
        while len(heard) < len(frames):
            heard += parser.feed(os.read(reader, 64))
        os.close(reader)
    assert heard == frames


async def test_a_reader_that_slept_finds_recent_lines_and_the_writer_never_waits() -> None:
    async with PtyPort() as port:
        reader = os.open(port.address, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(reader)
        for number in range(2000):
            before = unread(reader)
            port.send(GripFrame(sequence=number))
            while unread(reader) == before:
                os.sched_yield()
        heard = GripParser().feed(os.read(reader, 4096))
        os.close(reader)
    assert heard[-1].sequence == 1999
    assert len(heard) < 50


async def test_a_port_that_is_unplugged_is_gone_for_its_reader_and_takes_no_more_lines() -> None:
    async with PtyPort() as port:
        reader = os.open(port.address, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        port.hang_up()
        port.hang_up()
        assert os.read(reader, 64) == b""
        os.close(reader)
        port.send(GripFrame())
        assert not os.path.exists(port.address)  # noqa: ASYNC240 - of a device, at once


async def test_a_tcp_port_that_is_unplugged_ends_its_clients_and_takes_no_more() -> None:
    async with TcpPort("127.0.0.1", 0) as port:
        host, number = port.address.removeprefix("socket://").split(":")
        reader, writer = await asyncio.open_connection(host, int(number))
        sending = asyncio.create_task(reader.readline())
        while not sending.done():
            port.send(GripFrame())
            await asyncio.sleep(0)
        port.hang_up()
        while await reader.read(256):
            pass
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(host, int(number))


async def test_every_tcp_client_hears_the_lines_and_may_leave() -> None:
    async with TcpPort("127.0.0.1", 0) as port:
        host, number = port.address.removeprefix("socket://").split(":")
        first, second = [await asyncio.open_connection(host, int(number)) for _ in range(2)]
        lines = []
        for reader, writer in (first, second):
            sequence = 0
            hearing = asyncio.create_task(reader.readline())
            while not hearing.done():
                port.send(GripFrame(sequence=(sequence := sequence + 1)))
                await asyncio.sleep(0)
            lines.append(hearing.result())
            writer.close()
            await writer.wait_closed()
        port.send(GripFrame())
    assert all(GripParser().feed(line) for line in lines)


@pytest.mark.parametrize("address", ["usb:0", "", "tcp:nowhere"])
def test_another_kind_of_port_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="pty"):
        open_port(address)

"""Serial ports on a real pty, and the sockets that stand for one."""

import asyncio
import os
import socket
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.links import LinkError
from drivers.serial_port import SerialPort, open_port

BAUD = 115200
LIMIT_S = 20


class Ears:
    """Takes what a port delivers."""

    def __init__(self, port: SerialPort) -> None:
        self.octets = b""
        self.lost: list[str] = []
        self._news = asyncio.Event()
        port.start(self._take, self._lose)

    async def until(self, count: int = 0, lost: int = 0) -> None:
        async with asyncio.timeout(LIMIT_S):
            while len(self.octets) < count or len(self.lost) < lost:
                await self._news.wait()
                self._news.clear()

    def _take(self, octets: bytes) -> None:
        self.octets += octets
        self._news.set()

    def _lose(self, sentence: str) -> None:
        self.lost.append(sentence)
        self._news.set()


@pytest.fixture
def pty() -> Iterator[tuple[int, str]]:
    """Our end of a pty, and the name of the other, which nobody has open."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    name = os.ttyname(theirs)
    os.close(theirs)
    yield ours, name
    os.close(ours)


async def test_octets_go_both_ways_through_a_pty(pty: tuple[int, str]) -> None:
    ours, name = pty
    port = open_port(name, BAUD)
    ears = Ears(port)
    os.write(ours, b"\x00\xffforth")
    await ears.until(7)
    assert ears.octets == b"\x00\xffforth"
    assert port.write(b"back")
    assert os.read(ours, 10) == b"back"
    port.close()


async def test_a_port_that_takes_no_more_says_so_and_does_not_wait(pty: tuple[int, str]) -> None:
    _, name = pty
    port = open_port(name, BAUD)
    while port.write(bytes(4096)):
        pass
    assert not port.write(bytes(4096))
    port.close()


async def test_an_unplugged_port_is_told_once_and_then_silent() -> None:
    ours, theirs = os.openpty()
    name = os.ttyname(theirs)
    port = open_port(name, BAUD)
    os.close(theirs)
    ears = Ears(port)
    os.close(ours)
    await ears.until(lost=1)
    assert ears.lost == [f"{name} went away. Check its cable."]
    assert not port.write(b"anything")
    port.close()


async def test_a_closed_port_delivers_nothing_more(pty: tuple[int, str]) -> None:
    ours, name = pty
    port = open_port(name, BAUD)
    ears = Ears(port)
    os.write(ours, b"early")
    port.close()
    port.close()
    await asyncio.sleep(0)
    assert (ears.octets, ears.lost) == (b"", [])


async def test_what_is_written_to_a_closed_port_reaches_no_other_file(
    pty: tuple[int, str], tmp_path: Path
) -> None:
    _, name = pty
    port = open_port(name, BAUD)
    port.close()
    others = [os.open(tmp_path / str(n), os.O_RDWR | os.O_CREAT) for n in range(8)]
    assert not port.write(b"stray")
    assert [os.fstat(other).st_size for other in others] == [0] * 8
    for other in others:
        os.close(other)


async def test_a_port_may_be_closed_before_it_was_ever_started(pty: tuple[int, str]) -> None:
    port = open_port(pty[1], BAUD)
    port.close()
    assert not port.write(b"anything")


async def test_a_wake_up_without_octets_is_passed_over(pty: tuple[int, str]) -> None:
    ours, name = pty
    port = open_port(name, BAUD)
    ears = Ears(port)
    port._read()
    os.write(ours, b"still there")
    await ears.until(11)
    assert ears.lost == []
    port.close()


async def test_a_socket_stands_for_a_port_until_its_server_closes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        name = f"socket://127.0.0.1:{server.getsockname()[1]}"
        port = await asyncio.to_thread(open_port, name, BAUD)
        monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("the loop was put to sleep"))
        ears = Ears(port)
        peer, _ = server.accept()
        with peer:
            peer.sendall(b"forth")
            await ears.until(5)
            assert port.write(b"back")
            assert peer.recv(10) == b"back"
        await ears.until(lost=1)
    assert ears.octets == b"forth"
    assert ears.lost == [f"{name} went away. Check its cable."]


async def test_a_reset_connection_is_a_port_that_went_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        name = f"socket://127.0.0.1:{server.getsockname()[1]}"
        port = await asyncio.to_thread(open_port, name, BAUD)
        ears = Ears(port)
        peer, _ = server.accept()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        peer.close()
        await ears.until(lost=1)


@pytest.mark.parametrize(
    "name",
    [
        "/dev/no-such-port",
        "/dev/null",
        "/",
        "socket://127.0.0.1:1",
        "socket://127.0.0.1",
        "socket://127.0.0.1:99999",
        "socket://:7000",
        "telnet://127.0.0.1:23",
    ],
)
def test_what_cannot_be_opened_is_one_plain_sentence(name: str) -> None:
    with pytest.raises(LinkError) as refused:
        open_port(name, BAUD)
    assert str(refused.value) == (
        f"{name} cannot be opened. Check that it is plugged in and that you may use it."
    )

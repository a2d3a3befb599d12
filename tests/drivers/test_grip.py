"""The grip unit's driver on a real pty and on a socket: frames in, reports and news out."""

import asyncio
import contextlib
import os
import threading
import tty
from collections.abc import AsyncIterator, Callable

import pytest

from drivers.grip import BAUD, GripUnit
from drivers.links import ByteLink, LinkError
from drivers.serial_port import open_port
from protocols.grip import GripFrame, GripReport, encode
from simulators.grip_unit import TcpPort

LIMIT_S = 20


class Cable:
    """A pty whose other end can be plugged in, pulled, and plugged in again."""

    def __init__(self) -> None:
        self.opened = threading.Semaphore(0)
        self.name = ""
        self._ours: int | None = None
        self.plug()

    def plug(self) -> None:
        self._ours, theirs = os.openpty()
        tty.setraw(theirs)
        self.name = os.ttyname(theirs)
        os.close(theirs)

    def pull(self) -> None:
        if self._ours is not None:
            os.close(self._ours)
        self._ours = None

    def send(self, octets: bytes) -> None:
        assert self._ours is not None
        os.write(self._ours, octets)

    def open(self) -> ByteLink:
        if self._ours is None:
            raise LinkError("The grip unit is not plugged in.")
        port = open_port(self.name, BAUD)
        self.opened.release()
        return port


class Rig:
    """The driver, its cable, the count of its news, and a clock that tells when it is read."""

    def __init__(self, cable: Cable, open_link: Callable[[], ByteLink]) -> None:
        self.cable = cable
        self.news = 0
        self.now_s = 100.0
        self._told = asyncio.Event()
        self._read = asyncio.Event()
        self.unit = GripUnit(open_link, self._count, self._clock)

    @property
    def report(self) -> GripReport:
        return self.unit.report

    def _clock(self) -> float:
        self._read.set()
        return self.now_s

    def _count(self) -> None:
        self.news += 1
        self._told.set()

    async def until_read(self) -> None:
        """Until the driver has taken octets, which may be no news."""
        async with asyncio.timeout(LIMIT_S):
            await self._read.wait()
        self._read.clear()

    async def until_heard(self, frame: GripFrame) -> None:
        while self.report.frame != frame:
            await self.until_read()

    async def until_news(self, count: int) -> None:
        async with asyncio.timeout(LIMIT_S):
            while self.news < count:
                await self._told.wait()
                self._told.clear()

    async def until_opened(self) -> None:
        assert await asyncio.to_thread(self.cable.opened.acquire, timeout=LIMIT_S)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    cable = Cable()
    rig = Rig(cable, cable.open)
    async with rig.unit:
        await rig.until_opened()
        yield rig
    cable.pull()


def frame(sequence: int, **changes: bool) -> GripFrame:
    held = {"left_held": True, "right_held": True, "tether": True}
    return GripFrame(sequence=sequence, battery_pct=90, **{**held, **changes})  # type: ignore[arg-type]


async def test_nothing_heard_is_a_default_report(rig: Rig) -> None:
    assert rig.report == GripReport()
    assert rig.news == 0


async def test_frames_become_the_report_and_the_second_one_shows_that_it_moves(rig: Rig) -> None:
    rig.cable.send(encode(frame(7)))
    await rig.until_news(1)
    assert rig.report == GripReport(frame(7), received_at_s=100.0)
    rig.now_s = 100.02
    rig.cable.send(encode(frame(8)))
    await rig.until_heard(frame(8))
    assert rig.report == GripReport(frame(8), received_at_s=100.02, advanced_at_s=100.02)


async def test_only_a_change_is_news(rig: Rig) -> None:
    for sequence in range(50):
        rig.cable.send(encode(frame(sequence)))
        await rig.until_heard(frame(sequence))
    assert rig.news == 1


@pytest.mark.parametrize(
    "change",
    [{"left_held": False}, {"right_held": False}, {"tether": False}, {"fall": True}],
    ids=lambda change: next(iter(change)),
)
async def test_each_signal_is_news_when_it_changes_and_when_it_changes_back(
    rig: Rig, change: dict[str, bool]
) -> None:
    for number, octets in enumerate((frame(1), frame(2, **change), frame(3)), 1):
        rig.cable.send(encode(octets))
        await rig.until_news(number)
        assert rig.report.frame == octets
    assert rig.news == 3


@pytest.mark.parametrize("brief", [{"fall": True}, {"tether": False}], ids=["fall", "pulled cord"])
async def test_what_came_and_went_between_two_readings_is_still_news(
    rig: Rig, brief: dict[str, bool]
) -> None:
    rig.cable.send(encode(frame(1)))
    await rig.until_news(1)
    rig.cable.send(encode(frame(2, **brief)) + encode(frame(3)))
    await rig.until_news(2)
    assert rig.report.frame == frame(3, **brief)
    rig.cable.send(encode(frame(4)))
    await rig.until_news(3)
    assert rig.report.frame == frame(4)


async def test_garbage_is_counted_and_the_next_frame_is_found(rig: Rig) -> None:
    rig.cable.send(b"\x00\xff$RG,1,x*0000\r\n$RG,9\r\n" + encode(frame(1)))
    await rig.until_news(1)
    assert rig.report.frame == frame(1)
    assert rig.report.rejected == 2


async def test_garbage_alone_is_no_frame(rig: Rig) -> None:
    rig.cable.send(b"$RG,1,nonsense*0000\r\n" * 10)
    await rig.until_read()
    assert (rig.report, rig.news) == (GripReport(), 0)
    rig.cable.send(encode(frame(1)))
    await rig.until_news(1)
    assert rig.report.rejected == 10


async def test_a_pulled_cable_is_news_and_everything_is_forgotten(rig: Rig) -> None:
    rig.cable.send(encode(frame(1)))
    await rig.until_news(1)
    rig.cable.pull()
    await rig.until_news(2)
    assert rig.report == GripReport()


async def test_a_cable_plugged_in_again_is_found_and_must_prove_itself_anew(rig: Rig) -> None:
    rig.cable.send(encode(frame(1)) + encode(frame(2)))
    await rig.until_news(1)
    assert rig.report.advanced_at_s is not None
    rig.cable.pull()
    await rig.until_news(2)
    rig.cable.plug()
    await rig.until_opened()
    rig.cable.send(encode(frame(3)))
    await rig.until_news(3)
    assert rig.report == GripReport(frame(3), received_at_s=100.0)


async def test_a_line_cut_off_by_a_pulled_cable_does_not_join_the_next(rig: Rig) -> None:
    whole = encode(frame(1))
    rig.cable.send(whole + whole[:20])
    await rig.until_news(1)
    rig.cable.pull()
    await rig.until_news(2)
    rig.cable.plug()
    await rig.until_opened()
    rig.cable.send(whole[20:] + encode(frame(2)))
    await rig.until_news(3)
    assert rig.report.frame == frame(2)


async def test_a_unit_that_is_not_there_at_first_is_found_later() -> None:
    cable = Cable()
    cable.pull()
    rig = Rig(cable, cable.open)
    async with rig.unit:
        await asyncio.sleep(0)
        cable.plug()
        await rig.until_opened()
        cable.send(encode(frame(1)))
        await rig.until_news(1)
    assert rig.report == GripReport()
    cable.pull()


async def test_a_serial_server_on_the_network_is_heard_lost_and_found_again() -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(TcpPort("127.0.0.1", 0))
        number = int(server.address.rsplit(":", 1)[1])
        rig = Rig(Cable(), lambda: open_port(server.address, BAUD))
        rig.cable.pull()
        await stack.enter_async_context(rig.unit)
        for sequence in (1, 2):
            async with asyncio.timeout(LIMIT_S):
                while rig.report.frame != frame(sequence):
                    server.send(frame(sequence))
                    await asyncio.sleep(0.01)
            before = rig.news
            await server.__aexit__()
            await rig.until_news(before + 1)
            assert rig.report == GripReport()
            server = await stack.enter_async_context(TcpPort("127.0.0.1", number))

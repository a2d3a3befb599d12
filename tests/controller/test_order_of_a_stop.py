"""A Stop leaves first; journal, console, guard and whoever pressed it hear of it afterwards."""

import asyncio
import time
from types import SimpleNamespace

from benchmarks.parts.injector import HELD
from benchmarks.parts.measured import running
from benchmarks.parts.memory_treadmill import MemoryTreadmill
from benchmarks.parts.walking import SPEED_UNITS, walking
from controller.loop import Loop
from controller.safety.limits import tightest
from controller.session.commands import Verb
from controller.sightings import Sightings
from controller.step import Command
from drivers.ftms_treadmill import FtmsTreadmill
from protocols.grip import GripReport

LIMIT_S = 10.0


class Ledger:
    """A journal that only remembers that something was written."""

    ok = True
    waiting = 0

    def __init__(self, happened: list[str]) -> None:
        self._happened = happened

    def begin(self, session_id: str, now_s: float, **facts: object) -> None: ...

    def end(self, now_s: float, **facts: object) -> None: ...

    def add(self, kind: str, now_s: float, **facts: object) -> None:
        self._happened.append("journal")


def walking_loop(treadmill: FtmsTreadmill, news: asyncio.Event, happened: list[str]) -> Loop:
    """In the middle of a walk, with everybody there."""
    now_s = time.monotonic()
    return Loop(
        treadmill,
        SimpleNamespace(report=GripReport(HELD, now_s, now_s)),
        Ledger(happened),
        *tightest({}),
        clock=time.monotonic,
        news=news,
        publish=lambda _told: happened.append("console"),
        state=walking(now_s),
        seen=Sightings(now_s, True, now_s),
        commissioned=lambda: True,
    )


async def test_a_stop_is_handed_over_before_anybody_is_told_of_it() -> None:
    happened: list[str] = []
    news, beaten = asyncio.Event(), asyncio.Event()
    link = MemoryTreadmill(SPEED_UNITS, lambda _at_ns: happened.append("handed over"))
    async with (
        asyncio.timeout(LIMIT_S),
        FtmsTreadmill(link, news.set, lambda *_: happened.append("wire")) as treadmill,
        running(link.report()),
    ):
        while treadmill.report.speed_mps is None:
            await news.wait()
            news.clear()
        loop = walking_loop(treadmill, news, happened)
        loop.beat = lambda _moving, _escalate: beaten.set()
        loop.ask(Command("1", Verb.STOP), lambda _answer: happened.append("answer"))
        async with running(loop.run()):
            await beaten.wait()
    assert happened[0] == "handed over"
    assert set(happened) == {"handed over", "wire", "answer", "journal", "console"}

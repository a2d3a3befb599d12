"""The road of a commissioning to an FTMS treadmill: see `drivers.probe_road`."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, Self

from drivers.ftms_treadmill import WRITE_LIMIT_S, FtmsTreadmill
from drivers.links import GattLink
from protocols.belt import BeltReport
from protocols.ftms import procedures, uuids
from protocols.ftms.procedures import OpCode
from protocols.probing import Answer, Ask, Asked

ACTS: dict[Ask, Callable[[int], bytes]] = {
    Ask.CONTROL: lambda _units: procedures.request_control(),
    Ask.START: lambda _units: procedures.start(),
    Ask.STOP: lambda _units: procedures.stop(),
    Ask.PAUSE: lambda _units: procedures.pause(),
    Ask.SPEED: procedures.set_target_speed,
}
OPS = {
    OpCode.REQUEST_CONTROL: Ask.CONTROL,
    OpCode.START_OR_RESUME: Ask.START,
    OpCode.STOP_OR_PAUSE: Ask.STOP,
    OpCode.SET_TARGET_SPEED: Ask.SPEED,
}

_log = logging.getLogger(__name__)


class FtmsProbe:
    """Watches as the treadmill's driver does, and writes to the control point what it is told to.

    That driver is never given an order, so it writes nothing by itself.
    """

    def __init__(
        self,
        link: GattLink,
        on_news: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        named: Callable[[], str] = lambda: "",
    ) -> None:
        self._named = named
        self._link = link
        self._on_news = on_news
        self._clock = clock
        self._treadmill: FtmsTreadmill | None = None
        self._works: set[asyncio.Task[None]] = set()
        self.answers: tuple[Answer, ...] = ()
        self.remarks: frozenset[str] = frozenset({"supervised_link"})

    @property
    def report(self) -> BeltReport:
        return BeltReport() if self._treadmill is None else self._treadmill.report

    @property
    def name(self) -> str:
        return self._named()

    async def __aenter__(self) -> Self:
        await self._come()
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WRITE_LIMIT_S):
                await asyncio.gather(*self._works)
        await self._go()

    def send(self, asked: Asked) -> None:
        if asked.what is Ask.LEAVE:
            self._start(self._go())
        elif asked.what is Ask.RETURN:
            self._start(self._come())
        else:
            self._start(self._write(ACTS[asked.what](asked.units)))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._works.add(task)
        task.add_done_callback(self._works.discard)

    async def _come(self) -> None:
        if self._treadmill is None:
            self._treadmill = FtmsTreadmill(self._link, self._on_news, self._hear, self._clock)
            await self._treadmill.__aenter__()

    async def _go(self) -> None:
        treadmill, self._treadmill = self._treadmill, None
        if treadmill is not None:
            await treadmill.__aexit__(None, None, None)
        self._on_news()

    async def _write(self, octets: bytes) -> None:
        """A write that fails is one that is never answered."""
        offered = self._link.properties(uuids.CONTROL_POINT)
        if "indicate" not in offered and "notify" in offered:
            self.remarks |= {"notified_answers"}
        if "write" not in offered:
            self.remarks |= {"write_without_response"}
        try:
            async with asyncio.timeout(WRITE_LIMIT_S):
                await self._link.write(uuids.CONTROL_POINT, octets, response="write" in offered)
        except (OSError, TimeoutError) as error:
            _log.info("A write was not taken: %s", error)

    def _hear(self, direction: str, octets: bytes) -> None:
        answer = procedures.decode_response(octets) if direction == "in" else None
        if answer is None or answer.request_op not in OPS:
            return
        what = OPS[OpCode(answer.request_op)]
        self.answers = (*self.answers, Answer(what, answer.ok, self._clock()))
        self._on_news()

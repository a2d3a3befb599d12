"""The grip unit on a serial port: frames in, the newest report out, news on every change."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from drivers.links import ByteLink, LinkError
from drivers.reconnect import delays_s
from protocols.grip import GripFrame, GripParser, GripReport, fold

BAUD = 115200

_log = logging.getLogger(__name__)


class GripUnit:
    """Keeps the port open while it is entered. `open_port` blocks and may raise `LinkError`.

    `on_news` is called in the same callback that read the octets, whenever a hand, the pull-cord
    or the fall signal has changed, and when the port went away.
    """

    def __init__(
        self,
        open_port: Callable[[], ByteLink],
        on_news: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_port = open_port
        self._on_news = on_news
        self._clock = clock
        self._parser = GripParser()
        self._task: asyncio.Task[None] | None = None
        self.report = GripReport()

    async def __aenter__(self) -> "GripUnit":
        self._task = asyncio.create_task(self._keep_open())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep_open(self) -> None:
        delays = delays_s()
        while True:
            try:
                port = await asyncio.to_thread(self._open_port)
                delays = delays_s()
                await self._listen(port)
            except LinkError as error:
                _log.warning("%s", error)
            except Exception:
                _log.exception("The grip unit's port is given up, and tried again.")
            await asyncio.sleep(next(delays))

    async def _listen(self, port: ByteLink) -> None:
        """Take octets until the port goes away; forget what the last connection said."""
        lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._parser = GripParser()
        self.report = GripReport()
        try:
            port.start(self._take, lost.set_result)
            _log.warning("%s", await lost)
        finally:
            self.report = GripReport()
            self._on_news()
            port.close()

    def _take(self, octets: bytes) -> None:
        now_s = self._clock()
        before = _signals(self.report.frame)
        frames = self._parser.feed(octets)
        for frame in frames:
            self.report = fold(self.report, frame, now_s, self._parser.rejected)
        if len(frames) > 1:
            self.report = self.report._replace(frame=_worst(frames))
        if _signals(self.report.frame) != before:
            self._on_news()


def _worst(frames: list[GripFrame]) -> GripFrame:
    """The newest frame, with a fall or a pulled cord that any of them told of: the newest alone
    would hide one that came and went while the process was busy."""
    fall = any(frame.fall for frame in frames)
    tether = all(frame.tether for frame in frames)
    return frames[-1]._replace(fall=fall, tether=tether)


def _signals(frame: GripFrame) -> tuple[bool, bool, bool, bool]:
    return frame.left_held, frame.right_held, frame.tether, frame.fall

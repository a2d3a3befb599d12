"""Releases, one after the other, in front of a loop that is put back into a steady walk between."""

import asyncio
from dataclasses import dataclass, field

from benchmarks.parts.reactions import End, Reactions
from benchmarks.parts.walking import order, walking
from controller.cli.teller import Teller
from controller.loop import Loop
from controller.records.journal import Journal
from drivers.ftms_treadmill import FtmsTreadmill
from drivers.grip import GripUnit

ANSWER_S = 10.0
TRIAL_S = 5.0
"""A Stop that has not come by now is missing."""


@dataclass
class Trials:
    """Trials with one loop. Give `hear_grip` and `hear_stop` to its drivers."""

    injector: Teller
    injector_pid: int
    news: asyncio.Event
    journal: Journal
    loop: Loop = field(init=False)
    grip: GripUnit = field(init=False)
    treadmill: FtmsTreadmill = field(init=False)

    def __post_init__(self) -> None:
        self._begun = 0
        self._walks = False
        self._span_s = 0.0
        self._read_ns = 0
        self._stopped: asyncio.Future[int] | None = None

    def hear_grip(self) -> None:
        """In the callback that read the octets: a hold begins the walk, a release is timed."""
        read_at_s = self.grip.report.received_at_s
        if read_at_s is not None and self.grip.report.frame.left_held:
            self._walk(read_at_s)
        elif read_at_s is not None:
            self._read_ns = round(read_at_s * 1e9)
        self.loop.at_once()

    def hear_stop(self, at_ns: int) -> None:
        """In the first line of the link's `write`."""
        if self._walks and self._stopped is not None and not self._stopped.done():
            self._walks = False
            self._stopped.set_result(at_ns)

    async def run(self, count: int, span_s: float, into: Reactions) -> None:
        """So many releases, each at a random moment of `span_s`."""
        self._span_s = span_s
        ends: dict[int, End | None] = {}
        for _ in range(count):
            self._begin()
            ends[self._begun] = await self._end()
        released = await self._released()
        for trial, end in ends.items():
            into.add(released[trial], end)

    def _begin(self) -> None:
        self._walks = False
        self._stopped = asyncio.get_running_loop().create_future()
        self._begun += 1
        self.injector.say("hold")
        if self.grip.report.frame.left_held:
            self._walk(self.loop.clock())
            self.news.set()

    async def _end(self) -> End | None:
        assert self._stopped is not None  # noqa: S101 - a trial was begun
        try:
            async with asyncio.timeout(TRIAL_S):
                stopped_ns = await self._stopped
        except TimeoutError:
            return None
        latch = self.loop.state.latch
        return End(self._read_ns, stopped_ns, latch.cause if latch else "driver")

    async def _released(self) -> dict[int, int | None]:
        """The injector's stamps by trial; one more trial fetches the stamp of the last."""
        self._begin()
        fetched = self._begun - 1
        await self.injector.until(lambda line: line.get("trial") == fetched, ANSWER_S)
        stamps = {line["trial"]: line["at_ns"] for line in self.injector.told if "trial" in line}
        self.injector.told.clear()
        return stamps

    def _walk(self, now_s: float) -> None:
        """A session in the middle of a steady walk, as if its turn had just ended."""
        self.loop.state = walking(now_s)
        self.loop.seen.pulse(True, now_s)
        self.loop.seen.console_at_s = now_s
        self.treadmill.command(order(now_s))
        self._walks = True
        self.injector.say(f"release {self._span_s}")

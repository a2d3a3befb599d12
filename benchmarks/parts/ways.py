"""Releases on either way, in front of a loop that is put back into a steady walk before each."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.parts.reactions import End, Reactions
from benchmarks.parts.walking import order, walking
from controller.cli.failure import Failure
from controller.cli.teller import Teller, Told
from controller.loop import Grip, Loop
from controller.safety.view import Phase
from controller.session.requirements import ARM_LATENCY_S

SETTLE_S = 0.1
"""What an earlier Stop has left on the air has arrived by then."""
PERIOD_S = 0.05
"""A release falls at random within a whole period of the loop."""
ANSWER_S = 10.0
LOOK_S = 0.005


@dataclass
class Ways:
    """Give `hear` to the grips, then set what remains. `bench` tells when a Stop arrives."""

    hands: Teller
    bench: Teller
    news: asyncio.Event
    loop: Loop = field(init=False)
    grips: Mapping[str, Grip] = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(1)  # noqa: S311 - a phase, not a secret
        self._read_ns = 0

    def hear(self) -> None:
        """In the callback that took the news; of a trial only its release counts."""
        report = self.loop.grip.report
        if not report.frame.left_held and report.received_at_s is not None:
            self._read_ns = round(report.received_at_s * 1e9)
        self.news.set()

    async def run(self, way: str, count: int, into: Reactions) -> None:
        """So many releases on one way."""
        self.loop.grip = self.grips[way]
        self.hands.say(way)
        for _ in range(count):
            into.add(*await self._trial())

    async def _trial(self) -> tuple[int | None, End | None]:
        """When the hands let go and how it ended; the former is None if it ended before."""
        for teller in (self.hands, self.bench):
            teller.told.clear()
        await self._walk()
        await asyncio.sleep(SETTLE_S + self._random.uniform(0.0, PERIOD_S))
        if self.loop.state.phase is not Phase.WALKING:
            return None, End(0, 0, self._cause())
        self.hands.say("release")
        released_ns: int = (await self.hands.event("released", ANSWER_S))["at_ns"]
        stopped = await self._stop_after(released_ns)
        if stopped is None:
            return released_ns, None
        return released_ns, End(self._read_ns, stopped["at_ns"], self._cause())

    async def _walk(self) -> None:
        """Both hands hold as far as the loop knows, and it walks as of now."""
        self.hands.say("hold")
        async with asyncio.timeout(ANSWER_S):
            while not (self._held() and self.loop.treadmill.report.linked):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_S)
        now_s = self.loop.clock()
        self.loop.state = walking(now_s)
        self.loop.seen.pulse(True, now_s)
        self.loop.seen.console_at_s = now_s
        self.loop.treadmill.command(order(now_s))
        self.news.set()

    def _held(self) -> bool:
        """Told in time, as the arm check asks: a sensor that begins to speak has yet to echo."""
        report = self.loop.grip.report
        if report.advanced_at_s is None or report.latency_s is None:
            return False
        in_time = report.latency_s <= ARM_LATENCY_S
        return in_time and report.frame.left_held and report.frame.right_held

    async def _stop_after(self, released_ns: int) -> Told | None:
        def is_it(line: Told) -> bool:
            return bool(line["event"] == "stop_received" and line["at_ns"] > released_ns)

        try:
            return await self.bench.until(is_it, ANSWER_S)
        except Failure:
            return None

    def _cause(self) -> str:
        latch = self.loop.state.latch
        return latch.cause if latch else "driver"

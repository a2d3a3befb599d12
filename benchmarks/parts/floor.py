"""The floor beside the measured rows: a C program in front of a grip unit of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.parts.compiled import compiled
from benchmarks.parts.reactions import End, Reactions
from controller.cli.failure import Failure
from controller.cli.teller import Teller, started

START_S = 20.0
ANSWER_S = 5.0
INJECTOR = "benchmarks.parts.injector"


@dataclass
class Floor:
    """`injector` plays the grip unit, `program` waits for releases; both are processes."""

    injector: Teller
    program: Teller
    pids: tuple[int, int]
    """The injector's and the program's."""

    async def run(self, count: int, span_s: float, into: Reactions) -> None:
        """So many releases, each at a random moment of `span_s`."""
        self.injector.told.clear()
        ends: list[End | None] = []
        for _ in range(count):
            self.program.told.clear()
            self.injector.say("hold")
            self.injector.say(f"release {span_s}")
            ends.append(await self._end())
        self.injector.say("hold")
        await self.injector.until(lambda _line: len(self.injector.told) > count, ANSWER_S)
        for line, end in zip(self.injector.told[1:], ends, strict=True):
            into.add(line["at_ns"], end)

    async def _end(self) -> End | None:
        try:
            stop = await self.program.event("stop", ANSWER_S)
        except Failure:
            return None
        return End(stop["read_ns"], stop["at_ns"], "floor")


@contextlib.asynccontextmanager
async def floor(folder: Path) -> AsyncIterator[Floor]:
    """The program, compiled in `folder`, and its grip unit, while entered."""
    program = compiled("floor", folder)
    async with started("injector", INJECTOR) as injector:
        grip = await injector.event("ready", START_S)
        async with _heard(str(program), grip["grip"]) as teller:
            ready = await teller.event("ready", START_S)
            yield Floor(injector, teller, (grip["pid"], ready["pid"]))


@contextlib.asynccontextmanager
async def _heard(*command: str) -> AsyncIterator[Teller]:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    teller = Teller("floor", process)
    hearing = asyncio.create_task(teller.hear())
    try:
        yield teller
    finally:
        await teller.end(ANSWER_S)
        await hearing

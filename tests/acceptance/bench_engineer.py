"""An engineer on the hatch, who has a treadmill commissioned: what the tests of it share."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from controller.cli.failure import Failure
from controller.control_line import Answer, ControlLine

BEAT_S = 0.3
SOON_S = 40.0
Message = dict[str, Any]


class BenchEngineer:
    """`said` has all that was told; `present`: their page is on screen."""

    def __init__(self, hatch: Path) -> None:
        self._news = asyncio.Condition()
        self.line = ControlLine(hatch, self._hear, lambda _linked: None)
        self.said: list[Message] = []
        self.present = True

    @property
    def steps(self) -> list[str]:
        told = [message["step"] for message in self.said if message["kind"] == "commissioning"]
        return [step for at, step in enumerate(told) if told[at - 1 : at] != [step]]

    async def attend(self) -> None:
        while True:
            if self.present:
                self.line.attended()
            await asyncio.sleep(BEAT_S)

    async def ask(self, verb: str, role: str = "engineer", **more: object) -> str:
        """Why it was refused; "" if not."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.line.ask(verb, role, answered.set_result, **more)
        return (await answered).reason

    async def until(self, wanted: Callable[[Message], bool], limit_s: float = SOON_S) -> Message:
        """The first message from now on that is wanted."""
        since = len(self.said)

        def found() -> Message | None:
            return next((message for message in self.said[since:] if wanted(message)), None)

        try:
            async with asyncio.timeout(limit_s), self._news:
                await self._news.wait_for(lambda: found() is not None)
        except TimeoutError:
            raise Failure(f"It was not told. Last: {self.said[-1:]}") from None
        told = found()
        assert told is not None
        return told

    async def begin(self) -> None:
        """Until the first question."""
        await self.until(lambda now: "commission" in now.get("may", []))
        assert await self.ask("commission") == ""
        await self.asked("listen")

    async def asked(self, step: str, limit_s: float = SOON_S) -> None:
        await self.until(lambda now: bool(now.get("question")) and now["step"] == step, limit_s)

    async def says(self, step: str, *, yes: bool) -> str:
        return await self.ask("answer", step=step, yes=yes)

    async def moving(self) -> None:
        """Consent, and wait for the belt to run."""
        assert await self.says("listen", yes=True) == ""
        await self.until(lambda now: (now.get("speed_mps") or 0) > 0)

    async def outcome(self, limit_s: float = SOON_S) -> Message:
        return await self.until(lambda now: bool(now.get("over")), limit_s)

    async def control(self, state: str, limit_s: float = SOON_S) -> Message:
        return await self.until(
            lambda now: now["kind"] == "telemetry" and now["state"] == state, limit_s
        )

    def _hear(self, message: Message) -> None:
        self.said.append(message)
        asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


@contextlib.asynccontextmanager
async def bench_engineer(hatch: Path) -> AsyncIterator[BenchEngineer]:
    person = BenchEngineer(hatch)
    tasks = [asyncio.create_task(person.line.run()), asyncio.create_task(person.attend())]
    try:
        yield person
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

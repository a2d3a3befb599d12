"""A supervisor on the hatch, for demonstrations and tests, and what a walker does unasked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from controller import hatch
from controller.cli.failure import Failure
from controller.cli.teller import Teller

PRESENCE_S = 1.0
ANSWER_S = 20.0
LEFT = "Meanwhile control has left the hatch."
HABIT_S = 1.0
"""Between two things that the simulated walker does of its own accord."""

Message = dict[str, Any]


class Supervisor:
    """A supervisor on the hatch: the newest telemetry, answers to commands, presence. Comes back
    when control has come back."""

    def __init__(self, peer: hatch.Peer) -> None:
        self._peer = peer
        self._news = asyncio.Condition()
        self._answers: dict[str, Message] = {}
        self._asked = 0
        self._left = 0
        self.now: Message = {}
        self.peak_set_point_mps = 0.0

    async def attend(self) -> None:
        """Be seen, until cancelled."""
        while True:
            self._peer.send({"kind": "presence"})
            await asyncio.sleep(PRESENCE_S)

    async def stay(self, path: Path) -> None:
        """Listen, and again to the next control, until cancelled."""
        while True:
            await self.listen()
            await self._peer.close()
            self._peer = await _connected(path)

    async def leave(self) -> None:
        await self._peer.close()

    async def listen(self) -> None:
        async for message in self._peer.messages():
            async with self._news:
                if message["kind"] == "telemetry":
                    self.now = message
                    asked_mps = message["set_point_mps"]
                    self.peak_set_point_mps = max(self.peak_set_point_mps, asked_mps)
                elif message["kind"] == "answer":
                    self._answers[message["id"]] = message
                self._news.notify_all()
        self._left += 1

    async def command(self, verb: str, **more: str) -> None:
        """Whoever arms confirms the orientation that is told. Raises: `Failure` with control's
        reason if it refuses."""
        role = "supervisor"
        shown = {"orientation": self.now.get("orientation")} if verb == "arm" else {}
        self._asked += 1
        name = f"{verb}-{self._asked}"
        self._peer.send(
            {"kind": "command", "id": name, "verb": verb, "role": role, **shown, **more}
        )
        await self.until(lambda _now: name in self._answers, ANSWER_S, f"{verb} was not answered")
        answer = self._answers.pop(name)
        if not answer["accepted"]:
            raise Failure(f"Control refused to {verb}: {answer['reason']}")

    async def until(
        self, wanted: Callable[[Message], bool], limit_s: float | None, what: str
    ) -> Message:
        """The first telemetry that is wanted. Raises: `Failure` after `limit_s`, unless None."""
        before = self._left
        try:
            async with asyncio.timeout(limit_s), self._news:
                await self._news.wait_for(lambda: bool(self.now) and wanted(self.now))
        except TimeoutError:
            said = [self.now.get("sentence", ""), *self.now.get("missing", [])]
            left = [LEFT] if self._left != before else []
            raise Failure(" ".join([f"The walk failed: {what}.", *left, *said])) from None
        return self.now


@contextlib.asynccontextmanager
async def supervisor(path: Path, *, present: bool = True) -> AsyncIterator[Supervisor]:
    """Connected to the hatch at `path`; only one that is `present` counts as a supervisor."""
    peer = await _connected(path)
    person = Supervisor(peer)
    tasks = [asyncio.create_task(person.stay(path))]
    if present:
        tasks.append(asyncio.create_task(person.attend()))
    try:
        yield person
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await person.leave()


async def _connected(path: Path) -> hatch.Peer:
    async with asyncio.timeout(ANSWER_S):
        while True:
            with contextlib.suppress(OSError):
                return await hatch.connect(path)
            await asyncio.sleep(0.05)


def habit(now: Message) -> str:
    """What a walker at rest does next so that a session can be armed, go on after a rest, or be
    reset; "" for nothing."""
    grip, state = now["grip"], now["state"]
    if grip["age_s"] is None or state not in ("idle", "armed", "latched"):
        return ""
    if state != "latched" and not grip["proven"] and (grip["left"] or grip["right"]):
        return "release"
    return "" if grip["left"] and grip["right"] else "hold"


async def walker_proves_the_sensors(person: Supervisor, bench: Teller) -> None:
    """Let go once and hold, until control has seen the sensors do both and the hands still hold:
    where telemetry comes late, a walker may have let go once too often."""
    while True:
        now = await person.until(
            lambda now: bool(now["grip"]["proven"] or habit(now)), ANSWER_S, ""
        )
        word = habit(now)
        if not word:
            return
        bench.say(word)
        await asyncio.sleep(HABIT_S)


@contextlib.asynccontextmanager
async def walker_keeps_habits(person: Supervisor, bench: Teller) -> AsyncIterator[None]:
    """Between walks the simulated walker does what the next session needs, while entered."""

    async def keep() -> None:
        while True:
            await person.until(lambda now: bool(habit(now)), None, "")
            bench.say(habit(person.now))
            await asyncio.sleep(HABIT_S)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping

"""Desk's standing line to control: comes back for ever, pairs each answer with its question."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controller import hatch
from controller.hatch import Message, Peer

RETRY_S = 0.25
"""Pause before control is looked for again: well inside the 5 s after which it stops the belt."""
ANSWER_S = 1.0
"""Control answers within a turn (50 ms); twenty turns of silence is no answer."""

AWAY = "The control process is not there. If the belt moves, pull the safety key."
SILENT = "Control did not answer. Look at the belt; if it moves, press Stop or pull the safety key."


@dataclass(frozen=True, slots=True)
class Answer:
    """What control made of a command; `reason` is one plain sentence, or empty if accepted.

    `reached` is false when control did not speak at all.
    """

    accepted: bool
    reason: str = ""
    reached: bool = True


_NO_ANSWER = Answer(False, SILENT, reached=False)

Reply = Callable[[Answer], None]


class ControlLine:
    """Holds one hatch connection. `on_message` gets telemetry and events, `on_link` each change."""

    def __init__(
        self, path: Path, on_message: Callable[[Message], None], on_link: Callable[[bool], None]
    ) -> None:
        self._path = path
        self._on_message = on_message
        self._on_link = on_link
        self._peer: Peer | None = None
        self._ids = itertools.count(1)
        self._asked: dict[str, tuple[Reply, asyncio.TimerHandle]] = {}

    @property
    def linked(self) -> bool:
        return self._peer is not None

    async def run(self) -> None:
        """Connect, listen, and connect again, until cancelled."""
        while True:
            try:
                peer = await hatch.connect(self._path)
            except OSError:
                pass
            else:
                await self._listen(peer)
            await asyncio.sleep(RETRY_S)

    def ask(self, verb: str, role: str, reply: Reply, **more: Any) -> None:
        """Send one command now; `reply` is called exactly once, within `ANSWER_S`.

        `more` is what the verb needs besides: `program`, `speed_mps`, `orientation`, `told`.
        A commissioner in control's place takes `stop`, and `answer` with `step` and `yes`.
        """
        if self._peer is None:
            reply(Answer(False, AWAY, reached=False))
            return
        key = str(next(self._ids))
        loop = asyncio.get_running_loop()
        timer = loop.call_later(ANSWER_S, self._settle, key, _NO_ANSWER)
        self._asked[key] = (reply, timer)
        asked = {"kind": "command", "id": key, "verb": verb, "role": role}
        self._peer.send({**asked, **more})

    async def command(self, verb: str, role: str) -> Answer:
        """`ask`, for those who can wait."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def reply(answer: Answer) -> None:
            if not answered.done():
                answered.set_result(answer)

        self.ask(verb, role, reply)
        return await answered

    def presence(self) -> None:
        """Tell control that a signed-in supervisor's page is alive."""
        if self._peer is not None:
            self._peer.send({"kind": "presence"})

    def attended(self) -> None:
        """Tell a commissioner that a signed-in engineer's page is alive."""
        if self._peer is not None:
            self._peer.send({"kind": "attended"})

    def reading(self, sensor: str, reading: Message) -> None:
        """Pass a network sensor's reading on."""
        if self._peer is not None:
            self._peer.send({**reading, "kind": "sensor", "sensor": sensor})

    async def _listen(self, peer: Peer) -> None:
        self._peer = peer
        self._on_link(True)
        try:
            async for message in peer.messages():
                self._take(message)
        finally:
            self._peer = None
            for key in tuple(self._asked):
                self._settle(key, Answer(False, AWAY, reached=False))
            self._on_link(False)
            await peer.close()

    def _take(self, message: Message) -> None:
        if message["kind"] != "answer":
            self._on_message(message)
            return
        accepted = message.get("accepted") is True
        self._settle(str(message.get("id")), Answer(accepted, str(message.get("reason") or "")))

    def _settle(self, key: str, answer: Answer) -> None:
        asked = self._asked.pop(key, None)
        if asked is not None:
            reply, timer = asked
            timer.cancel()
            reply(answer)

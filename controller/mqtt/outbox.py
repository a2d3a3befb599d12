"""What is to be published: bounded, oldest dropped; the bridge never waits for a broker."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

BACKLOG = 128


@dataclass(frozen=True, slots=True)
class Post:
    """One message on its way. `qos` 1 is for what is said once, 0 for what is said again soon."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    correlation: bytes | None = None

    @property
    def properties(self) -> Properties | None:
        if self.correlation is None:
            return None
        found: Any = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        found.CorrelationData = self.correlation
        return cast("Properties", found)


class Outbox:
    """One lane. An answer of the broker to one message holds up only its own lane."""

    def __init__(self) -> None:
        self._posts: deque[Post] = deque(maxlen=BACKLOG)
        self._wake = asyncio.Event()
        self.dropped = 0

    def put(self, post: Post) -> None:
        self.dropped += len(self._posts) == BACKLOG
        self._posts.append(post)
        self._wake.set()

    async def pump(self, publish: Callable[[Post], Awaitable[None]]) -> None:
        """Publish until cancelled, or until the connection fails."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._posts:
                await publish(self._posts.popleft())

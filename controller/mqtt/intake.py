"""What arrives and waits to be judged: bounded, oldest dropped, a Stop never."""

import asyncio
from collections import deque

from aiomqtt import Message

BACKLOG = 256
"""Messages kept for the bridge. What a flood pushes out was one of many."""
STOPS = 64


class Intake(asyncio.Queue[Message]):
    """The queue of one connection, of aiomqtt's kind. It is never full.

    `stop_topic` goes before everything. Where so many Stops wait already, one more says nothing
    new.
    """

    def __init__(self, stop_topic: str = "") -> None:
        self._stop_topic = stop_topic
        self._kept: deque[Message] = deque(maxlen=BACKLOG)
        self._stops: deque[Message] = deque()
        self.dropped = 0
        super().__init__()

    def qsize(self) -> int:
        return len(self._stops) + len(self._kept)

    def empty(self) -> bool:
        return not self.qsize()

    def _put(self, item: Message) -> None:
        if item.topic.value != self._stop_topic:
            self.dropped += len(self._kept) == BACKLOG
            self._kept.append(item)
        elif len(self._stops) < STOPS:
            self._stops.append(item)
        else:
            self.dropped += 1

    def _get(self) -> Message:
        return self._stops.popleft() if self._stops else self._kept.popleft()

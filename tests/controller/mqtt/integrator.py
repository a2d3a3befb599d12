"""A program of somebody else's at the broker, that speaks the contract and nothing more."""

import asyncio
import contextlib
import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import aiomqtt

from controller.mqtt.topics import Topics
from tests.mosquitto import WAIT_S, client

Told = dict[str, Any]
NUMBERS = itertools.count(1)
"""Of requests: no two integrators use the same."""


class Integrator:
    """Hears everything of one device; `send` makes a fresh command as a good client does."""

    def __init__(self, who: aiomqtt.Client, topics: Topics) -> None:
        self.who = who
        self.topics = topics
        self.said: dict[str, list[Told]] = defaultdict(list)
        self.status = ""
        self._news = asyncio.Condition()
        self._read: defaultdict[str, int] = defaultdict(int)
        self._results: defaultdict[tuple[str, str], int] = defaultdict(int)

    @property
    def state(self) -> Told:
        return self.said[self.topics.state][-1]

    async def listen(self) -> None:
        async for message in self.who.messages:
            topic, payload = str(message.topic), bytes(message.payload)
            async with self._news:
                if topic == self.topics.status:
                    self.status = payload.decode()
                with contextlib.suppress(ValueError, RecursionError):
                    self.said[topic].append(json.loads(payload))
                self._news.notify_all()

    async def until(self, happened: Any) -> None:
        async with asyncio.timeout(WAIT_S), self._news:
            await self._news.wait_for(lambda: bool(happened()))

    async def next(self, topic: str) -> Told:
        """The oldest message on this topic that was not asked for yet."""
        index = self._read[topic]
        self._read[topic] += 1
        await self.until(lambda: len(self.said[topic]) > index)
        return self.said[topic][index]

    async def fresh_state(self) -> Told:
        """A state from now on."""
        count = len(self.said[self.topics.state])
        await self.until(lambda: len(self.said[self.topics.state]) > count)
        return self.state

    def command(self, **changes: Any) -> Told:
        """A good command on the newest state, changed as asked."""
        whole = {
            "request_id": f"r{next(NUMBERS)}",
            "device": self.topics.device,
            "challenge": self.state["challenge"],
            "session_id": self.state["session_id"],
            **changes,
        }
        return {key: value for key, value in whole.items() if value is not ...}

    async def publish(self, topic: str, payload: Any, **options: Any) -> None:
        octets = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        await self.who.publish(topic, octets, **{"qos": 1, **options})

    async def send(self, verb: str, **changes: Any) -> tuple[str, str]:
        """Its result topic and request id, to ask `result` for what became of it."""
        command = self.command(**changes)
        await self.publish(self.topics.command(verb), command)
        return self.topics.result(verb), command["request_id"]

    async def result(self, asked: tuple[str, str]) -> Told:
        """The oldest result of this command that was not asked for yet; those of others may come
        in between."""
        topic, key = asked
        index = self._results[asked]
        self._results[asked] += 1

        def own() -> list[Told]:
            return [told for told in self.said[topic] if told["request_id"] == key]

        await self.until(lambda: len(own()) > index)
        return own()[index]


@contextlib.asynccontextmanager
async def integrator(port: int, device: str, *, quiet: bool = False) -> AsyncIterator[Integrator]:
    """Connected, and with a state that it can answer to. A quiet one hears no commands."""
    topics = Topics(device)
    async with client(port) as who:
        found = Integrator(who, topics)
        heard = (topics.state, topics.event, topics.result("+")) if quiet else (f"{topics.base}/#",)
        await who.subscribe([(topic, 1) for topic in heard])
        listening = asyncio.create_task(found.listen())
        try:
            await found.until(lambda: found.said[topics.state])
            yield found
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiomqtt.MqttError):
                await listening

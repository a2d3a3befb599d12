"""One standing connection to the broker: it comes back by itself, and nobody ever waits for it."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import aiomqtt
from aiomqtt import Message, MqttError
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from controller.mqtt.client import built
from controller.mqtt.faults import SOON_S, DeniedError, fault, pauses_s
from controller.mqtt.intake import Intake
from controller.mqtt.outbox import Outbox, Post
from controller.setting_tables import MqttSettings
from controller.together import together

BATCH = 32
"""Messages judged before others in this process get their turn."""
STEADY_S = 2.0
SUSPICIOUS = 3
TWINS = (
    "The MQTT broker ends each connection as soon as it has begun. Perhaps another client has this "
    "device's name: give each room its own device in [mqtt]."
)
"""Mosquitto closes the connection of the one that was there first, and says no more."""
DO_NOT_SEND_RETAINED = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """What a connection is for.

    - `name`: ends its client name; empty for the device's own.
    - `hears`: topic filters and their quality of service.
    - `urgent`: the topic that is never dropped.
    - `greeting`, `farewell`: published at its beginning and end; the will, if it ends badly.
    """

    name: str
    hears: Sequence[tuple[str, int]]
    urgent: str = ""
    greeting: Callable[[], Sequence[Post]] = lambda: ()
    farewell: Post | None = None


class Said:
    """What the log knows already: connections that fail alike, again and again, say so once."""

    def __init__(self) -> None:
        self._sentences: set[str] = set()

    def tell(self, sentence: str) -> None:
        if sentence not in self._sentences:
            self._sentences.add(sentence)
            _log.warning("%s", sentence)

    def forget(self) -> None:
        """The broker is there again: the next fault is news."""
        self._sentences.clear()


@dataclass
class Connection:
    """Connects until cancelled. `on_up` comes before the first message of a connection."""

    settings: MqttSettings
    line: Line
    on_message: Callable[[Message], None]
    said: Said
    on_up: Callable[[], None] = lambda: None
    on_down: Callable[[], None] = lambda: None
    up: bool = field(default=False, init=False)
    _up_at_s: float | None = field(default=None, init=False)
    _short: int = field(default=0, init=False)
    _ending: bool = field(default=False, init=False)
    _chance: random.Random = field(default_factory=random.Random, init=False)

    def __post_init__(self) -> None:
        self._intake = Intake(self.line.urgent)
        self._soon, self._surely = Outbox(), Outbox()
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Messages in and out that a flood or a slow broker cost."""
        return self._dropped + sum(
            kept.dropped for kept in (self._intake, self._soon, self._surely)
        )

    def put(self, post: Post) -> None:
        """Publish when the broker takes it; nothing is kept for a later connection."""
        if self.up:
            (self._surely if post.qos else self._soon).put(post)

    async def run(self) -> None:
        last_s = SOON_S
        pauses = pauses_s(last_s, self._chance)
        while True:
            try:
                await self._connected()
            except* (MqttError, OSError, DeniedError, ValueError) as group:
                found = fault(_first(group), self.settings)
                self._count_short_lives()
                steady = self._up_at_s is not None and not self._short
                if steady or found.last_s != last_s:
                    last_s = found.last_s
                    pauses = pauses_s(last_s, self._chance)
                self.said.tell(TWINS if self._short >= SUSPICIOUS else found.sentence)
            if self._ending:
                raise asyncio.CancelledError
            await asyncio.sleep(next(pauses))

    def _count_short_lives(self) -> None:
        """How often in a row the broker let this device in and lost it at once."""
        if self._up_at_s is None:
            return
        lasted_s = time.monotonic() - self._up_at_s
        self._short = self._short + 1 if lasted_s < STEADY_S else 0
        if not self._short:
            self.said.forget()

    async def _connected(self) -> None:
        """One connection from its beginning to its end."""
        self._up_at_s = None
        self._dropped = self.dropped
        self._intake = Intake(self.line.urgent)
        self._soon, self._surely = Outbox(), Outbox()
        will = self.line.farewell
        client = await built(self.settings, self.line.name, self._intake, will)
        async with client:
            try:
                await self._greet(client)
                await self._work(client)
            except asyncio.CancelledError:
                # A client whose connection breaks now tells of the break, in place of this.
                self._ending = True
                await self._leave(client)
                raise
            finally:
                if self.up:
                    self.up = False
                    self.on_down()

    async def _greet(self, client: aiomqtt.Client) -> None:
        await self._subscribe(client)
        for post in self.line.greeting():
            await _publish(client, post)
        self.up, self._up_at_s = True, time.monotonic()
        self.on_up()

    async def _work(self, client: aiomqtt.Client) -> None:
        """Until one of these fails. A task group would lose a cancellation that meets a failure."""
        pumps = [outbox.pump(partial(_publish, client)) for outbox in (self._soon, self._surely)]
        await together(*pumps, self._hear(client))

    async def _hear(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            self.on_message(message)
            for _ in range(min(BATCH, self._intake.qsize())):
                self.on_message(self._intake.get_nowait())

    async def _subscribe(self, client: aiomqtt.Client) -> None:
        wanted = [(topic, self._heard_as(qos)) for topic, qos in self.line.hears]
        codes = await client.subscribe(wanted)
        for (topic, _), code in zip(wanted, codes, strict=True):
            if isinstance(code, ReasonCode) and code.is_failure:
                raise DeniedError(topic)

    def _heard_as(self, qos: int) -> SubscribeOptions:
        """What the broker keeps is not wanted; what was sent to be kept shall show it, so that it
        can be refused. A Stop is never refused for that."""
        return SubscribeOptions(
            qos=qos,
            retainAsPublished=not self.line.urgent,
            retainHandling=DO_NOT_SEND_RETAINED,
        )

    async def _leave(self, client: aiomqtt.Client) -> None:
        if self.line.farewell is not None:
            with contextlib.suppress(MqttError):
                await _publish(client, self.line.farewell)


async def _publish(client: aiomqtt.Client, post: Post) -> None:
    await client.publish(post.topic, post.payload, post.qos, post.retain, post.properties)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first of the errors in a group of groups."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error

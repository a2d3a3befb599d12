"""One standing connection to the broker: it comes back by itself, and nobody ever waits for it."""

import asyncio
import contextlib
import logging
import random
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import aiomqtt
from aiomqtt import Message, MqttError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from controller.mqtt.faults import SOON_S, DeniedError, fault, pauses_s
from controller.mqtt.intake import Intake
from controller.mqtt.outbox import Outbox, Post
from controller.settings import MqttSettings

KEEPALIVE_S = 5
TIMEOUT_S = 2.0
"""For each answer of the broker. A desk that ends has three seconds."""
PACKET_LIMIT = 65536
"""The broker keeps longer packets to itself; what is shorter and still too long is refused."""
BATCH = 32
"""Messages judged before others in this process get their turn."""
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


@dataclass
class Connection:
    """Connects until cancelled. `on_up` comes before the first message of a connection."""

    settings: MqttSettings
    line: Line
    on_message: Callable[[Message], None]
    on_up: Callable[[], None] = lambda: None
    on_down: Callable[[], None] = lambda: None
    up: bool = field(default=False, init=False)
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
        said, last_s = "", SOON_S
        pauses = pauses_s(last_s, self._chance)
        while True:
            try:
                await self._connected()
            except* (MqttError, OSError, DeniedError, ValueError) as group:
                found = fault(_first(group), self.settings)
                if self._was_up or found.last_s != last_s:
                    last_s = found.last_s
                    pauses = pauses_s(last_s, self._chance)
                if found.sentence != said:
                    said = found.sentence
                    _log.warning("%s", said)
            if self._ending:
                raise asyncio.CancelledError
            await asyncio.sleep(next(pauses))

    async def _connected(self) -> None:
        """One connection from its beginning to its end."""
        self._was_up = False
        self._dropped = self.dropped
        self._intake = Intake(self.line.urgent)
        self._soon, self._surely = Outbox(), Outbox()
        client = await self._client()
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
        self.up = self._was_up = True
        self.on_up()

    async def _work(self, client: aiomqtt.Client) -> None:
        """Until one of these fails. A task group would lose a cancellation that meets a failure."""
        pumps = [outbox.pump(partial(_publish, client)) for outbox in (self._soon, self._surely)]
        works = [asyncio.create_task(work) for work in (*pumps, self._hear(client))]
        try:
            ended, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)
        for work in ended:
            work.result()

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

    async def _client(self) -> aiomqtt.Client:
        """Raises: `OSError` for a file that cannot be read."""
        settings, line = self.settings, self.line
        tls, password = await asyncio.to_thread(_secrets, settings)
        name = "-".join(filter(None, ("retrotread", settings.device, line.name)))
        # aiomqtt asks for a class and calls it with a size; this queue is there already, so that
        # it can be emptied in batches.
        queue = cast("type[asyncio.Queue[Message]]", lambda maxsize: self._intake)
        return aiomqtt.Client(
            settings.host,
            settings.broker_port,
            identifier=name,
            username=settings.username,
            password=password,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=True,
            properties=_forgetful(),
            will=_will(line.farewell),
            keepalive=KEEPALIVE_S,
            timeout=TIMEOUT_S,
            tls_context=tls,
            queue_type=queue,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )


def _secrets(settings: MqttSettings) -> tuple[ssl.SSLContext | None, str | None]:
    """Read anew for each connection: certificates and passwords are renewed while this runs."""
    password = None
    if settings.password_file is not None:
        password = settings.password_file.read_text().strip()
    if not settings.tls:
        return None, password
    context = ssl.create_default_context(cafile=settings.ca_file)
    if settings.cert_file is not None:
        context.load_cert_chain(settings.cert_file, settings.key_file)
    return context, password


def _forgetful() -> Properties:
    """The broker keeps nothing for this client while it is away."""
    properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 0
    properties.MaximumPacketSize = PACKET_LIMIT
    return cast("Properties", properties)


def _will(farewell: Post | None) -> aiomqtt.Will | None:
    if farewell is None:
        return None
    return aiomqtt.Will(farewell.topic, farewell.payload, farewell.qos, farewell.retain)


async def _publish(client: aiomqtt.Client, post: Post) -> None:
    await client.publish(post.topic, post.payload, post.qos, post.retain, post.properties)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first of the errors in a group of groups."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error

"""How a connection is made: MQTT 5, nothing kept from the last one, no delay on the socket."""

import asyncio
import socket
import ssl
from typing import Any, cast

import aiomqtt
from aiomqtt import Message
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from controller.mqtt.outbox import Post
from controller.setting_tables import MqttSettings

KEEPALIVE_S = 5
TIMEOUT_S = 2.0
"""For each answer of the broker. A desk that ends has three seconds."""
PACKET_LIMIT = 65536
"""The broker keeps longer packets to itself; what is shorter and still too long is refused."""


async def built(
    settings: MqttSettings, name: str, intake: asyncio.Queue[Message], will: Post | None
) -> aiomqtt.Client:
    """A client that puts what it hears into `intake`.

    Raises: `OSError`, `ValueError` for a file that cannot be used.
    """
    tls, password = await asyncio.to_thread(_secrets, settings)
    # aiomqtt asks for a class and calls it with a size; this queue is there already, so that it
    # can be emptied in batches.
    queue = cast("type[asyncio.Queue[Message]]", lambda maxsize: intake)
    return aiomqtt.Client(
        settings.host,
        settings.broker_port,
        identifier="-".join(filter(None, ("retrotread", settings.device, name))),
        username=settings.username,
        password=password,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=True,
        properties=_forgetful(),
        will=_will(will),
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

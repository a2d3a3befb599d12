"""What all rooms tell, from the hub's broker into PostgreSQL. A sketch to start from.

    pip install "aiomqtt>=2.5.1,<3" "psycopg[binary]"
    psql fleet < schema.sql
    python consumer.py HUB_HOST USER PASSWORD postgresql:///fleet

It keeps a session at the broker, so that what is told while it is away waits for it.
"""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

INSERT = "INSERT INTO told (room, what, payload) VALUES (%s, %s, %s)"
KEEP_S = 86_400
TOPICS = ("status", "info", "state", "event")

Row = tuple[str, str, str]


def row(topic: str, payload: bytes) -> Row | None:
    """Room, what and JSON of one message; None for one that is no `fleet/ROOM/WHAT`."""
    parts = topic.split("/")
    if len(parts) != 3 or parts[0] != "fleet" or parts[2] not in TOPICS:
        return None
    text = payload.decode("utf-8", "replace")
    try:
        told: Any = json.loads(text)
    except ValueError:
        told = text
    return parts[1], parts[2], json.dumps(told)


async def rows(client: aiomqtt.Client) -> AsyncIterator[Row]:
    """For ever: subscribe, then every message that is one of a room's."""
    for what in TOPICS:
        await client.subscribe(f"fleet/+/{what}", qos=1)
    async for message in client.messages:
        found = row(str(message.topic), bytes(message.payload))
        if found is not None:
            yield found


def session() -> dict[str, Any]:
    """Options of a client whose session outlives its connection."""
    keep = Properties(PacketTypes.CONNECT)
    keep.SessionExpiryInterval = KEEP_S
    return {
        "identifier": "fleet-consumer",
        "protocol": aiomqtt.ProtocolVersion.V5,
        "clean_start": False,
        "properties": keep,
    }


async def main(host: str, username: str, password: str, database: str) -> None:
    import psycopg  # noqa: PLC0415 - so that the rest can be tried without a database

    tls = aiomqtt.TLSParameters()
    who = {"username": username, "password": password}
    async with (
        await psycopg.AsyncConnection.connect(database, autocommit=True) as rooms,
        aiomqtt.Client(host, 8883, tls_params=tls, **who, **session()) as client,
    ):
        async for told in rows(client):
            try:
                await rooms.execute(INSERT, told)
            except psycopg.DataError as error:  # JSON that PostgreSQL does not take, as in NaN
                logging.warning("Passed over a message of %s: %s", told[0], error)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))

"""The example of many rooms: two real brokers, the bridge of the documents, the consumer."""

import asyncio
import importlib.util
import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import aiomqtt
import pytest

from tests.mosquitto import WAIT_S, client, mosquitto

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "fleet"
SECURE = ("bridge_cafile", "remote_username", "remote_password")
"""Lines that need the hub's certificates and users; the test's hub has none."""


def load_consumer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("consumer", EXAMPLES / "consumer.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bridge_to(port: int) -> list[str]:
    lines = (EXAMPLES / "room.conf").read_text().splitlines()
    assert sum(line.startswith(SECURE) for line in lines) == len(SECURE)
    open_lines = [line for line in lines if not line.startswith(SECURE)]
    return [line.replace("hub.example.org:8883", f"127.0.0.1:{port}") for line in open_lines]


async def test_the_hub_hears_the_room_and_can_only_stop_it(tmp_path: Path) -> None:
    consumer = load_consumer()
    async with (
        mosquitto(tmp_path) as hub,
        mosquitto(tmp_path, *bridge_to(hub), "restart_timeout 1") as room,
        client(hub) as database,
        client(hub) as control_room,
        client(room) as treadmill,
        asyncio.timeout(WAIT_S),
    ):
        rows = consumer.rows(database)
        event = json.dumps({"event_type": "stopped"})
        arrived = asyncio.create_task(anext(rows))
        while not arrived.done():  # until the room's broker has reached the hub
            await treadmill.publish("retrotread/demo/event", event)
            await asyncio.wait({arrived}, timeout=0.1)
        assert arrived.result() == ("room-3", "event", event)
        await treadmill.subscribe("retrotread/demo/#", qos=1)
        for verb in ("request_start", "lower", "pause", "stop"):
            await control_room.publish(f"fleet/room-3/cmd/{verb}", b"{}", qos=1)
        heard_verbs = [
            str(message.topic)
            async for message in _until(treadmill, "retrotread/demo/cmd/stop")
            if "/cmd/" in str(message.topic)
        ]
        assert heard_verbs == ["retrotread/demo/cmd/stop"]


async def _until(who: aiomqtt.Client, topic: str) -> AsyncIterator[aiomqtt.Message]:
    async for message in who.messages:
        yield message
        if str(message.topic) == topic:
            return


@pytest.mark.parametrize(
    ("topic", "payload", "row"),
    [
        ("fleet/room-3/status", b"online", ("room-3", "status", '"online"')),
        ("fleet/room-3/state", b'{"belt_mps": 0.4}', ("room-3", "state", '{"belt_mps": 0.4}')),
        ("fleet/room-3/state", b"\xff{", ("room-3", "state", '"\\ufffd{"')),
        ("fleet/room-3/cmd/stop", b"", None),
        ("fleet/room-3/secret", b"1", None),
        ("elsewhere/room-3/state", b"1", None),
    ],
)
def test_the_consumer_makes_a_row_of_what_a_room_tells(
    topic: str, payload: bytes, row: tuple[str, str, str] | None
) -> None:
    assert load_consumer().row(topic, payload) == row

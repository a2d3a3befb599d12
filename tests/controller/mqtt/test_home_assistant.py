"""The bridge on a real Mosquitto, before a stand-in that does what Home Assistant does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.mqtt.bridge import Bridge
from controller.mqtt.discovery import Discovery
from controller.mqtt.topics import Topics
from controller.setting_tables import MqttSettings
from tests.conftest import ScriptedControl
from tests.controller.mqtt.home_assistant import home_assistant
from tests.mosquitto import client, free_port, heard, mosquitto

DEVICE = "demo"


@contextlib.asynccontextmanager
async def bridge(port: int, hatch: Path, **settings: object) -> AsyncIterator[Bridge]:
    """A bridge at work while entered."""
    told = MqttSettings.model_validate({"port": port, "device": DEVICE, **settings})
    at_work = Bridge(told, hatch, "Treadmill")
    working = asyncio.create_task(at_work.run())
    try:
        yield at_work
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[ScriptedControl]:
    """Someone walks at 0.40 m/s."""
    scripted = ScriptedControl(tmp_path / "hatch")
    await scripted.open()
    scripted.keep_saying(session_id="s-1")
    yield scripted
    await scripted.close()


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    async with mosquitto(tmp_path) as number:
        yield number


async def test_it_appears_with_its_state(port: int, control: ScriptedControl) -> None:
    async with bridge(port, control.path), home_assistant(port) as ha:
        await ha.until(lambda ha: ha.entities and ha.shown("state") == "walking")
        assert ha.shown("belt_speed_mps") == "0.4"
        assert ha.shown("set_point_mps") == "0.402"
        assert ha.shown("both_hands") == "on"
        assert ha.shown("linked") == "on"
        assert ha.shown("speed_limit") == "0.447"


async def test_it_is_there_again_after_home_assistant_restarts(
    port: int, control: ScriptedControl
) -> None:
    async with bridge(port, control.path):
        async with home_assistant(port) as ha:
            await ha.until(lambda ha: ha.entities and ha.shown("state") == "walking")
        async with home_assistant(port) as ha:
            await ha.until(lambda ha: ha.entities and ha.shown("state") == "walking")
            # The retained message, and the one that answers the birth.
            await ha.until(lambda ha: len(ha.configs) >= 2)
            assert ha.configs[0] == ha.configs[1]


async def test_home_assistant_that_was_there_first_finds_it_too(
    port: int, control: ScriptedControl
) -> None:
    async with home_assistant(port) as ha, bridge(port, control.path):
        await ha.until(lambda ha: ha.entities and ha.shown("state") == "walking")


async def test_it_is_unavailable_when_the_bridge_ends_and_comes_back(
    port: int, control: ScriptedControl
) -> None:
    async with home_assistant(port) as ha:
        for _ in range(2):
            async with bridge(port, control.path):
                await ha.until(lambda ha: ha.available and ha.shown("state") == "walking")
            await ha.until(lambda ha: ha.available is False)
            assert ha.shown("belt_speed_mps") == "unavailable"


async def test_when_control_is_away_nothing_is_known_and_the_device_is_there(
    port: int, control: ScriptedControl
) -> None:
    async with bridge(port, control.path), home_assistant(port) as ha:
        await ha.until(lambda ha: ha.entities and ha.shown("state") == "walking")
        control.fall_silent()
        await ha.until(lambda ha: ha.shown("state") == "unknown")
        assert ha.available
        assert ha.shown("belt_speed_mps") == "unknown"
        assert ha.shown("both_hands") == "unknown"


async def test_a_broker_that_was_restarted_learns_it_anew(
    tmp_path: Path, control: ScriptedControl
) -> None:
    port = free_port()
    topic = Discovery(Topics(DEVICE), "", "").topic
    async with bridge(port, control.path):
        for _ in range(2):
            async with mosquitto(tmp_path, port=port), client(port) as anyone:
                await anyone.subscribe(topic)
                assert b"components" in await heard(anyone, topic)


async def test_the_stop_button_stops(port: int, control: ScriptedControl) -> None:
    async with bridge(port, control.path), home_assistant(port) as ha:
        await ha.until(lambda ha: ha.available and "stop" in ha.entities)
        await ha.press("stop")
        command = await control.commands.get()
        assert (command["verb"], command["role"]) == ("stop", "network")
        await ha.until(lambda ha: ha.results)
        assert ha.results[0]["outcome"] == "accepted"


async def test_the_number_lowers(port: int, control: ScriptedControl) -> None:
    async with bridge(port, control.path), home_assistant(port) as ha:
        await ha.until(lambda ha: ha.entities and ha.shown("speed_limit") == "0.447")
        await ha.set_number("speed_limit", 0.25)
        command = await control.commands.get()
        assert (command["verb"], command["role"]) == ("slower", "network")
        assert command["speed_mps"] == 0.25
        await ha.until(lambda ha: ha.results)
        assert ha.results[0]["outcome"] == "accepted"


async def test_raising_the_number_is_refused_and_the_number_falls_back(
    port: int, control: ScriptedControl
) -> None:
    control.refusals["slower"] = "That is not slower than now."
    async with bridge(port, control.path), home_assistant(port) as ha:
        await ha.until(lambda ha: ha.entities and ha.shown("speed_limit") == "0.447")
        await ha.set_number("speed_limit", 0.8)
        await ha.until(lambda ha: ha.results and ha.entities["event"].events)
        assert ha.results[0]["outcome"] == "refused"
        assert ha.results[0]["sentence"] == "That is not slower than now."
        refused = [e for e in ha.entities["event"].events if e["event_type"] == "message_refused"]
        assert refused[0]["sentence"] == "That is not slower than now."
        assert ha.shown("speed_limit") == "0.447"


async def test_a_page_without_news_lowers_nothing(port: int, control: ScriptedControl) -> None:
    async with bridge(port, control.path), home_assistant(port) as ha:
        await ha.until(lambda ha: ha.entities and ha.shown("speed_limit") == "0.447")
        ha.entities["speed_limit"].attributes = {"challenge": "long ago", "session_id": "s-1"}
        await ha.set_number("speed_limit", 0.25)
        await ha.until(lambda ha: ha.results)
        assert ha.results[0]["reason"] == "stale"
        assert control.commands.empty()


async def test_what_happens_is_an_event(port: int, control: ScriptedControl) -> None:
    async with bridge(port, control.path), home_assistant(port) as ha:
        await ha.until(lambda ha: ha.entities and ha.shown("state") == "walking")
        control.keep_saying(session_id="s-1", state="stopping", cause="grip_released")
        await ha.until(lambda ha: ha.entities["event"].events)
        assert ha.entities["event"].events[-1]["event_type"] == "session_stopping"
        assert ha.entities["event"].events[-1]["cause"] == "grip_released"


async def test_without_discovery_home_assistant_is_left_alone(
    port: int, control: ScriptedControl
) -> None:
    async with (
        client(port) as anyone,
        bridge(port, control.path, discovery=False),
    ):
        await anyone.subscribe("homeassistant/#", qos=1)
        await anyone.subscribe("retrotread/demo/state")
        await heard(anyone, "retrotread/demo/state")
        await anyone.publish("homeassistant/status", b"online", qos=1)
        assert await heard(anyone, "homeassistant/status") == b"online"
        topics = {str((await anext(aiter(anyone.messages))).topic) for _ in range(4)}
        assert not any(topic.startswith("homeassistant/device") for topic in topics)

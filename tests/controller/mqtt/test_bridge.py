"""Every topic and verb of the bridge, on a real Mosquitto."""

import asyncio
import signal
from typing import Any

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from controller.mqtt.messages import OUTGOING
from controller.mqtt.topics import Topics
from tests.controller.mqtt.conftest import DEVICE, Room
from tests.mosquitto import client, heard

TOPICS = Topics(DEVICE)


def answered_on(topic: str, correlation: bytes = b"c1") -> Properties:
    properties: Any = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic, properties.CorrelationData = topic, correlation
    return properties


@pytest.mark.parametrize(
    "payload",
    [b"", b"STOP", b"{", b"\xff\xfe", b"[" * 3000, b'{"request_id": "s1"}', b'{"device": "other"}'],
)
async def test_stop_in_any_form_reaches_control_and_is_answered(room: Room, payload: bytes) -> None:
    await room.asking.publish(TOPICS.command("stop"), payload)
    command = await room.stage.next(room.control.commands)
    assert (command["verb"], command["role"]) == ("stop", "network")
    result = await room.asking.next(TOPICS.result("stop"))
    assert result["outcome"] == "accepted"
    assert result["request_id"] == ("s1" if b"s1" in payload else None)


async def test_a_stop_that_the_broker_shall_keep_is_obeyed_each_time(room: Room) -> None:
    for _ in range(2):
        await room.asking.publish(TOPICS.command("stop"), b"", retain=True)
        assert (await room.stage.next(room.control.commands))["verb"] == "stop"
        await room.asking.next(TOPICS.result("stop"))


async def test_pause_and_lower_are_commands_of_the_network(room: Room) -> None:
    asked = [
        await room.asking.send("pause"),
        await room.asking.send("lower"),
        await room.asking.send("lower", to_mps=0.2),
    ]
    heard = [await room.stage.next(room.control.commands) for _ in asked]
    assert [(told["verb"], told["role"], told.get("speed_mps")) for told in heard] == [
        ("pause", "network", None),
        ("slower", "network", None),
        ("slower", "network", 0.2),
    ]
    for each in asked:
        assert (await room.asking.result(each))["outcome"] == "accepted"


async def test_what_control_refuses_is_refused_in_its_words(room: Room) -> None:
    room.control.refusals["pause"] = "Nobody is walking."
    result = await room.asking.result(await room.asking.send("pause"))
    assert (result["outcome"], result["reason"]) == ("refused", "refused")
    assert result["sentence"] == "Nobody is walking."


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        ("request_start", {}),
        ("request_speed", {"speed_mps": 0.4}),
        ("request_program", {"program": "demo"}),
    ],
)
async def test_a_request_waits_and_nothing_reaches_control(
    room: Room, verb: str, more: dict[str, Any]
) -> None:
    result = await room.asking.result(await room.asking.send(verb, **more))
    assert (result["outcome"], result["expires_in_s"]) == ("waiting", 60.0)
    assert (await room.asking.fresh_state())["requests"] == 1
    assert await room.commands_so_far() == []


async def test_a_request_is_withdrawn_when_the_session_stops(room: Room) -> None:
    asked = await room.asking.send("request_speed", speed_mps=0.3)
    assert (await room.asking.result(asked))["outcome"] == "waiting"
    room.control.keep_saying(session_id="walk", state="stopping")
    assert (await room.asking.result(asked))["reason"] == "withdrawn"


async def test_only_so_many_requests_wait(room: Room) -> None:
    asked = [await room.asking.send("request_start") for _ in range(9)]
    outcomes = [(await room.asking.result(each))["reason"] for each in asked]
    assert outcomes == [None] * 8 + ["busy"]


async def test_a_request_for_a_program_that_is_not_there_is_refused(room: Room) -> None:
    asked = await room.asking.send("request_program", program="marathon")
    assert (await room.asking.result(asked))["reason"] == "invalid"


@pytest.mark.parametrize("verb", ["start", "faster", "reset", "arm"])
async def test_there_is_no_verb_that_starts_or_resets(room: Room, verb: str) -> None:
    await room.asking.publish(TOPICS.command(verb), room.asking.command())
    result = await room.asking.next(TOPICS.result("unknown"))
    assert result["reason"] == "unknown_verb"
    assert await room.commands_so_far() == []


async def test_the_answer_also_goes_where_the_sender_wants_it(room: Room) -> None:
    async with client(room.broker_port) as other:
        await other.subscribe("answers/mine")
        await room.asking.publish(
            TOPICS.command("stop"), b"", properties=answered_on("answers/mine")
        )
        async with asyncio.timeout(20):
            message = await anext(aiter(other.messages))
        assert message.properties is not None
        assert message.properties.CorrelationData == b"c1"
        assert b'"accepted"' in bytes(message.payload)


@pytest.mark.parametrize(
    "topic",
    [
        "retrotread/room-2/cmd/stop",
        "retrotread/room-1/sensor/grip",
        "retrotread/room-1/state",
        "homeassistant/device/x/config",
        "$SYS/x",
        "a/#",
        "a" * 129,
    ],
)
def test_no_answer_goes_where_somebody_obeys_or_believes(topic: str) -> None:
    assert not TOPICS.may_answer_on(topic)
    assert TOPICS.may_answer_on(TOPICS.reply("me"))
    assert TOPICS.may_answer_on("somewhere/else")


async def test_what_is_published_keeps_to_the_models(room: Room) -> None:
    await room.asking.publish(TOPICS.command("stop"), b"")
    await room.asking.publish(TOPICS.sensor("grip"), b"{}")
    for topic, name in (
        (TOPICS.state, "state"),
        (TOPICS.telemetry, "telemetry"),
        (TOPICS.info, "info"),
        (TOPICS.event, "event"),
        (TOPICS.result("stop"), "result"),
        (TOPICS.sensor_result("grip"), "sensor_result"),
    ):
        OUTGOING[name].model_validate(await room.asking.next(topic))


async def test_status_and_info_are_kept_and_state_is_not(room: Room) -> None:
    async with client(room.broker_port) as late:
        await late.subscribe(TOPICS.status)
        assert await heard(late, TOPICS.status) == b"online"
        await late.subscribe(TOPICS.info)
        assert b'"medical_device":false' in await heard(late, TOPICS.info)
        await late.subscribe(TOPICS.state)
        async with asyncio.timeout(20):
            message = await anext(aiter(late.messages))
        assert not message.retain


async def test_a_desk_that_ends_says_so_and_one_that_is_killed_is_found_out(room: Room) -> None:
    assert room.asking.status == "online"
    assert room.stage.process is not None
    room.stage.process.send_signal(signal.SIGKILL)
    await room.asking.until(lambda: room.asking.status == "offline")
    await room.stage.end()
    mqtt = {"port": room.broker_port, "device": DEVICE}
    await room.stage.start(mqtt=mqtt)
    await room.asking.until(lambda: room.asking.status == "online")
    code, said = await room.stage.end()
    await room.asking.until(lambda: room.asking.status == "offline")
    assert (code, said) == (0, "")


async def test_when_control_is_away_the_state_says_so_and_stop_is_not_confirmed(room: Room) -> None:
    await room.control.close()
    await room.asking.until(lambda: not room.asking.state["control"])
    assert room.asking.state["state"] == "unknown"
    assert room.asking.state["belt_speed_mps"] is None
    await room.asking.publish(TOPICS.command("stop"), b"")
    result = await room.asking.next(TOPICS.result("stop"))
    assert (result["outcome"], result["reason"]) == ("refused", "control_away")


async def test_a_session_is_told_as_events(room: Room) -> None:
    def seen() -> list[dict[str, Any]]:
        return room.asking.said[TOPICS.telemetry]

    for state in ("slowing", "stopping", "latched", "idle", "armed", "walking"):
        room.control.keep_saying(session_id="walk", state=state)
        await room.asking.until(lambda state=state: seen()[-1]["state"] == state)
    events = [told["event_type"] for told in room.asking.said[TOPICS.event]]
    assert [name for name in events if name.startswith("session_")] == [
        f"session_{name}"
        for name in ("slowing", "stopping", "latched", "ended", "armed", "started")
    ]


async def test_readings_reach_control_with_the_latency_that_was_measured(room: Room) -> None:
    first = {"sequence": 1, "left": True, "right": True, "tether": True}
    await room.asking.publish(TOPICS.sensor("grip"), first)
    told = await room.stage.next(room.control.readings)
    assert (told["sensor"], told["left"], told["latency_s"]) == ("grip", True, None)
    probe = (await room.asking.fresh_state())["challenge"]
    await room.asking.publish(
        TOPICS.sensor("grip"), {**first, "sequence": 2, "latency_probe": probe}
    )
    told = await room.stage.next(room.control.readings)
    assert 0 < told["latency_s"] < 20
    await room.asking.publish(TOPICS.sensor("fall"), {"sequence": 1, "fall": True})
    assert (await room.stage.next(room.control.readings))["fall"] is True
    await room.asking.publish(TOPICS.sensor("heart_rate"), {"sequence": 1, "bpm": 99})
    assert (await room.stage.next(room.control.readings))["bpm"] == 99


async def test_a_reading_that_does_not_move_forward_is_refused(room: Room) -> None:
    reading = {"sequence": 7, "fall": False}
    for _ in range(2):
        await room.asking.publish(TOPICS.sensor("fall"), reading)
    result = await room.asking.next(TOPICS.sensor_result("fall"))
    assert result["reason"] == "sequence"
    assert room.control.readings.qsize() == 1

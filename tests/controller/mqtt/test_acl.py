"""The ACL file, as text and as the real Mosquitto reads it."""

import asyncio
from pathlib import Path

import aiomqtt
import pytest

from controller.mqtt.acl import SENTENCES, AclError, Role, acl_file, rights
from controller.mqtt.topics import SENSORS, VERBS, Topics
from tests.mosquitto import WAIT_S, client, mosquitto

TOPICS = Topics("demo")
EVERYTHING = (
    *(TOPICS.status, TOPICS.info, TOPICS.state, TOPICS.telemetry, TOPICS.event),
    *(TOPICS.command(verb) for verb in VERBS),
    *(TOPICS.result(verb) for verb in VERBS),
    *(TOPICS.sensor(name) for name in SENSORS),
    *(TOPICS.sensor_result(name) for name in SENSORS),
    TOPICS.reply("user"),
    TOPICS.reply("other"),
    "homeassistant/device/demo/config",
    "homeassistant/status",
    "retrotread/other/cmd/stop",
    "retrotread/other/state",
)
TOLD = {TOPICS.status, TOPICS.info, TOPICS.state, TOPICS.event}
MAY_WRITE = {
    Role.DEVICE: {
        *TOLD,
        TOPICS.telemetry,
        *(TOPICS.result(verb) for verb in VERBS),
        *(TOPICS.sensor_result(name) for name in SENSORS),
        TOPICS.reply("user"),
        TOPICS.reply("other"),
        "homeassistant/device/demo/config",
    },
    Role.VIEWER: set(),
    Role.STOPPER: {TOPICS.command("stop")},
    Role.STAFF: {TOPICS.command(verb) for verb in VERBS},
    Role.HOME_ASSISTANT: {
        TOPICS.command("stop"),
        TOPICS.command("lower"),
        "homeassistant/status",
    },
    Role.SENSOR_GRIP: {TOPICS.sensor("grip")},
    Role.SENSOR_FALL: {TOPICS.sensor("fall")},
    Role.SENSOR_HEART_RATE: {TOPICS.sensor("heart_rate")},
    Role.HUB: {TOPICS.command("stop")},
}
"""What each role may write of `EVERYTHING`; the rest is denied."""


def test_every_role_has_its_rights_and_a_sentence() -> None:
    assert set(MAY_WRITE) == set(Role) == set(SENTENCES)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DEVICE])
def test_only_the_bridge_may_say_what_the_treadmill_does(role: Role) -> None:
    written = {topic for may, topic in rights(role, "user", "demo") if may == "write"}
    assert not written & {TOPICS.status, TOPICS.info, TOPICS.state, TOPICS.telemetry, TOPICS.event}


@pytest.mark.parametrize(
    ("device", "user", "role", "sentence"),
    [
        ("de/mo", "nurse", "staff", "no device id"),
        ("demo", "nurse#", "staff", "no user name"),
        ("demo", "nurse\ntopic readwrite #", "staff", "no user name"),
        ("demo", "", "staff", "no user name"),
        (
            "demo",
            "nurse",
            "boss",
            "nurse cannot be 'boss'. Write nurse=ROLE. The roles are: device",
        ),
        ("demo", "nurse", "", "nurse has no role. Write nurse=ROLE. The roles are: device, "),
    ],
)
def test_a_wrong_name_makes_no_file(device: str, user: str, role: str, sentence: str) -> None:
    with pytest.raises(AclError, match=sentence):
        acl_file(device, [(user, role)])


@pytest.mark.parametrize("role", list(Role))
async def test_a_denied_publish_does_not_arrive(tmp_path: Path, role: Role) -> None:
    file = tmp_path / "acl"
    watcher = "\nuser watcher\ntopic read #\ntopic write end\nuser user\ntopic write end\n"
    file.write_text(acl_file("demo", [("user", role.value)]) + watcher)
    async with (
        mosquitto(tmp_path, f"acl_file {file}", "allow_anonymous true") as port,
        client(port, "watcher") as watching,
        client(port, "user") as user,
    ):
        await watching.subscribe("#", qos=1)
        for topic in (*EVERYTHING, "end"):
            await user.publish(topic, b"x", qos=1)
        assert await _topics_until(watching, "end") == MAY_WRITE[role]


async def test_a_viewer_does_not_hear_commands_and_a_stranger_hears_nothing(tmp_path: Path) -> None:
    file = tmp_path / "acl"
    more = "\nuser writer\ntopic write #\nuser eve\ntopic read end\nuser eye\ntopic read end\n"
    file.write_text(acl_file("demo", [("eye", "viewer")]) + more)
    async with (
        mosquitto(tmp_path, f"acl_file {file}", "allow_anonymous true") as port,
        client(port, "writer") as writer,
        client(port, "eye") as eye,
        client(port, "eve") as eve,
    ):
        for listener in (eye, eve):
            await listener.subscribe("#", qos=1)
        for topic in (*EVERYTHING, "end"):
            await writer.publish(topic, b"x", qos=1)
        assert await _topics_until(eye, "end") == {*TOLD, TOPICS.telemetry}
        assert await _topics_until(eve, "end") == set()


async def _topics_until(who: aiomqtt.Client, last: str) -> set[str]:
    topics: set[str] = set()
    async with asyncio.timeout(WAIT_S):
        async for message in who.messages:
            if str(message.topic) == last:
                return topics
            topics.add(str(message.topic))
    raise AssertionError("the broker closed the connection")

"""The device message, against the keys that Home Assistant documents."""

import json
from typing import Any

import pytest

from controller.mqtt.discovery import Discovery
from controller.mqtt.messages import COMMANDS, State
from controller.mqtt.topics import Topics
from controller.safety.limits import HARD
from tests.controller.mqtt.home_assistant import Entity, render

TOPICS = Topics("demo-1")
DISCOVERY = Discovery(TOPICS, "Treadmill", "0.1.0", console_url="http://127.0.0.1:8080/")
MESSAGE = DISCOVERY.message()
COMPONENTS: dict[str, dict[str, Any]] = MESSAGE["components"]

AVAILABILITY = {
    "availability",
    "availability_mode",
    "availability_template",
    "availability_topic",
    "payload_available",
    "payload_not_available",
}
ROOT = AVAILABILITY | {
    "device",
    "origin",
    "components",
    "state_topic",
    "command_topic",
    "qos",
    "encoding",
    "message_expiry_interval",
}
DEVICE = {
    "configuration_url",
    "connections",
    "hw_version",
    "identifiers",
    "manufacturer",
    "model",
    "model_id",
    "name",
    "serial_number",
    "suggested_area",
    "sw_version",
    "via_device",
}
ORIGIN = {"name", "sw_version", "support_url"}
ENTITY = AVAILABILITY | {
    "platform",
    "default_entity_id",
    "enabled_by_default",
    "encoding",
    "entity_category",
    "entity_picture",
    "icon",
    "json_attributes_template",
    "json_attributes_topic",
    "message_expiry_interval",
    "name",
    "qos",
    "unique_id",
    "visible_by_default",
}
PLATFORMS = {
    "sensor": ENTITY
    | {
        "device_class",
        "expire_after",
        "force_update",
        "last_reset_value_template",
        "options",
        "state_class",
        "state_topic",
        "suggested_display_precision",
        "unit_of_measurement",
        "value_template",
    },
    "binary_sensor": ENTITY
    | {
        "device_class",
        "expire_after",
        "force_update",
        "off_delay",
        "payload_off",
        "payload_on",
        "state_topic",
        "value_template",
    },
    "event": ENTITY | {"device_class", "event_types", "state_topic", "value_template"},
    "button": ENTITY
    | {"command_template", "command_topic", "device_class", "payload_press", "retain"},
    "number": ENTITY
    | {
        "command_template",
        "command_topic",
        "device_class",
        "max",
        "min",
        "mode",
        "optimistic",
        "payload_reset",
        "retain",
        "state_topic",
        "step",
        "unit_of_measurement",
        "value_template",
    },
}
"""Home Assistant's MQTT integration, 2026.11: the options of each platform."""
REQUIRED = {
    "sensor": {"state_topic"},
    "binary_sensor": {"state_topic"},
    "event": {"state_topic", "event_types"},
    "button": {"command_topic"},
    "number": {"command_topic"},
}


def test_the_message_has_only_keys_that_home_assistant_knows() -> None:
    assert set(MESSAGE) <= ROOT
    assert {"device", "origin", "components"} <= set(MESSAGE)
    assert set(MESSAGE["device"]) <= DEVICE
    assert MESSAGE["device"]["identifiers"]
    assert set(MESSAGE["origin"]) <= ORIGIN
    assert MESSAGE["origin"]["name"]
    for place in MESSAGE["availability"]:
        known = {"topic", "payload_available", "payload_not_available", "value_template"}
        assert set(place) <= known
    assert MESSAGE["availability_mode"] in {"all", "any", "latest"}


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_has_only_keys_of_its_platform(name: str) -> None:
    component = COMPONENTS[name]
    platform = component["platform"]
    assert set(component) - PLATFORMS[platform] == set()
    assert {"unique_id", "platform", "name"} | REQUIRED[platform] <= set(component)


def test_identifiers_are_unique_and_entity_ids_are_slugs() -> None:
    assert len({c["unique_id"] for c in COMPONENTS.values()}) == len(COMPONENTS)
    for component in COMPONENTS.values():
        platform, _, slug = component["default_entity_id"].partition(".")
        assert platform == component["platform"]
        assert slug.replace("_", "").isalnum()
        assert slug == slug.lower()


def test_there_is_nothing_that_starts_or_speeds_up() -> None:
    commands = {c["command_topic"]: c["platform"] for c in COMPONENTS.values() if _commands(c)}
    assert commands == {TOPICS.command("stop"): "button", TOPICS.command("lower"): "number"}


def _commands(component: dict[str, Any]) -> bool:
    return "command_topic" in component


def test_no_command_is_retained() -> None:
    assert all(c["retain"] is False for c in COMPONENTS.values() if _commands(c))


def test_a_category_is_one_that_the_platform_may_have() -> None:
    for component in COMPONENTS.values():
        if component["platform"] in {"sensor", "binary_sensor"}:
            assert component.get("entity_category") in {None, "diagnostic"}


def test_every_key_that_an_entity_shows_is_in_the_state() -> None:
    state = State(device="demo-1", control=True, seq=1, challenge="c").model_dump()
    for component in COMPONENTS.values():
        if component.get("state_topic") == TOPICS.state:
            Entity(component, MESSAGE).take(TOPICS.state, json.dumps(state))


def test_what_is_not_known_is_unknown_and_what_is_known_is_shown() -> None:
    nothing = State(device="demo-1", control=True, seq=1, challenge="c")
    walking = State(
        device="demo-1",
        control=True,
        seq=2,
        challenge="d",
        state="walking",
        belt_speed_mps=0.4,
        set_point_mps=0.41,
        target_mps=0.42,
        left=True,
        right=False,
        both_hands=False,
        tether=True,
        linked=True,
    )
    assert _shown("belt_speed_mps", nothing) == "unknown"
    assert _shown("left", nothing) == "unknown"
    assert _shown("speed_limit", nothing) == "unknown"
    assert _shown("state", nothing) == "unknown"
    assert _shown("belt_speed_mps", walking) == "0.4"
    assert _shown("state", walking) == "walking"
    assert _shown("left", walking) == "on"
    assert _shown("both_hands", walking) == "off"
    assert _shown("heart_rate_bpm", walking) == "unknown"
    assert _shown("speed_limit", walking) == "0.42"


def _shown(name: str, state: State) -> str:
    entity = Entity(COMPONENTS[name], MESSAGE)
    entity.take(TOPICS.state, state.model_dump_json())
    return entity.state


@pytest.mark.parametrize("session", [None, "5f3b"])
def test_the_number_sends_a_command_that_the_bridge_takes(session: str | None) -> None:
    config = COMPONENTS["speed_limit"]
    state = State(
        device="demo-1", control=True, seq=1, challenge='a"b', session_id=session, target_mps=0.4
    )
    entity = Entity(config, MESSAGE)
    entity.take(TOPICS.state, state.model_dump_json())
    payload = render(config["command_template"], value=0.3, this=entity)
    command = COMMANDS["lower"].model_validate_json(payload)
    assert command.model_dump(include={"device", "challenge", "session_id", "to_mps"}) == {
        "device": "demo-1",
        "challenge": 'a"b',
        "session_id": session,
        "to_mps": 0.3,
    }


def test_two_sendings_differ_in_their_request_id() -> None:
    config = COMPONENTS["speed_limit"]
    entity = Entity(config, MESSAGE)
    entity.attributes = {"challenge": "c", "session_id": None}
    payloads = [render(config["command_template"], value=0.3, this=entity) for _ in range(2)]
    assert len({json.loads(payload)["request_id"] for payload in payloads}) == 2


def test_the_number_reaches_every_cap_that_may_be_set() -> None:
    number = COMPONENTS["speed_limit"]
    assert number["min"] == 0
    assert number["max"] >= HARD.cap_mps


def test_only_home_assistants_own_word_is_its_birth() -> None:
    assert DISCOVERY.is_birth("homeassistant/status", b"online")
    assert not DISCOVERY.is_birth("homeassistant/status", b"offline")
    assert not DISCOVERY.is_birth("retrotread/demo-1/status", b"online")


def test_the_topic_and_the_prefix_are_those_of_the_settings() -> None:
    elsewhere = Discovery(TOPICS, "T", "1", prefix="ha")
    assert DISCOVERY.topic == "homeassistant/device/demo-1/config"
    assert elsewhere.topic == "ha/device/demo-1/config"
    assert elsewhere.birth_topic == "ha/status"
    assert "configuration_url" not in elsewhere.message()["device"]

"""The contract's document is what the code says, and it is an AsyncAPI 3 document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controller.mqtt.asyncapi import document
from controller.mqtt.messages import COMMANDS, OUTGOING, READINGS
from controller.mqtt.topics import SENSORS, VERBS, Topics

FILE = Path(__file__).parents[3] / "docs" / "asyncapi.json"


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def at(pointer: str) -> Any:
    """What a reference points at. Raises: KeyError."""
    root, *path = pointer.split("/")
    assert root == "#", pointer
    found: Any = document()
    for key in path:
        found = found[key]
    return found


def test_the_committed_document_is_what_the_code_generates() -> None:
    assert json.loads(FILE.read_text()) == document(), (
        "Run: retrotread mqtt asyncapi > docs/asyncapi.json"
    )


@pytest.mark.filterwarnings("ignore:Field name")
def test_it_has_the_structure_of_asyncapi_3() -> None:
    from asyncapi3.models import AsyncAPI3  # noqa: PLC0415 - it warns when it is imported

    AsyncAPI3.model_validate(document())


@pytest.mark.filterwarnings("ignore:Field name")
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("channels", "state", "adress"), "x"),
        (("operations", "tell_state", "action"), "publish"),
        (("servers", "demo", "port"), 1883),
        (("info", "title"), None),
    ],
)
def test_what_checks_its_structure_finds_a_mistake(path: tuple[str, ...], value: object) -> None:
    from asyncapi3.models import AsyncAPI3  # noqa: PLC0415

    broken = document()
    *parents, key = path
    place = broken
    for parent in parents:
        place = place[parent]
    place[key] = value
    with pytest.raises(ValueError, match="validation error"):
        AsyncAPI3.model_validate(broken)


def test_every_reference_leads_somewhere() -> None:
    pointers = [node["$ref"] for node in nodes(document()) if "$ref" in node]
    assert len(pointers) > 50
    for pointer in pointers:
        at(pointer)


def test_every_topic_is_a_channel() -> None:
    topics = Topics("{device}")
    expected = {topics.status, topics.info, topics.state, topics.telemetry, topics.event}
    for verb in VERBS:
        expected |= {topics.command(verb), topics.result(verb)}
    for name in SENSORS:
        expected |= {topics.sensor(name), topics.sensor_result(name)}
    assert {channel["address"] for channel in document()["channels"].values()} == expected


def test_every_message_of_an_operation_belongs_to_its_channel() -> None:
    for name, operation in document()["operations"].items():
        channel = operation["channel"]["$ref"]
        assert operation["messages"], name
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{channel}/messages/"), name


def test_what_comes_in_allows_no_key_that_is_not_documented() -> None:
    schemas = document()["components"]["schemas"]
    for model in (*COMMANDS.values(), *READINGS.values()):
        assert schemas[model.__name__]["additionalProperties"] is False
    for model in OUTGOING.values():
        assert set(schemas[model.__name__]["properties"]) == set(model.model_fields)


def test_nothing_that_the_device_receives_starts_or_speeds_up() -> None:
    received = {n for n, o in document()["operations"].items() if o["action"] == "receive"}
    assert received == {f"take_{verb}" for verb in VERBS} | {f"hear_{name}" for name in SENSORS}
    moving = [verb for verb in VERBS if not verb.startswith("request_")]
    assert moving == ["stop", "pause", "lower"]

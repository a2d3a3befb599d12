"""The Node-RED example: a flow that Node-RED can import, and whose commands the bridge takes."""

import json
import subprocess
from pathlib import Path
from typing import Any

import playwright
import pytest

from controller.mqtt.messages import COMMANDS
from controller.mqtt.topics import VERBS, Topics

FLOW: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "docs" / "examples" / "node-red-flow.json").read_text()
)
NODES = {node["id"]: node for node in FLOW}
TOPICS = Topics("demo")
NODE = Path(playwright.__file__).parent / "driver" / "node"
"""A JavaScript engine that the browser tests bring along."""
RUN = """
const [state, asked, code] = JSON.parse(require("fs").readFileSync(0));
if (state) state.heard = Date.now() - state.age_ms;
const node = { warn: () => {} }, flow = { get: () => state, set: () => {} };
const msg = new Function("msg", "flow", "node", code)({ payload: asked }, flow, node);
console.log(JSON.stringify(msg));
"""


def of_type(kind: str) -> list[dict[str, Any]]:
    return [node for node in FLOW if node["type"] == kind]


def test_identifiers_are_unique_and_every_wire_leads_to_a_node() -> None:
    assert len(NODES) == len(FLOW)
    for node in FLOW:
        assert node.get("z", "rt-tab") == "rt-tab"
        for wire in node.get("wires", []):
            assert set(wire) <= set(NODES)


def test_its_topics_are_the_contracts() -> None:
    told = {TOPICS.state, TOPICS.event, TOPICS.result("+")}
    assert {node["topic"] for node in of_type("mqtt in")} == told
    assert {node["topic"] for node in of_type("mqtt out")} == {TOPICS.command("stop"), ""}


def test_it_speaks_mqtt_5_keeps_no_session_and_retains_nothing() -> None:
    [broker] = of_type("mqtt-broker")
    assert broker["protocolVersion"] == "5"
    assert broker["cleansession"] is True
    for node in of_type("mqtt out"):
        assert node["broker"] == broker["id"]
        assert node["retain"] == "false"
        assert int(node["expiry"]) <= 5


def asked() -> list[dict[str, Any]]:
    """What its buttons ask for, but for Stop."""
    return [json.loads(n["payload"]) for n in of_type("inject") if n["payloadType"] == "json"]


def sent(what: dict[str, Any], age_ms: int) -> dict[str, Any] | None:
    """The message that the flow's own function makes of it, run as it stands in the file."""
    state = {"device": "demo", "challenge": "c", "session_id": None, "age_ms": age_ms}
    stdin = json.dumps([state, what, NODES["rt-build"]["func"]])
    told = subprocess.check_output([NODE, "-e", RUN], input=stdin, text=True)
    message: dict[str, Any] | None = json.loads(told)
    return message


@pytest.mark.parametrize("what", asked(), ids=lambda what: what["verb"])
def test_each_button_sends_a_command_that_the_bridge_takes(what: dict[str, Any]) -> None:
    message = sent(what, age_ms=100)
    assert message is not None
    assert what["verb"] in VERBS
    assert message["topic"] == TOPICS.command(what["verb"])
    COMMANDS[what["verb"]].model_validate_json(json.dumps(message["payload"]))


def test_without_fresh_news_nothing_is_sent() -> None:
    assert sent({"verb": "pause"}, age_ms=5000) is None

"""The contract as an AsyncAPI 3 document, made from the models and the topics.

It is written from the device's side: it `send`s what it tells and `receive`s what others ask.
"""

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from controller.mqtt.messages import (
    COMMANDS,
    OFFLINE,
    ONLINE,
    OUTGOING,
    READINGS,
    VERSION,
)
from controller.mqtt.topics import SENSORS, VERBS, Topics

Document = dict[str, Any]

PARAMETER: Final = "{device}"
_TOPICS: Final = Topics(PARAMETER)
_BINDING: Final = "0.2.0"
_STOP: Final[Document] = {"description": "Anything, also nothing: every payload stops."}
_STATUS: Final[Document] = {"type": "string", "enum": [ONLINE, OFFLINE]}

_TOLD: Final[dict[str, tuple[str, int, bool]]] = {
    "status": ("Whether the bridge is connected; the broker says `offline` in its place.", 1, True),
    "info": ("What this device is.", 1, True),
    "state": ("The whole picture, twice a second, with the challenge for commands.", 0, False),
    "telemetry": ("The figures, up to ten times a second.", 0, False),
    "event": ("What happened, once.", 1, False),
}
"""What the device tells unasked: summary, QoS, retained."""

_ASKED: Final[dict[str, str]] = {
    "stop": "Stop the belt: always accepted, from anyone the broker lets in.",
    "pause": "Ramp the belt down to rest and end the session.",
    "lower": "Lower the speed. It never rises by it.",
    "request_start": "Ask a supervisor to start the armed session.",
    "request_speed": "Ask a supervisor for another speed.",
    "request_program": "Ask a supervisor to arm a program.",
}


def document() -> Document:
    """The whole document, ready for JSON; the same for the same code."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Retrotread over MQTT",
            "version": f"{VERSION}.0.0",
            "description": (
                "Supervised backward walking on a treadmill. Over the network the belt can be "
                "stopped, paused and slowed; start, speed and program are requests to a "
                "supervisor. Not a medical device, and its stop is not an emergency stop."
            ),
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "schemas": _schemas(),
            "messages": _messages(),
            "parameters": {"device": {"description": "The device id of the settings."}},
        },
    }


def _servers() -> Document:
    return {
        "clinic": {
            "host": "broker.example.org:8883",
            "protocol": "secure-mqtt",
            "protocolVersion": "5",
            "description": "A clinic's broker: TLS, and users with the roles of `mqtt acl`.",
            "security": [{"type": "userPassword"}, {"type": "X509"}],
        },
        "demo": {
            "host": "127.0.0.1:1883",
            "protocol": "mqtt",
            "protocolVersion": "5",
            "description": "What `retrotread demo` starts where Mosquitto is installed.",
        },
    }


def _channels() -> Document:
    channels = {
        what: _channel(getattr(_TOPICS, what), {what: what}, summary)
        for what, (summary, _, _) in _TOLD.items()
    }
    for verb in VERBS:
        channels[verb] = _channel(_TOPICS.command(verb), {verb: verb}, _ASKED[verb])
        summary = f"What became of each {verb}."
        channels[f"{verb}_result"] = _channel(_TOPICS.result(verb), {"result": "result"}, summary)
    for name in SENSORS:
        channels[f"sensor_{name}"] = _channel(
            _TOPICS.sensor(name), {name: name}, f"Readings of a sensor that speaks MQTT: {name}."
        )
        channels[f"sensor_{name}_result"] = _channel(
            _TOPICS.sensor_result(name), {"sensor_result": "sensor_result"}, "Refused readings."
        )
    return channels


def _channel(address: str, messages: dict[str, str], summary: str) -> Document:
    return {
        "address": address,
        "summary": summary,
        "parameters": {"device": _ref("parameters", "device")},
        "messages": {key: _ref("messages", name) for key, name in messages.items()},
    }


def _operations() -> Document:
    sends = {
        f"tell_{what}": _operation("send", what, what, qos=qos, retain=retain)
        for what, (_, qos, retain) in _TOLD.items()
    }
    obeys = {
        f"take_{verb}": {
            **_operation("receive", verb, verb, qos=1),
            "summary": _ASKED[verb],
            "reply": {
                "channel": {"$ref": f"#/channels/{verb}_result"},
                "messages": [{"$ref": f"#/channels/{verb}_result/messages/result"}],
            },
        }
        for verb in VERBS
    }
    hears = {
        f"hear_{name}": _operation("receive", f"sensor_{name}", name, qos=0) for name in SENSORS
    }
    refuses = {
        f"refuse_{name}": _operation("send", f"sensor_{name}_result", "sensor_result", qos=0)
        for name in SENSORS
    }
    return {**sends, **obeys, **hears, **refuses}


def _operation(
    action: str, channel: str, message: str, *, qos: int, retain: bool = False
) -> Document:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
        "bindings": {"mqtt": {"qos": qos, "retain": retain, "bindingVersion": _BINDING}},
    }


def _models() -> dict[str, type[BaseModel]]:
    return {**OUTGOING, **COMMANDS, **READINGS}


def _schemas() -> Document:
    """Each model as what stands on the wire, by its class name."""
    incoming = [(model, "validation") for model in (*COMMANDS.values(), *READINGS.values())]
    outgoing = [(model, "serialization") for model in OUTGOING.values()]
    _, schema = models_json_schema(
        [*incoming, *outgoing],  # type: ignore[list-item]
        ref_template="#/components/schemas/{model}",
    )
    schemas: Document = schema["$defs"]
    return schemas


def _messages() -> Document:
    modelled = {
        name: {
            "name": name,
            "contentType": "application/json",
            "payload": _ref("schemas", model.__name__),
        }
        for name, model in _models().items()
    }
    for verb in COMMANDS:
        modelled[verb]["bindings"] = {"mqtt": _answered()}
    plain = {"contentType": "text/plain"}
    return {
        "status": {"name": "status", **plain, "payload": _STATUS},
        "stop": {"name": "stop", **plain, "payload": _STOP, "bindings": {"mqtt": _answered()}},
        **modelled,
    }


def _answered() -> Document:
    """A response topic is optional, and its correlation data come back with the answer."""
    topic = f"{_TOPICS.base}/reply/nurse"
    return {"responseTopic": topic, "bindingVersion": _BINDING}


def _ref(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}

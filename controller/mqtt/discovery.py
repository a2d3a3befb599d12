"""Home Assistant: one retained message from which it makes a device with all its entities.

It reads, it has a Stop button, and one number that can only be lowered. There is nothing in it that
starts or speeds up a belt.

Source: Home Assistant's MQTT integration, "Device discovery payload" and the options of each
platform. Its root refuses unknown keys, its components drop them silently.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, get_args

from controller.mqtt.messages import OFFLINE, ONLINE, EventType, Phase
from controller.mqtt.topics import Topics
from controller.safety.limits import HARD

PREFIX: Final = "homeassistant"
EXPIRE_S: Final = 15
"""A state is told twice a second; after so much silence nothing is known any more."""
HIGHEST_MPS: Final = 0.9
"""The hard limit of the cap, up to the number's next step."""
STEP_MPS: Final = 0.05

Component = dict[str, Any]

LOWER: Final = (
    '{"request_id": "ha-{{ now().timestamp() }}", "client": "Home Assistant", "device": %s,'
    ' "challenge": {{ this.attributes.challenge | to_json }},'
    ' "session_id": {{ this.attributes.session_id | to_json }}, "to_mps": {{ value }}}'
)
"""What the number sends. `this` is the number's own state as Home Assistant last heard it; its
attributes carry the challenge, so a number on a page without news lowers nothing."""
FRESH: Final = (
    "{{ {'challenge': value_json.challenge, 'session_id': value_json.session_id} | to_json }}"
)

_SPEED: Final = {
    "device_class": "speed",
    "unit_of_measurement": "m/s",
    "state_class": "measurement",
    "suggested_display_precision": 2,
}
_SENSORS: Final[dict[str, tuple[str, Component]]] = {
    "belt_speed_mps": ("Belt speed", _SPEED),
    "set_point_mps": ("Set-point", _SPEED),
    "cap_mps": ("Cap", {**_SPEED, "entity_category": "diagnostic"}),
    "state": ("Session", {"device_class": "enum", "options": list(get_args(Phase))}),
    "heart_rate_bpm": (
        "Heart rate",
        {"unit_of_measurement": "bpm", "state_class": "measurement", "icon": "mdi:heart-pulse"},
    ),
}
"""By the key of `state` that each shows: its name, and what else Home Assistant should know."""
_BINARY: Final[dict[str, tuple[str, Component]]] = {
    "both_hands": ("Both hands", {"icon": "mdi:hand-front-right"}),
    "left": ("Left hand", {"icon": "mdi:hand-back-left"}),
    "right": ("Right hand", {"icon": "mdi:hand-back-right"}),
    "tether": ("Tether", {"icon": "mdi:link-variant"}),
    "linked": ("Treadmill", {"device_class": "connectivity", "entity_category": "diagnostic"}),
}


@dataclass(frozen=True, slots=True)
class Discovery:
    """One device's message, and how to know that Home Assistant has started.

    `console_url` is the page behind the device's link; empty for none.
    """

    topics: Topics
    title: str
    software: str
    console_url: str = ""
    prefix: str = PREFIX

    @property
    def topic(self) -> str:
        """Where the message is published, retained."""
        return f"{self.prefix}/device/{self.topics.device}/config"

    @property
    def birth_topic(self) -> str:
        """Home Assistant's own status; subscribe to it."""
        return f"{self.prefix}/status"

    def is_birth(self, topic: str, payload: bytes) -> bool:
        """Home Assistant is up: publish the message anew.

        It subscribes to the state a moment after it has read the message, so what is told in
        between is lost on it; the state is told again within half a second.
        """
        return topic == self.birth_topic and payload == b"online"

    def payload(self) -> bytes:
        return json.dumps(self.message()).encode()

    def message(self) -> dict[str, Any]:
        device = {
            "identifiers": [f"retrotread-{self.topics.device}"],
            "name": self.title,
            "manufacturer": "Retrotread",
            "model": "Backward walking",
            "sw_version": self.software,
        }
        if self.console_url:
            device["configuration_url"] = self.console_url
        return {
            "device": device,
            "origin": {"name": "Retrotread", "sw_version": self.software},
            "availability": [
                {
                    "topic": self.topics.status,
                    "payload_available": ONLINE,
                    "payload_not_available": OFFLINE,
                }
            ],
            "availability_mode": "all",
            "qos": 1,
            "components": dict(self._components()),
        }

    def _components(self) -> Iterator[tuple[str, Component]]:
        for key, (name, more) in _SENSORS.items():
            yield key, {**self._entity("sensor", key, name), **self._shown(key), **more}
        for key, (name, more) in _BINARY.items():
            boolean = {"payload_on": "True", "payload_off": "False"}
            yield (
                key,
                {**self._entity("binary_sensor", key, name), **self._shown(key), **boolean, **more},
            )
        yield "event", self._event()
        yield "stop", self._stop()
        yield "speed_limit", self._speed_limit()

    def _entity(self, platform: str, key: str, name: str) -> Component:
        """What every entity has. Identifiers stay as they are for ever: its history hangs there."""
        slug = re.sub(r"[^a-z0-9]+", "_", f"{self.topics.device}_{key}".lower())
        return {
            "platform": platform,
            "unique_id": f"retrotread-{self.topics.device}-{key}",
            "default_entity_id": f"{platform}.retrotread_{slug}",
            "name": name,
        }

    def _shown(self, key: str) -> Component:
        """A key of `state`. What is null there renders as `None`, which is "unknown"."""
        return {
            "state_topic": self.topics.state,
            "value_template": f"{{{{ value_json.{key} }}}}",
            "expire_after": EXPIRE_S,
            "qos": 0,
        }

    def _event(self) -> Component:
        return {
            **self._entity("event", "event", "Event"),
            "state_topic": self.topics.event,
            "event_types": list(get_args(EventType)),
            "qos": 1,
        }

    def _stop(self) -> Component:
        """Stop needs no challenge: it always stops."""
        return {
            **self._entity("button", "stop", "Stop belt"),
            "command_topic": self.topics.command("stop"),
            "payload_press": "STOP",
            "retain": False,
            "icon": "mdi:stop-circle",
            "qos": 1,
        }

    def _speed_limit(self) -> Component:
        """The speed that the walk may reach now; setting it lowers, or is refused by control."""
        return {
            **self._entity("number", "speed_limit", "Speed limit (lower only)"),
            "state_topic": self.topics.state,
            "value_template": "{{ value_json.target_mps }}",
            "json_attributes_topic": self.topics.state,
            "json_attributes_template": FRESH,
            "command_topic": self.topics.command("lower"),
            "command_template": LOWER % json.dumps(self.topics.device),
            "min": 0,
            "max": max(HIGHEST_MPS, HARD.cap_mps),
            "step": STEP_MPS,
            "mode": "box",
            "device_class": "speed",
            "unit_of_measurement": "m/s",
            "entity_category": "config",
            "retain": False,
            "optimistic": False,
            "qos": 1,
        }

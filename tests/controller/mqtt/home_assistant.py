"""A small stand-in for Home Assistant: it does with a device message what Home Assistant does.

It subscribes to discovery topics; when a configuration comes it makes entities, and only then it
subscribes to their topics, so that what is told in between is lost on it. Templates are Jinja's,
with the filter and the function of Home Assistant's that are used here. It announces itself on its
status topic, and forgets all states when it restarts.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import aiomqtt
from jinja2.sandbox import SandboxedEnvironment

from tests.mosquitto import WAIT_S, client

PREFIX = "homeassistant"

_jinja = SandboxedEnvironment()
_jinja.filters["to_json"] = json.dumps
_jinja.globals["now"] = lambda: datetime.now(UTC)


def render(template: str, **values: Any) -> str:
    return _jinja.from_string(template).render(**values)


class Entity:
    """One component with its state, as a person would see it."""

    def __init__(self, config: dict[str, Any], shared: dict[str, Any]) -> None:
        self.config = {"qos": shared["qos"], **config}
        self.state = "unknown"
        self.attributes: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []

    @property
    def topics(self) -> set[str]:
        keys = ("state_topic", "json_attributes_topic")
        return {self.config[key] for key in keys if key in self.config}

    def take(self, topic: str, text: str) -> None:
        if topic not in self.topics:
            return
        told = json.loads(text)
        if self.config["platform"] == "event":
            assert told["event_type"] in self.config["event_types"]
            self.events.append(told)
            return
        if "json_attributes_template" in self.config:
            template = self.config["json_attributes_template"]
            self.attributes = json.loads(render(template, value_json=told))
        self.state = self._state(render(self.config["value_template"], value_json=told))

    def _state(self, shown: str) -> str:
        if shown == "None":
            return "unknown"
        if self.config["platform"] == "binary_sensor":
            on, off = self.config["payload_on"], self.config["payload_off"]
            return {on: "on", off: "off"}[shown]
        if "options" in self.config:
            assert shown in self.config["options"]
        if self.config["platform"] == "number":
            assert self.config["min"] <= float(shown) <= self.config["max"]
        return shown


class HomeAssistant:
    """One run of it, from its birth message on. Enter with `home_assistant`."""

    def __init__(self, broker: aiomqtt.Client) -> None:
        self._broker = broker
        self._changed = asyncio.Condition()
        self._availability: dict[str, str] = {}
        self.configs: list[dict[str, Any]] = []
        self.entities: dict[str, Entity] = {}
        self.available: bool | None = None
        self.results: list[dict[str, Any]] = []

    async def listen(self) -> None:
        await self._broker.subscribe(f"{PREFIX}/device/+/config", qos=0)
        await self._broker.publish(f"{PREFIX}/status", b"online")
        async for message in self._broker.messages:
            topic, text = str(message.topic), bytes(message.payload).decode()
            if topic.endswith("/config"):
                await self._discover(json.loads(text))
            elif topic in self._availability:
                self.available = text == self._availability[topic]
            elif topic.endswith("/result"):
                self.results.append(json.loads(text))
            else:
                for entity in self.entities.values():
                    entity.take(topic, text)
            async with self._changed:
                self._changed.notify_all()

    async def _discover(self, config: dict[str, Any]) -> None:
        self.configs.append(config)
        for name, component in config["components"].items():
            self.entities.setdefault(name, Entity(component, config))
        for place in config["availability"]:
            self._availability[place["topic"]] = place["payload_available"]
        topics = set(self._availability).union(*(e.topics for e in self.entities.values()))
        for topic in topics:
            await self._broker.subscribe(topic, qos=1)
        for entity in self.entities.values():
            if "command_topic" in entity.config:
                await self._broker.subscribe(f"{entity.config['command_topic']}/result", qos=1)

    async def until(self, wanted: Callable[["HomeAssistant"], object]) -> None:
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(lambda: wanted(self))

    def shown(self, name: str) -> str:
        """The state of an entity on a dashboard."""
        return self.entities[name].state if self.available else "unavailable"

    async def press(self, name: str) -> None:
        config = self.entities[name].config
        payload = config["payload_press"]
        await self._broker.publish(config["command_topic"], payload, config["qos"])

    async def set_number(self, name: str, value: float) -> None:
        entity = self.entities[name]
        assert entity.config["min"] <= value <= entity.config["max"]
        number = int(value) if float(value).is_integer() else value
        this = SimpleNamespace(state=entity.state, attributes=entity.attributes)
        payload = render(entity.config["command_template"], value=number, this=this)
        await self._broker.publish(entity.config["command_topic"], payload, entity.config["qos"])


@contextlib.asynccontextmanager
async def home_assistant(port: int) -> AsyncIterator[HomeAssistant]:
    """Running while entered; each entering is a start."""
    async with client(port) as broker:
        run = HomeAssistant(broker)
        listening = asyncio.create_task(run.listen())
        try:
            yield run
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

"""One message as it arrived, of whatever library."""

from dataclasses import dataclass

from aiomqtt import Message

CORRELATION_LIMIT = 128
"""Octets of a sender's correlation data that are sent back."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """`response_topic` and `correlation` are MQTT 5's, where the sender wants its answer too."""

    topic: str
    payload: bytes
    retained: bool = False
    response_topic: str | None = None
    correlation: bytes | None = None


def arrival(message: Message) -> Arrival:
    properties = message.properties
    response_topic = getattr(properties, "ResponseTopic", None)
    correlation = getattr(properties, "CorrelationData", None)
    if correlation is not None and len(correlation) > CORRELATION_LIMIT:
        response_topic = correlation = None
    payload = message.payload if isinstance(message.payload, bytes) else b""
    return Arrival(message.topic.value, payload, bool(message.retain), response_topic, correlation)

"""Readings of sensors that speak MQTT: judged here, passed on to control.

A reading is taken only if it is whole and its sequence number moves forward. What this cannot say
is who sent it: that is the broker's access list, which lets one client publish to each sensor.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from controller.mqtt.latency import Latency
from controller.mqtt.messages import READINGS, Reason
from controller.mqtt.nonce import Challenges
from controller.mqtt.reading import read
from controller.mqtt.refusals import Allowance, Refused

WRAP = 0x10000
RESTART_S = 1.0
"""A sensor that was silent so long may begin its numbers anew."""
BURST, PER_S = 50, 200.0
"""Readings of one sensor: 50 a second and every change is well inside. Control's hatch is bounded,
and what a flood puts into it could push out what counts."""


@dataclass
class Sensor:
    """One sensor: its last number, its latency, and how much it may still say."""

    sequence: int | None = None
    heard_at_s: float = float("-inf")
    latency: Latency = field(default_factory=Latency)
    allowance: Allowance = field(default_factory=lambda: Allowance(BURST, PER_S))

    def moves(self, sequence: int, now_s: float) -> bool:
        """Whether this number comes after the last one, or the sensor has begun anew."""
        if self.sequence is None or now_s - self.heard_at_s >= RESTART_S:
            return True
        return 0 < (sequence - self.sequence) % WRAP < WRAP // 2


class Sensors:
    """All sensors that the settings allow."""

    def __init__(self, allowed: Iterable[str], challenges: Challenges) -> None:
        self._challenges = challenges
        self._sensors = {name: Sensor() for name in allowed}

    def judge(self, name: str, payload: bytes, *, retained: bool, now_s: float) -> dict[str, Any]:
        """What control is told of this reading. Raises: `Refused`."""
        sensor = self._sensors.get(name)
        if sensor is None:
            raise Refused(Reason.NOT_ALLOWED)
        if retained:
            raise Refused(Reason.RETAINED)
        reading = read(READINGS[name], payload)
        if not sensor.moves(reading.sequence, now_s):
            raise Refused(Reason.SEQUENCE)
        if not sensor.allowance.take(now_s):
            raise Refused(Reason.BUSY)
        sensor.sequence, sensor.heard_at_s = reading.sequence, now_s
        issued_at_s = self._challenges.issued_at_s(reading.latency_probe or "")
        if issued_at_s is not None:
            sensor.latency.echoed(issued_at_s, now_s)
        told = reading.model_dump(exclude={"latency_probe"})
        return {**told, "latency_s": sensor.latency.round_trip_s(now_s)}

    def challenged(self, now_s: float) -> None:
        """A challenge went out: every sensor that measures its latency will send it back."""
        for sensor in self._sensors.values():
            sensor.latency.issued(now_s)

    def latencies_s(self, now_s: float) -> dict[str, float | None]:
        return {name: _rounded(s.latency.round_trip_s(now_s)) for name, s in self._sensors.items()}

    def forget(self) -> None:
        """A new connection."""
        for sensor in self._sensors.values():
            sensor.latency = Latency()


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)

"""The names of the topics, all under `retrotread/<device>/`."""

import re
from dataclasses import dataclass
from typing import Final

ROOT: Final = "retrotread"

VERBS: Final = ("stop", "pause", "lower", "request_start", "request_speed", "request_program")
SENSORS: Final = ("grip", "fall", "heart_rate")

DEVICE_ID: Final = r"[A-Za-z0-9_-]{1,64}"
"""What Home Assistant takes as an object id, too."""

_ANSWER = re.compile(r"[^#+\x00-\x1f\x7f]{1,128}")


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one device."""

    device: str

    @property
    def base(self) -> str:
        return f"{ROOT}/{self.device}"

    @property
    def status(self) -> str:
        """Retained: `online` or `offline`, the latter also as the last will."""
        return f"{self.base}/status"

    @property
    def info(self) -> str:
        """Retained: what this device is and which contract it speaks."""
        return f"{self.base}/info"

    @property
    def state(self) -> str:
        """Twice a second, not retained; carries the challenge."""
        return f"{self.base}/state"

    @property
    def telemetry(self) -> str:
        """Up to ten times a second, not retained."""
        return f"{self.base}/telemetry"

    @property
    def event(self) -> str:
        return f"{self.base}/event"

    def command(self, verb: str) -> str:
        return f"{self.base}/cmd/{verb}"

    def result(self, verb: str) -> str:
        return f"{self.base}/cmd/{verb}/result"

    def sensor(self, name: str) -> str:
        return f"{self.base}/sensor/{name}"

    def sensor_result(self, name: str) -> str:
        """Where a refused reading of a sensor is named."""
        return f"{self.base}/sensor/{name}/result"

    def reply(self, client: str) -> str:
        """Where this contract suggests that a client has its answers sent."""
        return f"{self.base}/reply/{client}"

    def verb(self, topic: str) -> str | None:
        """The verb of a command topic of this device, known or not; None for other topics."""
        return _last_level(f"{self.base}/cmd/", topic)

    def sensor_name(self, topic: str) -> str | None:
        return _last_level(f"{self.base}/sensor/", topic)

    def may_answer_on(self, topic: str) -> bool:
        """Whether an answer may go to the response topic that a client named.

        Anybody's word makes the bridge publish there, so it is never a topic that somebody obeys
        or believes: of this contract's own only `reply/…`, of Home Assistant's and `$` none.
        """
        if not _ANSWER.fullmatch(topic):
            return False
        first = topic.split("/", 1)[0]
        reserved = first in (ROOT, "homeassistant") or first.startswith("$")
        return not reserved or topic.startswith(f"{self.base}/reply/")


def _last_level(prefix: str, topic: str) -> str | None:
    rest = topic.removeprefix(prefix)
    return rest if rest != topic and rest and "/" not in rest else None

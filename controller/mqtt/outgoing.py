"""What the bridge says, as models. Speeds in m/s, times in s; what is not known is null."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from controller.mqtt.incoming import COMMAND_LIMIT, REQUEST_S, Reason

VERSION: Final = 1

Phase = Literal[
    "idle",
    "armed",
    "walking",
    "slowing",
    "stopping",
    "latched",
    "belt_off",
    "commissioning",
    "unknown",
]


class _Outgoing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class State(_Outgoing):
    """The whole picture, twice a second; everything but the first six is null without control.

    `challenge` goes into the next command. `refused` counts refusals by `Reason` since the bridge
    started; `dropped` counts messages that a flood pushed out unread.
    """

    v: int = VERSION
    device: str
    seq: int
    challenge: str
    control: bool
    """Whether the control process is heard."""
    state: Phase = "unknown"
    sentence: str = ""
    cause: str | None = None
    session_id: str | None = None
    linked: bool | None = None
    at_rest: bool | None = None
    belt_speed_mps: float | None = None
    set_point_mps: float | None = None
    target_mps: float | None = None
    cap_mps: float | None = None
    left: bool | None = None
    right: bool | None = None
    both_hands: bool | None = None
    tether: bool | None = None
    battery_pct: float | None = None
    heart_rate_bpm: int | None = None
    pull_key: bool | None = None
    program: str | None = None
    walked_s: float | None = None
    distance_m: float | None = None
    warnings: list[str] = []
    requests: int = 0
    """Requests that wait for a supervisor's tap."""
    sensor_latency_s: dict[str, float | None] = {}
    refused: dict[str, int] = {}
    dropped: int = 0


class Telemetry(_Outgoing):
    """The figures, up to ten times a second. `time_s` is control's monotonic clock."""

    v: int = VERSION
    seq: int
    time_s: float
    state: Phase
    session_id: str | None
    belt_speed_mps: float | None
    belt_age_s: float | None
    set_point_mps: float | None
    target_mps: float | None
    cap_mps: float | None
    left: bool
    right: bool
    grip_age_s: float | None
    tether: bool | None
    heart_rate_bpm: int | None
    walked_s: float
    distance_m: float | None


EventType = Literal[
    "session_armed",
    "session_started",
    "session_slowing",
    "session_stopping",
    "session_latched",
    "session_ended",
    "control_lost",
    "control_found",
    "request_made",
    "request_accepted",
    "request_ended",
    "message_refused",
    "retained_stop",
]


class Event(_Outgoing):
    """Something that happened once. `event_type` is the key that Home Assistant reads."""

    v: int = VERSION
    seq: int
    event_type: EventType
    session_id: str | None = None
    sentence: str = ""
    cause: str | None = None
    topic: str | None = None
    reason: Reason | None = None
    request_id: str | None = None
    count: int | None = None


class Info(_Outgoing):
    """What this device is; retained."""

    v: int = VERSION
    device: str
    title: str
    product: str = "Retrotread"
    software: str
    verbs: list[str]
    programs: dict[str, str]
    """By id, their titles."""
    challenge_valid_s: float
    request_valid_s: float = REQUEST_S
    payload_limit: int = COMMAND_LIMIT
    medical_device: bool = False
    notice: str = "Not a medical device. Stop requests a protective stop; keep the safety key."


Outcome = Literal["accepted", "refused", "waiting"]


class Result(_Outgoing):
    """What became of a command: on `cmd/<verb>/result` and on its response topic.

    `waiting`: a supervisor has been asked; a second result follows when it has ended.
    """

    v: int = VERSION
    verb: str
    request_id: str | None = None
    outcome: Outcome
    reason: Reason | None = None
    sentence: str = ""
    expires_in_s: float | None = None


class SensorResult(_Outgoing):
    """Why a reading was refused; at most a few per second are published, all are counted."""

    v: int = VERSION
    sensor: str
    reason: Reason
    sentence: str
    count: int


OUTGOING: Final[dict[str, type[_Outgoing]]] = {
    "state": State,
    "telemetry": Telemetry,
    "event": Event,
    "info": Info,
    "result": Result,
    "sensor_result": SensorResult,
}

ONLINE: Final = "online"
OFFLINE: Final = "offline"
"""The plain payloads of `status`."""

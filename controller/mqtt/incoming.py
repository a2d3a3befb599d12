"""What programs may say to the bridge, as models. Strict: an unknown key is refused.

Speeds in m/s, times in s.
"""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from controller.mqtt.topics import DEVICE_ID

COMMAND_LIMIT: Final = 4096
"""Longest payload taken, octets."""
REQUEST_S: Final = 60.0
"""Longest time that a request waits for a supervisor's tap."""

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Device = Annotated[str, Field(pattern=rf"^{DEVICE_ID}$")]
Challenge = Annotated[str, Field(min_length=1, max_length=64)]
SpeedMps = Annotated[float, Field(gt=0, le=2)]
Sequence = Annotated[int, Field(ge=0, le=0xFFFF)]


class Reason(StrEnum):
    """Why a message was refused, or a request ended without a tap. Counted under this name."""

    OVERSIZED = "oversized"
    MALFORMED = "malformed"
    """Not UTF-8, not JSON, nested too deeply, or not an object."""
    UNKNOWN_KEY = "unknown_key"
    INVALID = "invalid"
    """A key is missing, or a value is of the wrong kind or out of range."""
    UNKNOWN_VERB = "unknown_verb"
    RETAINED = "retained"
    WRONG_DEVICE = "wrong_device"
    WRONG_SESSION = "wrong_session"
    STALE = "stale"
    """The challenge is not one of the last two seconds, or not of this connection."""
    DUPLICATE = "duplicate"
    SEQUENCE = "sequence"
    """A sensor's number did not move forward."""
    BUSY = "busy"
    NOT_ALLOWED = "not_allowed"
    """The settings do not let this device use that sensor."""
    CONTROL_AWAY = "control_away"
    REFUSED = "refused"
    """Control refused; the sentence says why."""
    DISMISSED = "dismissed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """The session that a request was made for has stopped or changed."""


class _Incoming(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Command(_Incoming):
    """What every command but Stop carries.

    - `request_id`: new for every message; one that was seen before is refused.
    - `challenge`: from the newest `state`; good for two seconds.
    - `session_id`: of the session that runs, null or absent if none does.
    - `client`: who asks, as shown to the supervisor.
    """

    request_id: Id
    device: Device
    challenge: Challenge
    session_id: Annotated[str, Field(max_length=64)] | None = None
    client: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")] = "unnamed"


class Pause(Command):
    """Ramp the belt down to rest; the session ends without a latch."""


class Lower(Command):
    """Lower the speed: to `to_mps`, or by one step without it. Never raises."""

    to_mps: SpeedMps | None = None


class _Request(Command):
    valid_s: Annotated[float, Field(gt=0, le=REQUEST_S)] = REQUEST_S
    """How long it may wait for the tap, s."""


class RequestStart(_Request):
    """Ask a supervisor to start the armed session."""


class RequestSpeed(_Request):
    """Ask a supervisor to set the speed."""

    speed_mps: SpeedMps


class RequestProgram(_Request):
    """Ask a supervisor to arm a session with this program."""

    program: Annotated[str, Field(min_length=1, max_length=64)]


COMMANDS: Final[dict[str, type[Command]]] = {
    "pause": Pause,
    "lower": Lower,
    "request_start": RequestStart,
    "request_speed": RequestSpeed,
    "request_program": RequestProgram,
}
"""The model of each verb's payload. `stop` has none: any payload stops, an empty one too."""


class _Reading(_Incoming):
    sequence: Sequence
    """One more in every reading, wraps from 65535 to 0."""
    latency_probe: Challenge | None = None
    """The challenge of the newest `state` the sensor has received: how its latency is measured."""


class GripReading(_Reading):
    """Which hands hold the rails, 20 times a second or more, and at once on a change."""

    left: bool
    right: bool
    tether: bool
    fall: bool = False
    left_force_n: Annotated[float, Field(ge=0, le=6553.5)] | None = None
    right_force_n: Annotated[float, Field(ge=0, le=6553.5)] | None = None
    battery_pct: Annotated[int, Field(ge=0, le=100)] | None = None


class FallReading(_Reading):
    """From a wearable or a camera system. It can only stop the belt."""

    fall: bool


class HeartRateReading(_Reading):
    bpm: Annotated[int, Field(ge=20, le=250)]
    contact: bool | None = None


READINGS: Final[dict[str, type[_Reading]]] = {
    "grip": GripReading,
    "fall": FallReading,
    "heart_rate": HeartRateReading,
}

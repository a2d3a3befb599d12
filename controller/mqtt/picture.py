"""What control last told, as the bridge tells it on: pure, from one message to the next."""

from dataclasses import dataclass, field
from typing import Any, get_args

from controller.hatch import Message
from controller.mqtt.messages import EventType, Phase, State, Telemetry

SILENT_S = 1.0
"""Control speaks ten times a second; after this nothing that it said is told as known."""

EVENTS: dict[str, EventType] = {
    "armed": "session_armed",
    "walking": "session_started",
    "belt_off": "session_started",
    "slowing": "session_slowing",
    "stopping": "session_stopping",
    "latched": "session_latched",
    "idle": "session_ended",
}
NO_SESSION = frozenset({"idle", "commissioning", "unknown"})
UNTOLD = frozenset({"commissioning", "unknown"})
"""Phases whose coming and going is no event of a session."""
COMMISSIONED = "The treadmill is being commissioned. Nobody steps on."
ENDING = frozenset({"stopping", "latched"})

_SAME = ("set_point_mps", "target_mps", "cap_mps", "walked_s", "heart_rate_bpm")
_MORE = ("sentence", "cause", "pull_key", "program", "warnings")


@dataclass(frozen=True, slots=True)
class Picture:
    """One message of control's and when it came; an empty one when control is not heard."""

    told: Message = field(default_factory=dict)
    heard_at_s: float = float("-inf")

    def fresh(self, now_s: float) -> "Picture":
        return self if now_s - self.heard_at_s <= SILENT_S else Picture()

    @property
    def sound(self) -> bool:
        """Whether it can be told at all."""
        try:
            self.state(device="", seq=0, challenge="")
            self.telemetry(0)
        except (ValueError, KeyError):
            return False
        return True

    @property
    def phase(self) -> Phase:
        found: Phase = self.told.get("state", "unknown")
        return found if found in get_args(Phase) else "unknown"

    @property
    def session_id(self) -> str | None:
        """Of the session that runs; control keeps the last one's until the next."""
        if self.phase in NO_SESSION:
            return None
        found = self.told.get("session_id")
        return found if isinstance(found, str) else None

    @property
    def target_mps(self) -> float | None:
        found = self.told.get("target_mps")
        return found if isinstance(found, int | float) else None

    def state(self, **own: Any) -> State:
        """The state to publish; `own` is what the bridge itself knows. Raises: `ValueError`."""
        if not self.told:
            return State(control=False, **own)
        grip, belt = self._part("grip"), self._part("belt")
        held: dict[str, Any] = {side: grip.get(side) is True for side in ("left", "right")}
        return State(
            control=True,
            linked=belt.get("linked"),
            at_rest=belt.get("at_rest"),
            both_hands=held["left"] and held["right"],
            battery_pct=grip.get("battery_pct"),
            **held,
            **self._figures(),
            **{key: self.told[key] for key in _MORE if key in self.told},
            **own,
        )

    def telemetry(self, seq: int) -> Telemetry:
        """Raises: `ValueError`, `KeyError`."""
        grip, belt = self._part("grip"), self._part("belt")
        return Telemetry(
            seq=seq,
            time_s=self.told["time_s"],
            belt_age_s=belt.get("age_s"),
            left=grip.get("left") is True,
            right=grip.get("right") is True,
            grip_age_s=grip.get("age_s"),
            **self._figures(),
        )

    def _figures(self) -> dict[str, Any]:
        grip, belt = self._part("grip"), self._part("belt")
        return {
            "state": self.phase,
            "session_id": self.session_id,
            "belt_speed_mps": belt.get("speed_mps"),
            "distance_m": belt.get("distance_m"),
            "tether": grip.get("tether"),
            **{key: self.told.get(key) for key in _SAME},
        }

    def _part(self, name: str) -> dict[str, Any]:
        found = self.told.get(name)
        return found if isinstance(found, dict) else {}


def measured(message: Message) -> Message:
    """What a commissioner says in control's place, as control would tell it."""
    belt = {key: message.get(key) for key in ("linked", "at_rest", "speed_mps")}
    return {
        "kind": "telemetry",
        "time_s": message.get("time_s"),
        "state": "commissioning",
        "sentence": COMMISSIONED,
        "pull_key": message.get("pull_key") is True,
        "belt": belt,
        "walked_s": 0.0,
    }


def event(before: Picture, after: Picture) -> EventType | None:
    """What happened between two pictures of a control that was heard both times."""
    if after.phase == before.phase or UNTOLD & {after.phase, before.phase}:
        return None
    return EVENTS[after.phase]


def other_session(before: Picture, after: Picture) -> bool:
    """Whether what was asked of the one counts no more in the other."""
    stopped = after.phase in ENDING and before.phase not in ENDING
    return stopped or after.session_id != before.session_id

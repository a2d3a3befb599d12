"""What a browser may say to the desk, and what the desk says to a browser.

Strict inwards: an unknown verb or key is refused with one sentence. Tolerant towards control: a
key it does not send takes the value that promises least, a key the page does not know is left out.
Speeds stay in m/s; the page alone turns them into mph or km/h.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from controller.hatch import Message
from controller.web.sign_in import User, roles

Orientation = Literal["turned", "reverse_belt"]
Verb = Literal[
    "arm", "disarm", "start", "slower", "faster", "stop", "reset", "present", "report", "commission"
]

Nonce = Annotated[str, Field(max_length=64)] | None

NOT_UNDERSTOOD = "The console did not understand this. Reload the page and try again."


class MessageError(ValueError):
    """A page said what the desk does not take; `reason` is one plain sentence for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _FromPage(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Told(_FromPage):
    """What the patient says. Which words and figures there are, control knows and says."""

    pain_nprs: int | None = None
    effort: int | None = None
    effort_scale: Annotated[str, Field(max_length=32)] | None = None
    symptom: Annotated[str, Field(max_length=32)] | None = None


class Command(_FromPage):
    """One tap. The page says what; who asks is known from its session, never from this.

    `nonce`: the newest pulse's; what only stops needs none.
    `orientation`: with arm, what the page showed of how the patient walks, confirmed by the tap;
    with it may come the pain before the walk and the clinician's limit. `told`: with report.
    """

    kind: Literal["command"]
    id: Annotated[str, Field(min_length=1, max_length=64)]
    verb: Verb
    nonce: Nonce = None
    orientation: Orientation | None = None
    told: Told | None = None
    pain_before: int | None = None
    heart_rate_limit_bpm: int | None = None

    @property
    def more(self) -> dict[str, Any]:
        """What is said besides, as control takes it."""
        return self.model_dump(exclude={"kind", "id", "verb", "nonce"}, exclude_none=True)

    @property
    def only_stops(self) -> bool:
        """A symptom, and nothing beside it."""
        said = {} if self.told is None else self.told.model_dump(exclude_none=True)
        return self.verb == "report" and said.keys() == {"symptom"}


class Tap(_FromPage):
    """A supervisor's word on a request of the network: `request` is its id on the page.

    `orientation` as in `Command`, for what is accepted may be an arming.
    """

    kind: Literal["tap"]
    id: Annotated[str, Field(min_length=1, max_length=64)]
    request: Annotated[str, Field(min_length=1, max_length=64)]
    accept: bool
    nonce: Nonce = None
    orientation: Orientation | None = None


class Reply(_FromPage):
    """An engineer's answer to the question of a commissioning, which names its `step`."""

    kind: Literal["reply"]
    id: Annotated[str, Field(min_length=1, max_length=64)]
    step: Annotated[str, Field(min_length=1, max_length=64)]
    yes: bool
    nonce: Nonce = None


class Pulse(_FromPage):
    """The page answers the desk's pulse; `seen` is whether it is on screen."""

    kind: Literal["pulse"]
    seen: bool


class _FromControl(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Belt(_FromControl):
    linked: bool = False
    speed_mps: float | None = None
    age_s: float | None = None
    at_rest: bool = False


class Grip(_FromControl):
    left: bool = False
    right: bool = False
    age_s: float | None = None
    proven: bool = False
    tether: bool | None = None
    battery_pct: float | None = None


class Telemetry(_FromControl):
    """One turn of the loop as the page sees it. `time_s` is control's monotonic clock."""

    kind: Literal["telemetry"] = "telemetry"
    seq: int = 0
    time_s: float
    state: str = "unknown"
    sentence: str = ""
    cause: str | None = None
    clears: str = ""
    missing: list[str] = []
    may: list[str] = []
    warnings: list[str] = []
    belt: Belt = Belt()
    set_point_mps: float | None = None
    target_mps: float | None = None
    cap_mps: float | None = None
    cap_source: str = ""
    grip: Grip = Grip()
    pull_key: bool = False
    program: str = ""
    program_id: str = ""
    belt_off: bool = False
    orientation: Orientation | None = None
    session_id: str | None = None
    walked_s: float = 0.0
    distance_m: float | None = None
    confirm_in_s: float | None = None
    releases: int = 0
    pain_before: int | None = None
    pain_peak: int | None = None
    effort: int | None = None
    effort_scale: str | None = None
    symptom: str | None = None
    holds: list[str] = []
    heart_rate_bpm: int | None = None
    heart_rate_age_s: float | None = None
    heart_rate_limit_bpm: int | None = None
    incline_pct: float | None = None
    incline_asked_pct: float | None = None
    step_mps: float | None = None
    phase: int | None = None
    phases: int | None = None
    part: str | None = None
    phase_left_s: float | None = None
    rest_left_s: float | None = None


class Commissioning(_FromControl):
    """One turn of a commissioner, in control's place; when it is `over`, what came of it."""

    kind: Literal["commissioning"] = "commissioning"
    time_s: float
    step: str = ""
    title: str = ""
    share: float = 0.0
    linked: bool = False
    speed_mps: float | None = None
    at_rest: bool = False
    moving: bool = True
    question: str = ""
    told: list[str] = []
    stopping: str = ""
    over: bool = False
    passed: bool | None = None
    refusal: str = ""
    pull_key: bool = False
    profile: dict[str, Any] | None = None
    points: list[list[float]] = []


class Outcome(BaseModel):
    """Whether it was done and, if not, why in one sentence."""

    accepted: bool
    reason: str = ""


FromPage = Command | Pulse | Tap | Reply
_from_page: TypeAdapter[FromPage] = TypeAdapter(Annotated[FromPage, Field(discriminator="kind")])


def read(text: str | None) -> FromPage:
    """The message in one frame from a page. Raises: MessageError."""
    try:
        return _from_page.validate_json(text or "")
    except ValidationError as error:
        raise MessageError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    if any(problem["loc"][-1:] == ("verb",) for problem in error.errors(include_input=False)):
        return "The console knows no such command. Reload the page and try again."
    return NOT_UNDERSTOOD


def telemetry(message: Message) -> Telemetry | None:
    """Control's telemetry for the page, or None if it is not what telemetry must be."""
    try:
        return Telemetry.model_validate(message)
    except ValidationError:
        return None


def commissioning(message: Message) -> Commissioning | None:
    """What a commissioner says for the page, or None if it is not what that must be."""
    try:
        return Commissioning.model_validate(message)
    except ValidationError:
        return None


def hello(title: str) -> str:
    return json.dumps({"kind": "hello", "title": title})


def pulse(user: User | None, *, control: bool, nonce: str) -> str:
    """Sent twice a second, and at once when who or what is there changes; the page answers each."""
    message = {
        "kind": "pulse",
        "signed_in": user is not None,
        "user": user.name if user else None,
        "roles": roles(user.roles) if user else [],
        "expires_in_s": round(user.left_s, 1) if user else None,
        "control": control,
        "nonce": nonce,
    }
    return json.dumps(message)


def requests(rows: Sequence[Mapping[str, object]]) -> str:
    """What waits for a supervisor's tap; sent whenever it changes, and while anything waits."""
    return json.dumps({"kind": "requests", "requests": rows})


def story(steps: Sequence[Mapping[str, object]]) -> str:
    """What became of the last stop, step by step; sent when it grows and when a page comes."""
    return json.dumps({"kind": "story", "story": steps})


def visit(seen: str | None) -> str:
    """The visit that goes on, as JSON already; sent when it changes and when a page comes."""
    return f'{{"kind": "visit", "visit": {seen or "null"}}}'


def mark(what: Mapping[str, object]) -> str:
    """Something that the chart marks."""
    return json.dumps({"kind": "mark", "mark": what})


def answer(key: str, outcome: Outcome) -> str:
    return json.dumps({"kind": "answer", "id": key, **outcome.model_dump()})


def refusal(reason: str) -> str:
    return json.dumps({"kind": "refused", "reason": reason})

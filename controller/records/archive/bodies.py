"""What an event of the archive may say: one closed model for each kind."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from controller.records.notes import (
    Assistance,
    Consent,
    Measured,
    Note,
    Patient,
    Pseudonym,
    Screening,
)

Record = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
"""The id of a record of control's, and of its file."""
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Short = Annotated[str, Field(min_length=1, max_length=64)]
Account = Short
"""Who says it: the account of a supervisor, or a part of this product."""


class Opened(Note):
    """A patient has come to walk. `place` is the desk's title."""

    patient: Pseudonym
    supervisor: Account
    program: Short
    program_version: str = Field(default="", max_length=64)
    orientation: Literal["turned", "reverse_belt"]
    place: str = Field(default="", max_length=64)


class Checks(Note):
    """What was looked at before the walk."""

    orientation_explained: bool = False
    safety_key_checked: bool = False
    harness: bool = False
    body_weight_support_pct: int = Field(default=0, ge=0, le=60)


class Armed(Note):
    """Control has begun a record for this visit."""

    record: Record


class Rested(Note):
    """Control has said that the belt rests; `cause`: what was latched, if anything."""

    cause: str = Field(default="", max_length=64)


class Symptom(Note):
    symptom: Short


class Helped(Note):
    assistance: Assistance


class AdverseEvent(Note):
    adverse_event: Text


class Remark(Note):
    remark: Text


class Closed(Note):
    """The visit is over; `turned_away`: it ended before anything was armed, and why."""

    turned_away: str = Field(default="", max_length=200)


class Withdrawn(Note):
    """What was entered by mistake, and should not have been: it corrects by taking away."""


Body = (
    Patient
    | Opened
    | Screening
    | Consent
    | Checks
    | Measured
    | Armed
    | Rested
    | Symptom
    | Helped
    | AdverseEvent
    | Remark
    | Closed
    | Withdrawn
)

KINDS: dict[str, type[Body]] = {
    "patient": Patient,
    "opened": Opened,
    "screening": Screening,
    "consent": Consent,
    "checks": Checks,
    "measured": Measured,
    "armed": Armed,
    "rested": Rested,
    "symptom": Symptom,
    "assistance": Helped,
    "adverse_event": AdverseEvent,
    "remark": Remark,
    "closed": Closed,
    "withdrawn": Withdrawn,
}
_NAMES: dict[type, str] = {model: kind for kind, model in KINDS.items()}


def kind_of(body: Body) -> str:
    return _NAMES[type(body)]


class Event(Note):
    """One thing that was entered, as it stands in the archive: by whom, when, and what."""

    id: int
    at: datetime
    who: str
    kind: str
    patient: Pseudonym
    visit: str | None = None
    corrects: int | None = None
    body: Body

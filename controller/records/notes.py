"""What people say and measure around one walk: the part of a session that control never knows.

Control's record holds hands and belts under a session's id. These notes hold the rest under the
same id, and a patient only by a pseudonym: a code that the clinic chose, from which nobody outside
can tell who it is. Every figure is bounded, an unknown key is refused, and what was not asked is
absent, never zero.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Nprs = Annotated[int, Field(ge=0, le=10)]
"""Numeric pain rating scale: 0 no pain, 10 the worst imaginable."""
Pseudonym = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
"""Not a name: letters, digits, dots and dashes, at most 32."""


class Note(BaseModel):
    """Immutable, and closed to keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Moment(StrEnum):
    """When a measurement was taken. There may be many while walking, and one of each other."""

    BEFORE = "before"
    DURING = "during"
    PEAK = "peak"
    AFTER = "after"
    NEXT_MORNING = "next_morning"


class EffortScale(StrEnum):
    """The two scales of perceived exertion in use."""

    BORG_6_20 = "borg_6_20"
    CR_0_10 = "cr_0_10"


class Effort(Note):
    """Perceived exertion with the scale that it was asked on."""

    rating: int = Field(ge=0, le=20)
    scale: EffortScale


class Pressure(Note):
    """Blood pressure, mmHg."""

    systolic_mmhg: int = Field(ge=50, le=300)
    diastolic_mmhg: int = Field(ge=20, le=200)


class Measured(Note):
    """One round of questions and measurements; each may be left out."""

    moment: Moment
    at: AwareDatetime
    pain_nprs: Nprs | None = None
    effort: Effort | None = None
    heart_rate_bpm: int | None = Field(default=None, ge=20, le=260)
    pressure: Pressure | None = None
    spo2_pct: int | None = Field(default=None, ge=50, le=100)
    settled: bool | None = None
    """Next morning: pain is back to what it was before the walk."""


class Screening(Note):
    """Answers to a checklist of a certain version, by the question's key; True means yes.

    `parq_version`: the edition of the PAR-Q+ form that its answers are to. `cleared_by`,
    `cleared_at`: who gave clearance where an answer asks for it, and when.
    """

    checklist: str
    version: str
    at: AwareDatetime
    answers: dict[str, bool]
    parq_version: str = ""
    cleared_by: str = ""
    cleared_at: AwareDatetime | None = None


class Consent(Note):
    """That consent was given: to which version of the form, when, and who explained it."""

    given: bool
    form_version: str
    at: AwareDatetime
    explained_by: str


class Assistance(StrEnum):
    """How much help the patient needed."""

    INDEPENDENT = "independent"
    SUPERVISION = "supervision"
    CONTACT_GUARD = "contact_guard"
    MINIMAL = "minimal"
    MODERATE = "moderate"
    MAXIMAL = "maximal"


class Patient(Note):
    """A patient as this product knows one."""

    pseudonym: Pseudonym
    baseline_mps: float | None = Field(default=None, gt=0, le=2.0)
    """Comfortable backward speed as measured over ground, m/s."""
    heart_rate_limit_bpm: int | None = Field(default=None, ge=60, le=220)
    """The clinician's, for this patient."""
    program: str | None = None
    """The program being followed, by id."""


class SessionNotes(Note):
    """One walk of one patient, as people saw it.

    `session` is the id of control's record; None while the session is not armed yet. `visit` is
    the id of these notes, which are there before any record, and `records` are all records that
    were made in it, oldest first: one for each arming. `supervisor` is the account that supervised.
    `remark` is free text, which the clinic keeps free of names.
    """

    session: str | None = None
    visit: str = ""
    records: tuple[str, ...] = ()
    opened_at: AwareDatetime | None = None
    closed: bool = False
    patient: Pseudonym
    supervisor: str
    program: str
    program_version: str = ""
    orientation: Literal["turned", "reverse_belt"]
    screening: Screening | None = None
    consent: Consent | None = None
    harness: bool = False
    body_weight_support_pct: int = Field(default=0, ge=0, le=60)
    safety_key_checked: bool = False
    orientation_explained: bool = False
    measured: tuple[Measured, ...] = ()
    symptoms: tuple[str, ...] = ()
    assistance: Assistance | None = None
    adverse_event: str = ""
    remark: str = ""

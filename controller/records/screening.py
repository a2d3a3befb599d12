"""What must be asked, checked and measured before a patient is set off, and what forbids it.

The questions are data (`screening.toml`). PAR-Q+ answers are known by the number of their topic;
the form itself is on paper, and its wording is nobody's but its authors'.
"""

import functools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from typing import Literal

from pydantic import Field

from controller.records.notes import Measured, Moment, Note, Screening, SessionNotes

CLEARANCE_MISSING = "A clinician must give clearance first: who, and when."
CLEARANCE_OLD = "The clearance is more than a year old. A clinician must give it anew."
CLEARANCE_LATER = "The clearance is dated after today. Correct its date."


class Question(Note):
    """One question. An answer other than `good` has the consequence `then`."""

    key: str
    ask: str
    good: bool
    then: Literal["refuse", "clearance", "measure"]
    because: str


class Topic(Note):
    """One topic of PAR-Q+; a yes asks for clearance."""

    key: str
    topic: str


class Parq(Note):
    form: str
    clearance_days: int = Field(gt=0)
    topics: tuple[Topic, ...]


class Rest(Note):
    """The highest values at rest with which a patient is set off."""

    systolic_mmhg: int
    diastolic_mmhg: int
    pain_nprs: int


class Checklist(Note):
    """A version of what is asked."""

    id: str
    version: str
    parq: Parq
    rest: Rest
    question: tuple[Question, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        topics = (topic.key for topic in self.parq.topics)
        return (*topics, *(question.key for question in self.question))


@functools.cache
def checklist() -> Checklist:
    """The one in force."""
    text = resources.files(__package__ or "").joinpath("screening.toml").read_text("utf-8")
    return Checklist.model_validate(tomllib.loads(text))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Plain sentences: what is `missing` before a patient may be armed, and what `refused`
    says must not be walked through today. Armed is only without either."""

    missing: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        return not self.missing and not self.refused


def judge(notes: SessionNotes, asked: Checklist, now: datetime) -> Judgement:
    """What stands between this patient and the belt, by what was noted up to `now`."""
    missing = (
        *_unanswered(notes.screening, asked),
        *_clearance(notes.screening, asked, now),
        *_consent(notes),
        *_unchecked(notes),
        *_unmeasured(notes, asked),
    )
    return Judgement(missing, (*_refusing(notes.screening, asked), *_at_rest(notes, asked)))


def _unanswered(screening: Screening | None, asked: Checklist) -> Iterator[str]:
    if screening is None:
        yield "The screening questions have not been answered."
        return
    if (screening.checklist, screening.version) != (asked.id, asked.version):
        yield "The screening answers are to an older version of the questions. Ask them again."
        return
    left = [key for key in asked.keys if key not in screening.answers]
    if left:
        plural = "s are" if len(left) > 1 else " is"
        yield f"{len(left)} screening question{plural} not answered: {', '.join(left)}."
    if not screening.parq_version:
        yield f"The edition of the {asked.parq.form} form is not noted."


def _clearance(screening: Screening | None, asked: Checklist, now: datetime) -> Iterator[str]:
    if screening is None or not any(_concerns(screening, asked, "clearance")):
        return
    if not screening.cleared_by or screening.cleared_at is None:
        yield CLEARANCE_MISSING
    elif screening.cleared_at > now:
        yield CLEARANCE_LATER
    elif now - screening.cleared_at > timedelta(days=asked.parq.clearance_days):
        yield CLEARANCE_OLD


def _concerns(screening: Screening, asked: Checklist, then: str) -> Iterator[str]:
    """Why answers have this consequence."""
    if then == "clearance":
        for topic in asked.parq.topics:
            if screening.answers.get(topic.key):
                yield f"{asked.parq.form}: {topic.topic}."
    for question in asked.question:
        answer = screening.answers.get(question.key, question.good)
        if question.then == then and answer is not question.good:
            yield question.because


def _refusing(screening: Screening | None, asked: Checklist) -> Iterator[str]:
    if screening is not None:
        yield from _concerns(screening, asked, "refuse")


def _consent(notes: SessionNotes) -> Iterator[str]:
    if notes.consent is None or not notes.consent.given:
        yield "The patient has not consented."
    elif not notes.consent.form_version or not notes.consent.explained_by:
        yield "Note which version of the consent form was signed, and who explained it."


def _unchecked(notes: SessionNotes) -> Iterator[str]:
    if not notes.orientation_explained:
        yield "It has not been explained to the patient which way to face."
    if not notes.safety_key_checked:
        yield "The safety key has not been checked."
    if notes.body_weight_support_pct > 0 and not notes.harness:
        yield "Body-weight support needs the harness. Note that it is worn."


def _unmeasured(notes: SessionNotes, asked: Checklist) -> Iterator[str]:
    before = _before(notes)
    if before is None or before.pain_nprs is None:
        yield "Pain before the walk (0 to 10) has not been asked."
    if before is None or before.pressure is None:
        screening = notes.screening
        yield from () if screening is None else _concerns(screening, asked, "measure")


def _at_rest(notes: SessionNotes, asked: Checklist) -> Iterator[str]:
    before = _before(notes)
    if before is None:
        return
    pressure = before.pressure
    if pressure is not None and (
        pressure.systolic_mmhg > asked.rest.systolic_mmhg
        or pressure.diastolic_mmhg > asked.rest.diastolic_mmhg
    ):
        limits = f"{asked.rest.systolic_mmhg}/{asked.rest.diastolic_mmhg} mmHg"
        yield f"Blood pressure at rest is above {limits}."
    if before.pain_nprs is not None and before.pain_nprs > asked.rest.pain_nprs:
        yield f"Pain before the walk is above {asked.rest.pain_nprs} of 10."


def _before(notes: SessionNotes) -> Measured | None:
    found = [each for each in notes.measured if each.moment is Moment.BEFORE]
    return found[-1] if found else None

"""Patients and visits over HTTP: routes only; what they mean is the archive's and the attendant's.

Times are the desk's own: a tablet's clock may be wrong.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from controller.records.archive import ArchiveRefusal
from controller.records.archive.bodies import KINDS, Opened
from controller.records.archive.bodies import Body as Entry
from controller.records.notes import Measured, Moment, Patient, SessionNotes
from controller.records.screening import Checklist, checklist
from controller.records.walks import kept_of, walks
from controller.web import shelf
from controller.web.here import Attending, Here, Who
from controller.web.messages import NOT_UNDERSTOOD
from controller.web.openapi import refusals
from controller.web.shelf import Code
from controller.web.sight import Sight, proposal

router = APIRouter()
VisitId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
TIMED = frozenset({"screening", "consent", "measured"})
BY_HAND = frozenset(KINDS) - {"patient", "opened", "armed", "rested"}
"""What a person says; the rest is control's word."""


class Described(BaseModel):
    """A patient without the code, which is in the address."""

    model_config = ConfigDict(extra="forbid")

    baseline_mps: float | None = Field(default=None, gt=0, le=2.0)
    heart_rate_limit_bpm: int | None = Field(default=None, ge=60, le=220)
    program: str | None = Field(default=None, max_length=64)


class Chosen(BaseModel):
    """Who walks now, by which program, and which way the patient faces."""

    model_config = ConfigDict(extra="forbid")

    patient: str = Field(max_length=32)
    program: str = Field(max_length=64)
    orientation: str = Field(max_length=16)


class Patients(BaseModel):
    patients: list[Patient]


class Seen(BaseModel):
    """The visit that goes on after this request; None between visits."""

    accepted: bool = True
    reason: str = ""
    visit: Sight | None = None


class Course(BaseModel):
    """Everything of one patient: visits, figures of the records, and what is proposed next."""

    visits: list[SessionNotes]
    records: list[dict[str, Any]]
    proposal: dict[str, Any] | None = None


@router.get("/api/checklist")
async def questions() -> Checklist:
    """What is asked before a walk."""
    return checklist()


@router.get("/api/patients", responses=refusals(409, 503), response_model_exclude_none=True)
async def patients(attendant: Attending) -> Patients:
    """By their codes."""
    return Patients(patients=list(await attendant.archive.patients()))


@router.put("/api/patients/{pseudonym}", responses=refusals(409, 503))
async def put_patient(
    pseudonym: Code, described: Described, who: Who, attendant: Attending
) -> Patient:
    """A new patient, or a new description of one."""
    patient = Patient(pseudonym=pseudonym, **described.model_dump())
    await attendant.archive.put_patient(patient, who.name)
    return patient


@router.get(
    "/api/patients/{pseudonym}/visits",
    responses=refusals(409, 503),
    response_model_exclude_none=True,
)
async def visits(pseudonym: Code, attendant: Attending, console: Here) -> Course:
    """Of one patient, newest first."""
    kept = await kept_of(attendant.archive, pseudonym)
    walked = await run_in_threadpool(walks, kept.visits, kept.made, console.sessions)
    return Course(
        visits=list(reversed(kept.visits)),
        records=[shelf.figures(each) for each in reversed(kept.made)],
        proposal=proposal(kept.patient, walked, console.sheets),
    )


@router.get("/api/visit", responses=refusals(409, 503), response_model_exclude_none=True)
async def visit(console: Here) -> Seen:
    """The visit that goes on here."""
    return Seen(visit=await console.visiting.sight())


@router.post(
    "/api/visit",
    responses=refusals(409, 503),
    response_model_exclude_none=True,
)
async def choose(chosen: Chosen, who: Who, attendant: Attending, console: Here) -> Seen:
    """A patient has come."""
    opened = _checked(Opened, {**chosen.model_dump(), "supervisor": who.name})
    await attendant.choose(opened, who.name)
    return Seen(visit=await console.visiting.show())


@router.post(
    "/api/visit/entries",
    responses=refusals(409, 503),
    response_model_exclude_none=True,
)
async def enter(
    entry: Annotated[dict[str, Any], Body()], who: Who, attendant: Attending, console: Here
) -> Seen:
    """One thing more of the visit that goes on: `kind`, and what belongs to it."""
    await attendant.enter(_entry(entry), who.name)
    return Seen(visit=await console.visiting.show())


@router.post("/api/visits/{visit_id}/entries", responses=refusals(409, 503))
async def enter_later(
    visit_id: VisitId, entry: Annotated[dict[str, Any], Body()], who: Who, attendant: Attending
) -> Seen:
    """As above, of any visit: the next morning's answers."""
    body = _entry(entry)
    if not isinstance(body, Measured) or body.moment is not Moment.NEXT_MORNING:
        raise ArchiveRefusal("Of a closed visit only the next morning can be entered here.")
    await attendant.add_later(visit_id, body, who.name)
    return Seen(visit=None)


def _entry(given: dict[str, Any]) -> Entry:
    """Raises: `ArchiveRefusal`."""
    kind = given.pop("kind", None)
    if kind not in BY_HAND:
        raise ArchiveRefusal("The archive knows no such entry. Reload the page and try again.")
    if kind in TIMED:
        given["at"] = datetime.now(UTC)
    body: Entry = _checked(KINDS[kind], given)
    return body


def _checked(model: Any, given: dict[str, Any]) -> Any:
    """Raises: `ArchiveRefusal` with the field that is wrong."""
    try:
        return TypeAdapter(model).validate_python(given)
    except ValidationError as error:
        places = error.errors(include_input=False, include_url=False)[0]["loc"]
        field = ".".join(str(part) for part in places) or "the entry"
        raise ArchiveRefusal(f"{field.replace('_', ' ')} is not possible as given.") from None
    except RecursionError:
        raise ArchiveRefusal(NOT_UNDERSTOOD) from None

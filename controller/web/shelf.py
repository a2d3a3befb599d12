"""Records and their reports over HTTP."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from controller.programs.rules import Sheet
from controller.records.archive import ArchiveRefusal
from controller.records.archive.summary import Summary
from controller.records.attendant import Attendant
from controller.records.course import course, with_notes
from controller.records.notes import Patient, SessionNotes
from controller.records.report.patient import patient_page
from controller.records.report.session import session_page
from controller.records.values import RecordError
from controller.records.walks import proposals, sheet_of, walks
from controller.web.here import Attending, Here
from controller.web.openapi import refusals

router = APIRouter()
Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
Session = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")]
NEWEST = 200
"""Records on one page; the command line lists all."""
OWN_STYLE = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; sandbox"
    )
}
"""A report carries its style inside, and no script; sandboxed, it could not run one either."""
SHOWN = ("session", "began_at", "walked_s", "distance_m", "peak_mps", "cause", "releases", "whole")


class Kept(NamedTuple):
    """What the archive has of one patient: visits, and figures of their records, oldest first."""

    patient: Patient | None
    visits: tuple[SessionNotes, ...]
    made: tuple[Summary, ...]


async def kept_of(attendant: Attendant, pseudonym: str) -> Kept:
    """Raises: `ArchiveError`."""
    visits = await attendant.archive.visits(pseudonym)
    named = [record for each in visits for record in each.records]
    made = await attendant.archive.summaries(named)
    return Kept(await attendant.archive.patient(pseudonym), visits, made)


def figures(summary: Summary) -> dict[str, Any]:
    """The figures of a record that a page shows."""
    return {key: value for key, value in asdict(summary).items() if key in SHOWN}


@router.get("/api/sessions", responses=refusals(409, 503))
async def sessions(attendant: Attending) -> dict[str, list[dict[str, Any]]]:
    """The newest records, newest first."""
    summaries = await attendant.archive.summaries()
    return {"records": [figures(each) for each in reversed(summaries[-NEWEST:])]}


@router.get(
    "/api/sessions/{session}/report",
    response_class=HTMLResponse,
    responses=refusals(409, 503),
)
async def report(session: Session, attendant: Attending, console: Here) -> HTMLResponse:
    """The report of one record: a page of its own, with nothing in it that runs."""
    notes = await attendant.archive.notes_of(session)
    made = await run_in_threadpool(_report, console.sessions, session, notes, console.sheets)
    return HTMLResponse(made, headers=OWN_STYLE)


@router.get(
    "/api/patients/{pseudonym}/report",
    response_class=HTMLResponse,
    responses=refusals(409, 503),
)
async def patient_report(pseudonym: Code, attendant: Attending, console: Here) -> HTMLResponse:
    """The course of one patient over all visits, as such a page too."""
    kept = await kept_of(attendant, pseudonym)
    if kept.patient is None:
        raise ArchiveRefusal("There is no such patient in the archive.")
    made = await run_in_threadpool(_course, console.sessions, kept, kept.patient, console.sheets)
    return HTMLResponse(made, headers=OWN_STYLE)


def _course(folder: FilePath, kept: Kept, patient: Patient, sheets: Mapping[str, Sheet]) -> str:
    walked = walks(kept.visits, kept.made, folder)
    sheet = sheet_of(patient, walked, sheets)
    proposed = proposals(sheet, walked) if sheet else []
    return patient_page(patient, walked, proposed, at=_now())


def _report(
    folder: FilePath, session: str, notes: SessionNotes | None, sheets: Mapping[str, Sheet]
) -> str:
    """Raises: `ArchiveRefusal`."""
    try:
        read = course((folder / f"{session}.jsonl").read_bytes())
    except FileNotFoundError:
        raise ArchiveRefusal("There is no such record here.") from None
    except (OSError, RecordError) as error:
        raise ArchiveRefusal(f"This record cannot be reported of. {_why(error)}") from error
    sheet = sheets.get(read.program)
    title = sheet.program.title if sheet else ""
    return session_page(with_notes(read, notes), notes, title=title, at=_now())


def _now() -> str:
    return datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def _why(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else str(error)

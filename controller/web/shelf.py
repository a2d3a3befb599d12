"""Records and their reports over HTTP."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from controller.programs.rules import Sheet
from controller.records import pages
from controller.records.archive import ArchiveRefusal
from controller.records.archive.summary import Summary
from controller.records.course import course
from controller.records.notes import Patient, SessionNotes
from controller.records.values import RecordError
from controller.records.walks import Kept, kept_of, walks
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
    kept = await kept_of(attendant.archive, pseudonym)
    if kept.patient is None:
        raise ArchiveRefusal("There is no such patient in the archive.")
    made = await run_in_threadpool(_course, console.sessions, kept, kept.patient, console.sheets)
    return HTMLResponse(made, headers=OWN_STYLE)


def _course(folder: FilePath, kept: Kept, patient: Patient, sheets: Mapping[str, Sheet]) -> str:
    return pages.of_patient(patient, walks(kept.visits, kept.made, folder), sheets)


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
    return pages.of_session(read, notes, sheets)


def _why(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else str(error)

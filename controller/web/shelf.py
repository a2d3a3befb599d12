"""Records and their reports over HTTP."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from controller.programs.library import built_in
from controller.records.archive import ArchiveRefusal
from controller.records.archive.summary import Summary
from controller.records.course import course, with_notes
from controller.records.notes import SessionNotes
from controller.records.report.session import session_page
from controller.records.values import RecordError
from controller.web.here import Attending, Here
from controller.web.openapi import refusals

router = APIRouter()
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
    made = await run_in_threadpool(_report, console.data_dir / "sessions", session, notes)
    return HTMLResponse(made, headers=OWN_STYLE)


def _report(folder: FilePath, session: str, notes: SessionNotes | None) -> str:
    """Raises: `ArchiveRefusal`."""
    try:
        read = course((folder / f"{session}.jsonl").read_bytes())
    except FileNotFoundError:
        raise ArchiveRefusal("There is no such record here.") from None
    except (OSError, RecordError) as error:
        raise ArchiveRefusal(f"This record cannot be reported of. {_why(error)}") from error
    program = built_in().get(read.program)
    made_at = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M %Z")
    title = program.program.title if program else ""
    return session_page(with_notes(read, notes), notes, title=title, at=made_at)


def _why(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else str(error)

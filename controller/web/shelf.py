"""Records and their reports over HTTP."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path

from controller.records.archive.summary import Summary
from controller.web.here import Attending
from controller.web.openapi import refusals

router = APIRouter()
Session = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")]
NEWEST = 200
"""Records on one page; the command line lists all."""
SHOWN = ("session", "began_at", "walked_s", "distance_m", "peak_mps", "cause", "releases", "whole")


def figures(summary: Summary) -> dict[str, Any]:
    """The figures of a record that a page shows."""
    return {key: value for key, value in asdict(summary).items() if key in SHOWN}


@router.get("/api/sessions", responses=refusals(503))
async def sessions(attendant: Attending) -> dict[str, list[dict[str, Any]]]:
    """The newest records, newest first."""
    summaries = await attendant.archive.summaries()
    return {"records": [figures(each) for each in reversed(summaries[-NEWEST:])]}

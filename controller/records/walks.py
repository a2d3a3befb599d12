"""A patient's visits with what their records tell, and what the rules proposed after each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from controller.programs.rules import Sheet
from controller.records.archive import Archive
from controller.records.archive.summary import Summary
from controller.records.course import course
from controller.records.notes import Patient, SessionNotes
from controller.records.progress import HEAD_LINES, planned, steps
from controller.records.report.patient import Proposed, Sums, Walk
from controller.records.values import RecordError

KEPT = 256
"""Records whose incline is remembered: an ended one does not change."""


class Kept(NamedTuple):
    """What the archive has of one patient: visits, and figures of their records, oldest first."""

    patient: Patient | None
    visits: tuple[SessionNotes, ...]
    made: tuple[Summary, ...]


async def kept_of(archive: Archive, pseudonym: str) -> Kept:
    """Raises: `ArchiveError`."""
    visits = await archive.visits(pseudonym)
    made = await archive.summaries([record for each in visits for record in each.records])
    return Kept(await archive.patient(pseudonym), visits, made)


def walks(
    visits: Iterable[SessionNotes], summaries: Iterable[Summary], sessions: Path
) -> list[Walk]:
    """What came of each visit; `sessions` is the folder of the records."""
    known = {made.session: made for made in summaries}
    found = (_walk(visit, known) for visit in visits)
    return [_with_record(walk, sessions) for walk in found if walk is not None]


def sheet_of(
    patient: Patient | None, walked: Sequence[Walk], sheets: Mapping[str, Sheet]
) -> Sheet | None:
    """The program that the patient follows: as described, or the one walked last."""
    if patient is not None and patient.program:
        return sheets.get(patient.program)
    last = max(walked, key=lambda walk: walk.began_at, default=None)
    return None if last is None else sheets.get(last.notes.program)


def proposals(sheet: Sheet, walked: Sequence[Walk]) -> list[Proposed]:
    """What the rules of a program said after each of its visits."""
    numbers = [
        number
        for number, walk in enumerate(sorted(walked, key=lambda walk: walk.began_at), 1)
        if walk.notes.program == sheet.program.id
    ]
    return [
        Proposed(
            number,
            step.light.name.lower(),
            step.proposal.act.value,
            step.proposal.changes,
            (*step.reasons, *(r for r in step.proposal.reasons if r not in step.reasons)),
            step.proposal.rule,
            step.proposal.source,
        )
        for number, step in zip(numbers, steps(sheet, walked), strict=True)
    ]


def _with_record(walk: Walk, sessions: Path) -> Walk:
    """The walk with what only its last record tells: what was planned, and how steep it was."""
    if not walk.notes.records:
        return walk
    file = sessions / f"{walk.notes.records[-1]}.jsonl"
    try:
        with file.open("rb") as lines:
            plan = planned(b"".join(islice(lines, HEAD_LINES)))
        walk = replace(walk, planned=plan)
        if walk.figures is None or not plan or not any(phase.incline_pct for phase in plan.phases):
            return walk
        steepest_pct = _steepest_pct(file, file.stat().st_size)
    except (OSError, RecordError):
        return walk
    return replace(walk, figures=replace(walk.figures, peak_incline_pct=steepest_pct))


@lru_cache(KEPT)
def _steepest_pct(file: Path, _size: int) -> float:
    """Raises: `OSError`, `RecordError`."""
    return course(file.read_bytes()).figures.peak_incline_pct or 0.0


def _walk(visit: SessionNotes, known: Mapping[str, Summary]) -> Walk | None:
    """None for a visit without a moment: nothing came of it."""
    made = [known[record] for record in visit.records if record in known]
    began = min((each.began_at for each in made if each.began_at), default=None)
    at = datetime.fromisoformat(began) if began else visit.opened_at
    if at is None:
        return None
    return Walk(at.timestamp(), visit, _sums(made), all(each.whole for each in made))


def _sums(made: Iterable[Summary]) -> Sums | None:
    told = [each for each in made if each.walked_s is not None]
    if not told:
        return None
    return Sums(
        walked_s=sum(each.walked_s or 0.0 for each in told),
        distance_m=sum(each.distance_m or 0.0 for each in told),
        peak_mps=max(each.peak_mps or 0.0 for each in told),
        releases=sum(each.releases or 0 for each in told),
        completed=not told[-1].cause,
    )

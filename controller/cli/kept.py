"""What an archive has of a session or a patient, for reports and exports."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from controller.cli.archive import asked, is_there
from controller.cli.failure import Failure
from controller.programs.rules import Sheet
from controller.records.archive import Archive, Where
from controller.records.archive.summary import Summary
from controller.records.course import course
from controller.records.notes import Patient, SessionNotes
from controller.records.progress import planned, steps
from controller.records.report.patient import Proposed, Sums, Walk
from controller.records.values import RecordError


def notes_of(place: Where, session: str) -> SessionNotes | None:
    """None where there is no archive, or it knows nothing of the session. Raises: `Failure`."""
    if not is_there(place):
        return None
    return asked(place, lambda archive: archive.notes_of(session))


def course_of(place: Where, pseudonym: str) -> tuple[Patient, Sequence[Walk]]:
    """A patient, and what came of each visit. Raises: `Failure`, for one who is not known too."""
    if not is_there(place):
        raise Failure(f"There is no archive in {place.folder}, and so no patient.")
    patient, walks = asked(place, lambda archive: _course(archive, pseudonym))
    return patient, [with_record(walk, place.folder / "sessions") for walk in walks]


async def _course(archive: Archive, pseudonym: str) -> tuple[Patient, Sequence[Walk]]:
    await archive.take_in()
    patient = await archive.patient(pseudonym)
    if patient is None:
        raise Failure("There is no such patient in the archive. See retrotread patients.")
    visits = await archive.visits(pseudonym)
    wanted = [record for visit in visits for record in visit.records]
    known = {made.session: made for made in await archive.summaries(wanted)}
    return patient, [walk for visit in visits if (walk := _walk(visit, known))]


def proposals(sheet: Sheet, walks: Sequence[Walk]) -> list[Proposed]:
    """What the rules of a program said after each of its visits."""
    numbers = [
        number
        for number, walk in enumerate(sorted(walks, key=lambda walk: walk.began_at), 1)
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
        for number, step in zip(numbers, steps(sheet, walks), strict=True)
    ]


def with_record(walk: Walk, sessions: Path) -> Walk:
    """The walk with what only its last record tells: what was planned, and how steep it was."""
    try:
        octets = (sessions / f"{walk.notes.records[-1]}.jsonl").read_bytes()
    except (OSError, IndexError):
        return walk
    plan = planned(octets)
    walk = replace(walk, planned=plan)
    if walk.figures is None or not plan or not any(phase.incline_pct for phase in plan.phases):
        return walk
    try:
        steepest_pct = course(octets).figures.peak_incline_pct or 0.0
    except RecordError:
        return walk
    return replace(walk, figures=replace(walk.figures, peak_incline_pct=steepest_pct))


def _walk(visit: SessionNotes, known: dict[str, Summary]) -> Walk | None:
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

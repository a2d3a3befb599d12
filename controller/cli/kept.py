"""What the archive in a data folder has of a session or a patient, for reports and exports."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from controller.cli.failure import Failure
from controller.records.archive import Archive, ArchiveError, Where
from controller.records.archive.summary import Summary
from controller.records.notes import Patient, SessionNotes
from controller.records.report.patient import Proposal, Sums, Walk


async def notes_of(data: Path, session: str) -> SessionNotes | None:
    """None where there is no archive, or it knows nothing of the session. Raises: `Failure`."""
    if not Where(data).file.is_file():
        return None
    try:
        async with Archive(Where(data), data / "sessions") as archive:
            return await archive.notes_of(session)
    except ArchiveError as error:
        raise Failure(str(error)) from error


async def course_of(
    data: Path, pseudonym: str
) -> tuple[Patient, Sequence[Walk], Sequence[Proposal]]:
    """Raises: `Failure`, for a patient who is not known too."""
    if not Where(data).file.is_file():
        raise Failure(f"There is no archive in {data}, and so no patient.")
    try:
        async with Archive(Where(data), data / "sessions") as archive:
            await archive.take_in()
            patient = await archive.patient(pseudonym)
            if patient is None:
                raise Failure("There is no such patient in the archive.")
            visits = await archive.visits(pseudonym)
            wanted = [record for visit in visits for record in visit.records]
            known = {made.session: made for made in await archive.summaries(wanted)}
    except ArchiveError as error:
        raise Failure(str(error)) from error
    return patient, [walk for visit in visits if (walk := _walk(visit, known))], ()


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
    )

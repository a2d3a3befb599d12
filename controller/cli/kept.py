"""What an archive has of a session or a patient, for reports and exports."""

from collections.abc import Sequence

from controller.cli.archive import asked, is_there
from controller.cli.failure import Failure
from controller.records.archive import Archive, Where
from controller.records.archive.summary import Summary
from controller.records.notes import Patient, SessionNotes
from controller.records.report.patient import Walk
from controller.records.walks import walks


def notes_of(place: Where, session: str) -> SessionNotes | None:
    """None where there is no archive, or it knows nothing of the session. Raises: `Failure`."""
    if not is_there(place):
        return None
    return asked(place, lambda archive: archive.notes_of(session))


def course_of(place: Where, pseudonym: str) -> tuple[Patient, Sequence[Walk]]:
    """A patient, and what came of each visit. Raises: `Failure`, for one who is not known too."""
    if not is_there(place):
        raise Failure(f"There is no archive in {place.folder}, and so no patient.")
    patient, visits, made = asked(place, lambda archive: _course(archive, pseudonym))
    return patient, walks(visits, made, place.folder / "sessions")


async def _course(
    archive: Archive, pseudonym: str
) -> tuple[Patient, Sequence[SessionNotes], Sequence[Summary]]:
    await archive.take_in()
    patient = await archive.patient(pseudonym)
    if patient is None:
        raise Failure("There is no such patient in the archive. See retrotread patients.")
    visits = await archive.visits(pseudonym)
    wanted = [record for visit in visits for record in visit.records]
    return patient, visits, await archive.summaries(wanted)

"""What an archive has of a session or a patient, for reports and exports."""

from collections.abc import Sequence

from controller.cli.archive import asked, is_there
from controller.cli.failure import Failure
from controller.records.archive import Archive, Where
from controller.records.notes import Patient, SessionNotes
from controller.records.report.patient import Walk
from controller.records.walks import Kept, kept_of, walks


def notes_of(place: Where, session: str) -> SessionNotes | None:
    """None where there is no archive, or it knows nothing of the session. Raises: `Failure`."""
    if not is_there(place):
        return None
    return asked(place, lambda archive: archive.notes_of(session))


def course_of(place: Where, pseudonym: str) -> tuple[Patient, Sequence[Walk]]:
    """A patient, and what came of each visit. Raises: `Failure`, for one who is not known too."""
    if not is_there(place):
        raise Failure(f"There is no archive in {place.folder}, and so no patient.")
    kept = asked(place, lambda archive: _kept(archive, pseudonym))
    if kept.patient is None:
        raise Failure("There is no such patient in the archive. See retrotread patients.")
    return kept.patient, walks(kept.visits, kept.made, place.folder / "sessions")


async def _kept(archive: Archive, pseudonym: str) -> Kept:
    await archive.take_in()
    return await kept_of(archive, pseudonym)

"""`retrotread report` and `export`: a session, or a patient's course, for people and programs."""

import json
from pathlib import Path

from controller.cli.failure import Failure
from controller.cli.kept import course_of, notes_of
from controller.cli.records import record_file, record_octets
from controller.programs.library import Sheets, built_in
from controller.records import pages
from controller.records.archive import Where
from controller.records.course import Course, course, with_notes
from controller.records.notes import SessionNotes
from controller.records.values import RecordError


def report(
    named: str,
    patient: str,
    place: Where,
    own: Sheets,
    out: str,
    *,
    pdf: bool,
    as_json: bool,
) -> None:
    """Of a session by its id or its record's file, or of a patient; `own` are the clinic's own
    programs. Raises: `Failure`."""
    if bool(named) == bool(patient):
        raise Failure("Name a session, or a patient with --patient. See retrotread sessions.")
    html, stem = _patient(patient, place, own) if patient else _session(named, place, own)
    ending = ".pdf" if pdf else ".html"
    file = Path(out) if out else place.folder / "reports" / f"{stem}{ending}"
    _write(file, _pdf(html) if pdf else html.encode())
    print(json.dumps({"report": str(file)}) if as_json else file)


def session_report(record: Path, file: Path) -> None:
    """The report of a record, written to `file`; without notes. Raises: `Failure`."""
    _write(file, _page(_course(record), None, {}).encode())


def export(
    named: str, formats: str, place: Where, out: str, *, with_patient: bool, as_json: bool
) -> None:
    """Raises: `Failure`."""
    from controller.records.export import ExportError, chosen
    from controller.records.export import export as write

    try:
        names = chosen(formats)
    except ExportError as error:
        raise Failure(str(error)) from error
    read = _course(record_file(named, str(place.folder)))
    notes = notes_of(place, read.session)
    if with_patient and notes is None:
        raise Failure(
            f"No notes belong to session {read.session}, so its patient is not known. "
            "Leave --with-patient out."
        )
    told = with_notes(read, notes)
    try:
        files = write(told, notes, names, Path(out or "."), with_patient=with_patient)
    except OSError as error:
        raise Failure(f"{out or '.'} cannot be written: {error.strerror}.") from error
    if as_json:
        print(json.dumps({"session": read.session, "files": [str(file) for file in files]}))
        return
    for file in files:
        print(file)


def _session(named: str, place: Where, own: Sheets) -> tuple[str, str]:
    read = _course(record_file(named, str(place.folder)))
    notes = notes_of(place, read.session)
    return _page(read, notes, own), read.session


def _page(read: Course, notes: SessionNotes | None, own: Sheets) -> str:
    return pages.of_session(read, notes, built_in() | own)


def _patient(pseudonym: str, place: Where, own: Sheets) -> tuple[str, str]:
    """The page, and a name for its file that tells nothing of the patient: it begins with a session
    of theirs, so that it goes when that one is forgotten."""
    patient, walks = course_of(place, pseudonym)
    last = max(walks, key=lambda walk: walk.began_at).notes if walks else None
    stem = f"{last.session or last.visit}.course" if last else "course"
    return pages.of_patient(patient, walks, built_in() | own), stem


def _course(file: Path) -> Course:
    try:
        return course(record_octets(file))
    except RecordError as error:
        raise Failure(f"{file} cannot be reported of. {error}") from error


def _pdf(html: str) -> bytes:
    from controller.records.report.pdf import PdfError, pdf

    try:
        return pdf(html)
    except PdfError as error:
        raise Failure(str(error)) from error


def _write(file: Path, octets: bytes) -> None:
    """Whole, or not at all."""
    unfinished = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(octets)
        unfinished.replace(file)
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}.") from error

"""The pages of a session and of a patient, as desk and command line both write them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from controller.programs.rules import Sheet
from controller.records.course import Course, with_notes
from controller.records.notes import Patient, SessionNotes
from controller.records.report.patient import Walk, patient_page
from controller.records.report.session import session_page
from controller.records.walks import proposals, sheet_of


def of_session(read: Course, notes: SessionNotes | None, sheets: Mapping[str, Sheet]) -> str:
    """`sheets` are the programs that may be named, by id."""
    sheet = sheets.get(read.program)
    title = sheet.program.title if sheet else ""
    return session_page(with_notes(read, notes), notes, title=title, at=_now())


def of_patient(patient: Patient, walked: Sequence[Walk], sheets: Mapping[str, Sheet]) -> str:
    """With what the rules of the program that is followed proposed after each visit."""
    sheet = sheet_of(patient, walked, sheets)
    return patient_page(patient, walked, proposals(sheet, walked) if sheet else [], at=_now())


def _now() -> str:
    return datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M %Z")

"""A session for other programs: CSV, JSON, FIT and FHIR.

No export tells whose session it is, unless it is asked to; no file's name ever does.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from controller.records.course import Course
from controller.records.notes import SessionNotes

Writer = Callable[[Course, SessionNotes | None, bool], bytes]
"""From a course, its notes, and whether the patient is to be told, to a file's octets."""
FORMATS = ("csv", "fit", "fhir", "json")


class ExportError(ValueError):
    """An export that cannot be; one plain sentence."""


def chosen(text: str) -> tuple[str, ...]:
    """The formats in a text such as `csv,fit`. Raises: `ExportError`."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in FORMATS:
            raise ExportError(f"There is no format {name}. There are: {', '.join(FORMATS)}.")
    if not names:
        raise ExportError(f"Name at least one format of: {', '.join(FORMATS)}.")
    return names


def export(
    course: Course,
    notes: SessionNotes | None,
    formats: Iterable[str],
    folder: Path,
    *,
    with_patient: bool = False,
) -> list[Path]:
    """Write the files into `folder`, which is made if need be, and say which they are.

    A file of the same name is replaced as a whole. Raises: `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", course.session).lstrip(".") or "session"
    written = []
    for name in formats:
        for ending, write in writers(name).items():
            file = folder / f"{stem}{ending}"
            unfinished = file.with_name(f".{file.name}.part")
            unfinished.write_bytes(write(course, notes, with_patient))
            unfinished.replace(file)
            written.append(file)
    return written


def writers(name: str) -> dict[str, Writer]:
    """What is written for a format: the ending of each file, and what fills it. The libraries are
    loaded here, by those who export."""
    from controller.records.export import fhir, fit, table, whole  # noqa: PLC0415

    made: dict[str, dict[str, Writer]] = {
        "csv": {".csv": table.samples, "-events.csv": table.events},
        "fit": {".fit": fit.activity},
        "fhir": {".fhir.json": fhir.bundle},
        "json": {".json": whole.document},
    }
    return made[name]

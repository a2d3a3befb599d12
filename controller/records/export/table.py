"""CSV: one row per turn, and one per event. Decimal points, commas, a head row with units."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

from controller.records.course import Course, Sample
from controller.records.notes import SessionNotes

PLACES = {
    "at_s": 3,
    "belt_mps": 5,
    "set_point_mps": 5,
    "cap_mps": 5,
    "distance_m": 4,
    "walked_s": 3,
}


def samples(course: Course, _notes: SessionNotes | None, _with_patient: bool) -> bytes:
    """Columns are the fields of `Sample`, as in docs/exports.md; an empty cell is not known."""
    rows = ([_cell(name, value) for name, value in zip(Sample._fields, sample, strict=True)]
            for sample in course.samples)  # fmt: skip
    return _text([Sample._fields, *rows])


def events(course: Course, _notes: SessionNotes | None, _with_patient: bool) -> bytes:
    head = ("at_s", "utc", "kind", "sentence")
    rows = [
        (f"{e.at_s:.3f}", instant(course.began_at + e.at_s), e.kind, e.sentence)
        for e in course.events
    ]
    return _text([head, *rows])


def instant(unix_s: float) -> str:
    """As in `2026-11-26T08:00:00.123Z`."""
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:.{PLACES[name]}f}" if name in PLACES else str(value)


def _text(rows: Any) -> bytes:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(rows)
    return made.getvalue().encode()

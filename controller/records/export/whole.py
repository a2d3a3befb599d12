"""JSON: everything, as columns; what a program needs that knows nothing of Retrotread."""

import json
from dataclasses import asdict
from typing import Any

from controller.records.course import Course, Sample
from controller.records.export.table import PLACES, instant
from controller.records.notes import SessionNotes

FORMAT = {"format": "retrotread-course", "format_version": 1}
PERSONS = {"patient", "supervisor", "remark", "adverse_event"}
"""What names people, or may do so as free text."""


def document(course: Course, notes: SessionNotes | None, with_patient: bool) -> bytes:
    """One object; keys as in docs/exports.md."""
    told = {
        **FORMAT,
        "session": course.session,
        "software_version": course.version,
        "began": instant(course.began_at),
        "program": course.program,
        "orientation": course.orientation,
        "machine": asdict(course.machine),
        "limits": asdict(course.limits),
        "figures": _rounded(asdict(course.figures)),
        "stops": [_rounded(asdict(stop)) for stop in course.stops],
        "events": [_rounded(event._asdict()) for event in course.events],
        "columns": {name: _column(course, name) for name in Sample._fields},
        "record": {
            "whole": course.whole,
            "complete": not course.findings,
            "lines": course.records,
            "last_sha256": course.last_hash,
            "findings": [asdict(found) for found in course.findings],
        },
        "notes": told_of(notes, with_patient=with_patient),
    }
    return json.dumps(told, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def told_of(notes: SessionNotes | None, *, with_patient: bool) -> dict[str, Any] | None:
    """The notes; without the patient, also without all that may name somebody."""
    if notes is None:
        return None
    if with_patient:
        return notes.model_dump(mode="json")
    told: dict[str, Any] = notes.model_dump(mode="json", exclude=PERSONS)
    if told.get("consent"):
        told["consent"].pop("explained_by", None)
    return told


def _rounded(plain: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(each, 5) if isinstance(each, float) else each for name, each in plain.items()
    }


def _column(course: Course, name: str) -> list[Any]:
    values = [getattr(sample, name) for sample in course.samples]
    if name not in PLACES:
        return values
    return [None if value is None else round(value, PLACES[name]) for value in values]

"""What people said while the belt ran, put among the events of the course."""

from dataclasses import replace

from controller.records.course.course import Course
from controller.records.course.events import Event
from controller.records.notes import Measured, SessionNotes

SAME_S = 5.0


def with_notes(course: Course, notes: SessionNotes | None) -> Course:
    """The course with each report of pain or effort that was noted between its begin and its end.

    People note by the wall clock, and so this is as exact as that clock was. What the record
    itself has of the same moment is not told twice.
    """
    recorded = [event.at_s for event in course.events if event.kind == "pain"]
    noted = [event for m in notes.measured if (event := _event(course, m))] if notes else []
    new = [e for e in noted if not any(abs(e.at_s - at_s) <= SAME_S for at_s in recorded)]
    events = sorted((*course.events, *new), key=lambda event: event.at_s)
    return replace(course, events=tuple(events))


def _event(course: Course, measured: Measured) -> Event | None:
    at_s = measured.at.timestamp() - course.began_at
    if not 0 <= at_s <= course.figures.duration_s:
        return None
    parts = []
    if measured.pain_nprs is not None:
        parts.append(f"pain {measured.pain_nprs} of 10")
    if measured.effort is not None:
        parts.append(f"effort {measured.effort.rating}")
    return Event(at_s, "pain", ", ".join(parts).capitalize() + ".") if parts else None

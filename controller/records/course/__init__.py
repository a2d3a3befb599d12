"""A session's course, read once from its record: what happened when, and what it comes to."""

from controller.records.course.course import Course, course
from controller.records.course.events import Event
from controller.records.course.figures import Figures
from controller.records.course.said import with_notes
from controller.records.course.samples import Sample
from controller.records.course.stops import Stop

__all__ = ["Course", "Event", "Figures", "Sample", "Stop", "course", "with_notes"]

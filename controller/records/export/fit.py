"""FIT: a walk on a treadmill, one record per second, for sports and research software.

FIT has no sign for speed, no hands and none of our events: these are developer fields. `speed` is
the magnitude, `velocity` the walker's own: below zero, for it is backward.
"""

import functools
import uuid
from collections.abc import Iterator
from typing import Any

from fit_tool.base_type import BaseType
from fit_tool.developer_field import DeveloperField
from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile.messages.activity_message import ActivityMessage
from fit_tool.profile.messages.developer_data_id_message import DeveloperDataIdMessage
from fit_tool.profile.messages.event_message import EventMessage
from fit_tool.profile.messages.field_description_message import FieldDescriptionMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.lap_message import LapMessage
from fit_tool.profile.messages.record_message import RecordMessage
from fit_tool.profile.messages.session_message import SessionMessage
from fit_tool.profile.profile_type import (
    Activity,
    Event,
    EventType,
    FileType,
    Manufacturer,
    Sport,
    SubSport,
)

from controller.records.course import Course, Sample
from controller.records.notes import SessionNotes

APPLICATION = uuid.uuid5(uuid.NAMESPACE_URL, "urn:retrotread:fit").bytes
"""The same in every file: readers know our developer fields by it."""
TEXT_OCTETS = 16
RECORD, EVENT = RecordMessage.ID, EventMessage.ID
FIELDS: dict[str, tuple[int, BaseType, int, str, int]] = {
    "velocity": (0, BaseType.FLOAT32, 4, "m/s", RECORD),
    "set_point": (1, BaseType.FLOAT32, 4, "m/s", RECORD),
    "hands": (2, BaseType.UINT8, 1, "bit 0 left, 1 right", RECORD),
    "event_kind": (3, BaseType.STRING, TEXT_OCTETS, "text", EVENT),
    "event_at": (4, BaseType.FLOAT32, 4, "s", EVENT),
}
"""Our developer fields: number, type, octets, unit, and the message that has it."""
KINDS = (
    FileIdMessage, DeveloperDataIdMessage, FieldDescriptionMessage, EventMessage, RecordMessage,
    LapMessage, SessionMessage, ActivityMessage,
)  # fmt: skip


def activity(course: Course, _notes: SessionNotes | None, _with_patient: bool) -> bytes:
    """The whole file. A FIT activity has no place for a patient, and is given none."""
    builder = FitFileBuilder(auto_define=True)
    for message in _messages(course):
        builder.add(message)
    return bytes(builder.build().to_bytes())


def _messages(course: Course) -> Iterator[Any]:
    began_ms = round(course.began_at) * 1000
    ends_ms = began_ms + round(course.figures.duration_s) * 1000
    yield _made(
        FileIdMessage, type=FileType.ACTIVITY, manufacturer=Manufacturer.DEVELOPMENT.value,
        product=0, time_created=began_ms,
    )  # fmt: skip
    yield _made(DeveloperDataIdMessage, application_id=APPLICATION, developer_data_index=0)
    yield from map(_described, FIELDS)
    yield _timer(EventType.START, began_ms)
    yield from _course(course, began_ms)
    yield _timer(EventType.STOP_ALL, ends_ms)
    yield from _sums(course, began_ms, ends_ms)


def _course(course: Course, began_ms: int) -> Iterator[Any]:
    """Records and events in the order of their time."""
    events = list(course.events)
    for second, sample in _each_second(course.samples):
        while events and events[0].at_s < second:
            event = events.pop(0)
            yield _event(event.kind, event.at_s, began_ms)
        yield _record(sample, began_ms + 1000 * second)
    for event in events:
        yield _event(event.kind, event.at_s, began_ms)


def _each_second(samples: tuple[Sample, ...]) -> Iterator[tuple[int, Sample]]:
    """The newest turn at each whole second from the first to the last one; none is invented in a
    gap of the record."""
    second = 0
    for sample, after in zip(samples, (*samples[1:], None), strict=True):
        while after is not None and sample.at_s <= second < after.at_s:
            if after.at_s - sample.at_s <= 1.0 or second == round(sample.at_s):
                yield second, sample
            second += 1
    if samples:
        yield max(second, round(samples[-1].at_s)), samples[-1]


def _record(sample: Sample, at_ms: int) -> Any:
    speed_mps = sample.belt_mps or 0.0
    developer = [
        _developer("velocity", -speed_mps),
        _developer("set_point", sample.set_point_mps),
        _developer("hands", sample.left | sample.right << 1),
    ]
    return _made(
        RecordMessage, developer, timestamp=at_ms, distance=round(sample.distance_m, 2),
        speed=round(speed_mps, 3), grade=sample.incline_pct, heart_rate=sample.heart_rate_bpm,
    )  # fmt: skip


def _event(kind: str, at_s: float, began_ms: int) -> Any:
    developer = [_developer("event_kind", kind[: TEXT_OCTETS - 1]), _developer("event_at", at_s)]
    at_ms = began_ms + int(at_s) * 1000
    return _made(
        EventMessage, developer, timestamp=at_ms, event=Event.USER_MARKER,
        event_type=EventType.MARKER,
    )  # fmt: skip


def _timer(kind: EventType, at_ms: int) -> Any:
    """In a local message of its own: it has none of our fields."""
    message = _made(EventMessage, timestamp=at_ms, event=Event.TIMER, event_type=kind)
    message.local_id = len(KINDS)
    return message


def _sums(course: Course, began_ms: int, ends_ms: int) -> Iterator[Any]:
    """Lap, session and activity. Timer time is the time in which the belt moved."""
    figures = course.figures
    sums = {
        "timestamp": ends_ms,
        "start_time": began_ms,
        "total_elapsed_time": round(figures.duration_s, 3),
        "total_timer_time": round(figures.walked_s, 3),
        "total_distance": round(figures.distance_m, 2),
        "avg_speed": None if figures.mean_mps is None else round(figures.mean_mps, 3),
        "max_speed": round(figures.peak_mps, 3),
        "avg_heart_rate": None if figures.mean_bpm is None else round(figures.mean_bpm),
        "max_heart_rate": figures.peak_bpm,
        "sport": Sport.WALKING,
        "sub_sport": SubSport.TREADMILL,
        "event_type": EventType.STOP,
    }
    yield _made(LapMessage, event=Event.LAP, message_index=0, **sums)
    yield _made(SessionMessage, event=Event.SESSION, message_index=0, num_laps=1, **sums)
    yield _made(
        ActivityMessage, timestamp=ends_ms, total_timer_time=sums["total_timer_time"],
        num_sessions=1, type=Activity.MANUAL, event=Event.ACTIVITY, event_type=EventType.STOP,
    )  # fmt: skip


def _described(name: str) -> Any:
    number, base, _, units, message = FIELDS[name]
    return _made(
        FieldDescriptionMessage, developer_data_index=0, field_definition_number=number,
        fit_base_type_id=base.value, field_name=name, units=units, native_mesg_num=message,
    )  # fmt: skip


def _developer(name: str, value: Any) -> DeveloperField:
    number, base, octets, units, _ = FIELDS[name]
    field = DeveloperField(
        developer_data_index=0, field_id=number, name=name, base_type=base, size=octets, units=units
    )
    field.set_value(0, value)
    return field


def _made(kind: Any, developer: list[DeveloperField] | None = None, **values: Any) -> Any:
    """A message with these values, without those that are None. Each kind has its own local
    number, so that it is defined once."""
    message = kind(developer_fields=developer or [], local_id=_local(kind))
    for name, value in values.items():
        if value is not None:
            setattr(message, name, value)
    return message


@functools.cache
def _local(kind: Any) -> int:
    return KINDS.index(kind)

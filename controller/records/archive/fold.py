"""From events to what they amount to: pure folds. A correction stands in the place of what it
corrects; of several answers to one question the newest stands."""

from collections.abc import Callable, Iterable
from typing import Any

from controller.records.archive.bodies import (
    AdverseEvent,
    Armed,
    Checks,
    Closed,
    Event,
    Helped,
    Opened,
    Remark,
    Symptom,
    Withdrawn,
)
from controller.records.notes import Consent, Measured, Moment, Patient, Screening, SessionNotes

Facts = dict[str, Any]


def standing(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events without what was corrected, each correction in the place of the first."""
    held: dict[int, Event] = {}
    place: dict[int, int] = {}
    for event in events:
        first = event.id if event.corrects is None else place.get(event.corrects, event.corrects)
        place[event.id] = first
        held[first] = event
    return tuple(event for event in held.values() if not isinstance(event.body, Withdrawn))


def patient(events: Iterable[Event]) -> Patient | None:
    """The patient as last described."""
    described = [event.body for event in standing(events) if isinstance(event.body, Patient)]
    return described[-1] if described else None


def notes(events: Iterable[Event], record: str | None = None) -> SessionNotes | None:
    """All that was said of one visit, with `record` (the last one, if none is named) as its
    session; None without a beginning."""
    facts: Facts = {}
    for event in standing(events):
        fold = _FOLDS.get(type(event.body))
        if fold is not None:
            fold(facts, event.body, event)
    if "patient" not in facts:
        return None
    records = tuple(dict.fromkeys(facts.pop("records", ())))
    session = record or (records[-1] if records else None)
    return SessionNotes(**facts, records=records, session=session)


def _opened(facts: Facts, body: Any, event: Event) -> None:
    fields = ("patient", "supervisor", "program", "program_version", "orientation")
    facts.update({name: getattr(body, name) for name in fields})
    facts.update(visit=event.visit, opened_at=event.at)


def _checks(facts: Facts, body: Any, _event: Event) -> None:
    facts.update(dict(body))


def _measured(facts: Facts, body: Any, _event: Event) -> None:
    """Reports while walking are many; of each other moment the newest stands."""
    earlier = facts.get("measured", ())
    if body.moment is not Moment.DURING:
        earlier = tuple(each for each in earlier if each.moment is not body.moment)
    facts["measured"] = (*earlier, body)


def _one(name: str, field: str = "") -> Callable[[Facts, Any, Event], None]:
    def fold(facts: Facts, body: Any, _event: Event) -> None:
        facts[name] = getattr(body, field) if field else body

    return fold


def _many(name: str, field: str) -> Callable[[Facts, Any, Event], None]:
    def fold(facts: Facts, body: Any, _event: Event) -> None:
        facts[name] = (*facts.get(name, ()), getattr(body, field))

    return fold


def _lines(field: str) -> Callable[[Facts, Any, Event], None]:
    def fold(facts: Facts, body: Any, _event: Event) -> None:
        facts[field] = "\n".join(filter(None, (facts.get(field), getattr(body, field))))

    return fold


def _closed(facts: Facts, _body: Any, _event: Event) -> None:
    facts["closed"] = True


_FOLDS: dict[type, Callable[[Facts, Any, Event], None]] = {
    Opened: _opened,
    Checks: _checks,
    Measured: _measured,
    Screening: _one("screening"),
    Consent: _one("consent"),
    Helped: _one("assistance", "assistance"),
    Symptom: _many("symptoms", "symptom"),
    Armed: _many("records", "record"),
    AdverseEvent: _lines("adverse_event"),
    Remark: _lines("remark"),
    Closed: _closed,
}

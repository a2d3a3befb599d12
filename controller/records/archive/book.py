"""What is read from the archive and added to it, inside a transaction that the caller has begun."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select

from controller.records.archive import fold
from controller.records.archive.bodies import KINDS, Armed, Body, Event, Opened, Withdrawn, kind_of
from controller.records.archive.errors import NO_PATIENT, ArchiveRefusal
from controller.records.archive.schema import events, forgotten, patients, records, visits
from controller.records.archive.summary import Summary, stamp
from controller.records.notes import Patient, SessionNotes

NO_VISIT = "There is no such visit in the archive. Choose the patient again."
NO_EVENT = "What should be corrected is not in this visit. Look at the visit again."
OTHER_KIND = "A correction must be of the same kind as what it corrects."
TAKEN = "This record belongs to another visit already."
GONE = "This record was forgotten. It cannot be used again."

MOST_EVENTS = 2**31 - 1
"""What fits the number of an event."""


class Entry(NamedTuple):
    """Something to be added: who says it, when, and what it corrects."""

    body: Body
    who: str
    at: datetime
    corrects: int | None = None


def add_patient(connection: Connection, entry: Entry) -> None:
    """A new patient, or a new description of one."""
    body = entry.body
    if not isinstance(body, Patient):
        raise TypeError("a patient is described by a Patient")
    if not has_patient(connection, body.pseudonym):
        connection.execute(insert(patients).values(pseudonym=body.pseudonym))
    _add(connection, entry, body.pseudonym, None)


def open_visit(connection: Connection, visit: str, entry: Entry) -> None:
    """Raises: `ArchiveRefusal` for a patient who is not there."""
    body = entry.body
    if not isinstance(body, Opened):
        raise TypeError("a visit is opened by an Opened")
    if not has_patient(connection, body.patient):
        raise ArchiveRefusal(NO_PATIENT)
    connection.execute(insert(visits).values(id=visit, patient=body.patient))
    _add(connection, entry, body.patient, visit)


def add(connection: Connection, visit: str, entry: Entry) -> Event:
    """The entry as it stands now. Raises: `ArchiveRefusal`."""
    patient = patient_of(connection, visit)
    if patient is None:
        raise ArchiveRefusal(NO_VISIT)
    if entry.corrects is None and isinstance(entry.body, Withdrawn):
        raise ArchiveRefusal(NO_EVENT)
    if entry.corrects is not None:
        _prove_correctable(connection, visit, entry)
    if isinstance(entry.body, Armed):
        _prove_free(connection, visit, entry.body.record)
    return _add(connection, entry, patient, visit)


def has_patient(connection: Connection, pseudonym: str) -> bool:
    if not pseudonym.isprintable():
        return False
    found = select(patients.c.pseudonym).where(patients.c.pseudonym == pseudonym)
    return connection.execute(found).first() is not None


def patient_of(connection: Connection, visit: str) -> str | None:
    if not visit.isprintable():
        return None
    found = select(visits.c.patient).where(visits.c.id == visit)
    patient: str | None = connection.execute(found).scalar()
    return patient


def visit_of(connection: Connection, record: str) -> str | None:
    """The visit that a record of control's was made in, as it stands after corrections."""
    if not record.isprintable():
        return None
    named = select(events.c.visit).where(events.c.record == record).distinct()
    for visit in connection.execute(named).scalars().all():
        found = notes(connection, visit) if visit else None
        if found is not None and record in found.records:
            return str(visit)
    return None


def history(connection: Connection, visit: str) -> tuple[Event, ...]:
    """Everything that was ever entered for a visit, in its order; corrected things too."""
    if patient_of(connection, visit) is None:
        return ()
    return _read(connection, events.c.visit == visit)


def notes(connection: Connection, visit: str, record: str | None = None) -> SessionNotes | None:
    return fold.notes(history(connection, visit), record)


def notes_of(connection: Connection, record: str) -> SessionNotes | None:
    visit = visit_of(connection, record)
    return None if visit is None else notes(connection, visit, record)


def patient(connection: Connection, pseudonym: str) -> Patient | None:
    if not has_patient(connection, pseudonym):
        return None
    about = (events.c.patient == pseudonym) & events.c.visit.is_(None)
    return fold.patient(_read(connection, about))


def all_patients(connection: Connection) -> tuple[Patient, ...]:
    described = _read(connection, events.c.visit.is_(None))
    by_name: dict[str, list[Event]] = {}
    for event in described:
        by_name.setdefault(event.patient, []).append(event)
    found = (fold.patient(by_name[name]) for name in sorted(by_name))
    return tuple(each for each in found if each is not None)


def visits_of(connection: Connection, pseudonym: str | None) -> tuple[SessionNotes, ...]:
    """The visits of one patient, or of all, oldest first."""
    which: ColumnElement[bool] = events.c.visit.is_not(None)
    if pseudonym is not None and not has_patient(connection, pseudonym):
        return ()
    if pseudonym is not None:
        which &= events.c.patient == pseudonym
    by_visit: dict[str | None, list[Event]] = {}
    for event in _read(connection, which):
        by_visit.setdefault(event.visit, []).append(event)
    found = (fold.notes(each) for each in by_visit.values())
    return tuple(each for each in found if each is not None)


def open_here(connection: Connection, place: str, since: datetime) -> str | None:
    """The newest visit at `place` that was opened since, if it is not closed yet."""
    which = (events.c.kind == "opened") & (events.c.at >= stamp(since))
    for event in reversed(_read(connection, which)):
        if isinstance(event.body, Opened) and event.body.place == place and event.visit:
            found = notes(connection, event.visit)
            return None if found is None or found.closed else event.visit
    return None


def summaries(connection: Connection, sessions: Iterable[str] | None) -> tuple[Summary, ...]:
    """Of these records, or of all, oldest first."""
    wanted = select(records).order_by(records.c.began_at, records.c.session)
    if sessions is not None:
        wanted = wanted.where(records.c.session.in_(list(sessions)))
    return tuple(Summary(**row._mapping) for row in connection.execute(wanted))


def put_summary(connection: Connection, made: Summary) -> bool:
    """Take a record's figures in, over older ones of the same; False for one that was forgotten."""
    if is_forgotten(connection, made.session):
        return False
    connection.execute(delete(records).where(records.c.session == made.session))
    connection.execute(insert(records).values(**asdict(made)))
    return True


def is_forgotten(connection: Connection, key: str) -> bool:
    found = select(forgotten.c.id).where(forgotten.c.id == key)
    return connection.execute(found).first() is not None


def _add(connection: Connection, entry: Entry, patient: str, visit: str | None) -> Event:
    facts: dict[str, Any] = {
        "at": stamp(entry.at),
        "who": entry.who,
        "kind": kind_of(entry.body),
        "patient": patient,
        "visit": visit,
        "corrects": entry.corrects,
    }
    record = entry.body.record if isinstance(entry.body, Armed) else None
    body = entry.body.model_dump_json(exclude_none=True)
    added = insert(events).values(**facts, record=record, body=body).returning(events.c.id)
    number = connection.execute(added).scalar_one()
    return Event(id=number, body=entry.body, **facts)


def _prove_correctable(connection: Connection, visit: str, entry: Entry) -> None:
    number = entry.corrects or 0
    found = select(events.c.kind).where(events.c.id == number, events.c.visit == visit)
    kind = connection.execute(found).scalar() if 0 < number <= MOST_EVENTS else None
    if kind is None:
        raise ArchiveRefusal(NO_EVENT)
    if not isinstance(entry.body, Withdrawn) and kind not in (kind_of(entry.body), "withdrawn"):
        raise ArchiveRefusal(OTHER_KIND)


def _prove_free(connection: Connection, visit: str, record: str) -> None:
    if visit_of(connection, record) not in (None, visit):
        raise ArchiveRefusal(TAKEN)
    if is_forgotten(connection, record):
        raise ArchiveRefusal(GONE)


def _read(connection: Connection, which: ColumnElement[bool]) -> tuple[Event, ...]:
    rows: Sequence[Row[Any]] = connection.execute(
        select(events).where(which).order_by(events.c.id)
    ).all()
    return tuple(_event(row) for row in rows)


def _event(row: Row[Any]) -> Event:
    facts = dict(row._mapping)
    facts.pop("record")
    body = KINDS[facts["kind"]].model_validate(json.loads(facts.pop("body")))
    return Event(body=body, **facts)

"""Forgetting a patient, or a session: notes, figures and files, with a mark that has no identity.

First the database forgets, and with the same commit the random ids of what must not come back are
kept. Then the files go. Whatever dies between, or a file that comes back, is swept up later by
those ids; a record that was forgotten is never taken in again.
"""

import os
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from controller.records.archive import book
from controller.records.archive.errors import NO_PATIENT, ArchiveError, ArchiveRefusal
from controller.records.archive.imports import NAME, sync_folder
from controller.records.archive.schema import events, forgotten, patients, records, visits
from controller.records.archive.summary import stamp

NO_SESSION = "There is no such session, neither in the archive nor among the records."


@dataclass(frozen=True, slots=True)
class Gone:
    """What was forgotten: how many visits, and the ids of the records whose files must go."""

    visits: int
    records: tuple[str, ...]


def patient(connection: Connection, pseudonym: str, who: str, at: datetime) -> Gone:
    """Raises: `ArchiveRefusal` for one who is not there."""
    if not book.has_patient(connection, pseudonym):
        raise ArchiveRefusal(NO_PATIENT)
    own = connection.execute(select(visits.c.id).where(visits.c.patient == pseudonym)).scalars()
    ids = own.all()
    named = _forget_visits(connection, ids, events.c.patient == pseudonym)
    connection.execute(delete(patients).where(patients.c.pseudonym == pseudonym))
    _mark(connection, [uuid.uuid4().hex], "patient", who, at)
    _mark(connection, ids, "visit", who, at)
    _mark(connection, named, "record", who, at)
    return Gone(len(ids), named)


def session(connection: Connection, key: str, who: str, at: datetime, *, recorded: bool) -> Gone:
    """A visit by its id, or by that of a record made in it; or a record that belongs to none.

    `recorded`: control's folder has a file of this name. Raises: `ArchiveRefusal`.
    """
    if not NAME.fullmatch(key):
        raise ArchiveRefusal(NO_SESSION)
    visit = key if book.patient_of(connection, key) is not None else book.visit_of(connection, key)
    if visit is not None:
        named = _forget_visits(connection, [visit], events.c.visit == visit)
        _mark(connection, [visit], "visit", who, at)
        _mark(connection, named, "record", who, at)
        return Gone(1, named)
    gone = connection.execute(delete(records).where(records.c.session == key)).rowcount
    if not gone and not recorded:
        raise ArchiveRefusal(NO_SESSION)
    _mark(connection, [key], "record", who, at)
    return Gone(0, (key,))


def expired(connection: Connection, before: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What nothing was entered for since `before`: sessions (visits, and records that belong to
    none), and patients who have no other visit."""
    limit = stamp(before)
    last = select(events.c.visit).where(events.c.visit.is_not(None)).group_by(events.c.visit)
    old = connection.execute(last.having(func.max(events.c.at) < limit)).scalars().all()
    linked = select(events.c.record).where(events.c.record.is_not(None))
    loose = select(records.c.session).where(
        records.c.began_at < limit, records.c.session.not_in(linked)
    )
    still = select(visits.c.patient).where(visits.c.id.not_in(old))
    quiet = (
        select(events.c.patient)
        .where(events.c.patient.not_in(still))
        .group_by(events.c.patient)
        .having(func.max(events.c.at) < limit)
    )
    lone = connection.execute(loose).scalars().all()
    return (*old, *lone), tuple(connection.execute(quiet).scalars().all())


def marks(connection: Connection) -> tuple[str, ...]:
    """The records whose files must not be there."""
    wanted = select(forgotten.c.id).where(forgotten.c.what == "record")
    return tuple(connection.execute(wanted).scalars().all())


def remove_files(folders: Iterable[Path], sessions: Collection[str]) -> int:
    """Remove all files of these records, by name alone and without following anything; how many.

    Raises: `ArchiveError` if one cannot be removed.
    """
    return sum(_remove(folder, set(sessions)) for folder in folders if folder.is_dir())


def _remove(folder: Path, sessions: set[str]) -> int:
    removed = 0
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in os.listdir(descriptor):
            stem = name.partition(".")[0]
            if stem in sessions and NAME.fullmatch(stem):
                os.unlink(name, dir_fd=descriptor)
                removed += 1
        sync_folder(folder)
    except OSError as error:
        raise ArchiveError(
            f"The archive has forgotten it, but a file in {folder} cannot be removed: "
            f"{error.strerror}. It is removed at the next start at which that is possible."
        ) from None
    finally:
        os.close(descriptor)
    return removed


def _forget_visits(
    connection: Connection, ids: Collection[str], which: ColumnElement[bool]
) -> tuple[str, ...]:
    """The records that were made in them."""
    linked = select(events.c.record).where(which, events.c.record.is_not(None)).distinct()
    named = tuple(connection.execute(linked).scalars().all())
    connection.execute(delete(records).where(records.c.session.in_(named)))
    connection.execute(delete(events).where(which))
    connection.execute(delete(visits).where(visits.c.id.in_(ids)))
    return named


def _mark(connection: Connection, keys: Iterable[str], what: str, who: str, at: datetime) -> None:
    rows = [{"id": key, "what": what, "at": stamp(at), "who": who} for key in keys]
    fresh = [row for row in rows if not book.is_forgotten(connection, row["id"])]
    if fresh:
        connection.execute(insert(forgotten), fresh)

"""The archive as the desk has it: every call returns when the disk has it, or with one sentence."""

import contextlib
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

from sqlalchemy import Connection

from controller.records.archive import backup, book, forgetting, restore
from controller.records.archive.bodies import Body, Event, Opened
from controller.records.archive.book import Entry
from controller.records.archive.engines import Where
from controller.records.archive.errors import ArchiveRefusal
from controller.records.archive.forgetting import Gone
from controller.records.archive.imports import Imports, going_on, on_disk
from controller.records.archive.summary import Summary
from controller.records.archive.worker import Worker
from controller.records.notes import Patient, SessionNotes

ACCOUNT = 64
NO_ACCOUNT = f"Who says this must be named, in at most {ACCOUNT} letters."
GOES_ON = "This session goes on. Stop the belt, and forget it then."


def _now() -> datetime:
    return datetime.now(UTC)


class Archive:
    """Enter it once; every method may be called from one event loop. Raises: `ArchiveError`.

    `sessions` is the folder of control's records, which stay the truth: what the archive has of
    them is derived; reports that were made of them are in `reports` beside it. `who` is the
    account of the person who says something.
    """

    def __init__(self, where: Where, sessions: Path, now: Callable[[], datetime] = _now) -> None:
        self._worker = Worker(where)
        self._imports = Imports(self._worker, sessions)
        self._sessions = sessions
        self._folders = (sessions, sessions.with_name("reports"))
        self._now = now

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._worker.close()

    @property
    def trouble(self) -> str:
        """What is wrong with the archive now, as a sentence; "" if nothing is."""
        return self._worker.trouble

    async def put_patient(self, patient: Patient, who: str) -> None:
        """A new patient, or a new description of one: it is as a whole what stands from now on."""
        await self._worker.write(partial(book.add_patient, entry=self._entry(patient, who)))

    async def patient(self, pseudonym: str) -> Patient | None:
        return await self._worker.read(partial(book.patient, pseudonym=pseudonym))

    async def patients(self) -> tuple[Patient, ...]:
        """By pseudonym."""
        return await self._worker.read(book.all_patients)

    async def open_visit(self, opened: Opened, who: str) -> str:
        """A patient has come to walk: the visit's id."""
        visit, entry = uuid.uuid4().hex, self._entry(opened, who)
        await self._worker.write(partial(book.open_visit, visit=visit, entry=entry))
        return visit

    async def add(self, visit: str, body: Body, who: str, corrects: int | None = None) -> Event:
        """One more thing said of a visit; `corrects` is the id of the event that it replaces."""
        entry = self._entry(body, who, corrects)
        return await self._worker.write(partial(book.add, visit=visit, entry=entry))

    async def notes(self, visit: str) -> SessionNotes | None:
        """What stands of a visit."""
        return await self._worker.read(partial(book.notes, visit=visit))

    async def history(self, visit: str) -> tuple[Event, ...]:
        """Everything ever entered for a visit, in its order, what was corrected too."""
        return await self._worker.read(partial(book.history, visit=visit))

    async def notes_of(self, record: str) -> SessionNotes | None:
        """What stands of the visit in which a record of control's was made."""
        return await self._worker.read(partial(book.notes_of, record=record))

    async def visits(self, pseudonym: str | None = None) -> tuple[SessionNotes, ...]:
        """Those of one patient, or all, oldest first."""
        return await self._worker.read(partial(book.visits_of, pseudonym=pseudonym))

    async def open_here(self, place: str, since: datetime) -> str | None:
        """The newest visit that was opened at a desk since, if it is not closed yet: its id."""
        return await self._worker.read(partial(book.open_here, place=place, since=since))

    async def summaries(self, sessions: Iterable[str] | None = None) -> tuple[Summary, ...]:
        """Figures of these records, or of all that were taken in, oldest first."""
        return await self._worker.read(partial(book.summaries, sessions=sessions))

    async def take_in(self) -> tuple[str, ...]:
        """Take in what control's folder has that the archive has not; the records that were new."""
        return await self._imports.take_in()

    async def forget_patient(self, pseudonym: str, who: str) -> Gone:
        """The patient, every visit, and every record made in one, with their files."""
        await self._prove_ended(await self._records_of(pseudonym))
        return await self._forget(
            partial(forgetting.patient, pseudonym=pseudonym, who=who, at=self._now())
        )

    async def forget_session(self, key: str, who: str) -> Gone:
        """A visit, by its id or by a record made in it, with all its records; or a lone record."""
        notes = await self.notes(key) or await self.notes_of(key)
        await self._prove_ended((key,) if notes is None else notes.records)
        recorded = key in await self._worker.aside(partial(on_disk, self._sessions))
        return await self._forget(
            partial(forgetting.session, key=key, who=who, at=self._now(), recorded=recorded)
        )

    async def expire(self, keep_days: int, who: str = "retention") -> int:
        """Forget what nothing was entered for in so many days; how many sessions and patients."""
        before = self._now() - timedelta(days=keep_days)
        old, quiet = await self._worker.read(partial(forgetting.expired, before=before))
        forgets = [partial(self.forget_session, key, who) for key in old]
        forgets += [partial(self.forget_patient, pseudonym, who) for pseudonym in quiet]
        count = 0
        for forget in forgets:
            # What another desk has forgotten meanwhile, or what goes on, is no reason to stop.
            with contextlib.suppress(ArchiveRefusal):
                await forget()
                count += 1
        return count

    async def sweep(self) -> int:
        """Remove files of what was forgotten: some remained, or came back. How many."""
        marks = await self._worker.read(forgetting.marks)
        return await self._worker.aside(partial(forgetting.remove_files, self._folders, marks))

    async def backup(self, target: Path) -> dict[str, int]:
        """Everything into one new file; how many `rows` and `records` are in it."""
        writes = partial(backup.write, folder=self._sessions, target=target, at=self._now())
        return await self._worker.read(writes, limit_s=None)

    async def restore(self, source: Path) -> dict[str, int]:
        """Everything from a backup, into an empty place alone; how many `rows` and `records`."""
        writes = partial(restore.write, folder=self._sessions, source=source)
        return await self._worker.write(writes, limit_s=None)

    async def _forget(self, job: Callable[[Connection], Gone]) -> Gone:
        gone = await self._worker.write(job)
        await self._worker.scrub()
        await self._worker.aside(partial(forgetting.remove_files, self._folders, gone.records))
        return gone

    async def _records_of(self, pseudonym: str) -> tuple[str, ...]:
        return tuple(name for visit in await self.visits(pseudonym) for name in visit.records)

    async def _prove_ended(self, sessions: Iterable[str]) -> None:
        """Raises: `ArchiveRefusal` while control may be writing one of these records."""
        going = await self._worker.aside(partial(going_on, self._sessions))
        if not going.isdisjoint(sessions):
            raise ArchiveRefusal(GOES_ON)

    def _entry(self, body: Body, who: str, corrects: int | None = None) -> Entry:
        """Raises: `ArchiveRefusal` for an account whose name does not fit."""
        if not (who.isprintable() and 0 < len(who) <= ACCOUNT):
            raise ArchiveRefusal(NO_ACCOUNT)
        return Entry(body, who, self._now(), corrects)

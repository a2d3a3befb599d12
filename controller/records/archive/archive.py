"""The archive as the desk has it: every call returns when the disk has it, or with one sentence."""

import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self

from controller.records.archive import book
from controller.records.archive.bodies import Body, Event, Opened
from controller.records.archive.book import Entry
from controller.records.archive.engines import Where
from controller.records.archive.imports import Imports
from controller.records.archive.summary import Summary
from controller.records.archive.worker import Worker
from controller.records.notes import Patient, SessionNotes


def _now() -> datetime:
    return datetime.now(UTC)


class Archive:
    """Enter it once; every method may be called from one event loop. Raises: `ArchiveError`.

    `sessions` is the folder of control's records, which stay the truth: what the archive has of
    them is derived. `who` is the account of the person who says something.
    """

    def __init__(self, where: Where, sessions: Path, now: Callable[[], datetime] = _now) -> None:
        self._worker = Worker(where)
        self._imports = Imports(self._worker, sessions)
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

    async def summaries(self, sessions: Iterable[str] | None = None) -> tuple[Summary, ...]:
        """Figures of these records, or of all that were taken in, oldest first."""
        return await self._worker.read(partial(book.summaries, sessions=sessions))

    async def take_in(self) -> tuple[str, ...]:
        """Take in what control's folder has that the archive has not; the records that were new."""
        return await self._imports.take_in()

    def _entry(self, body: Body, who: str, corrects: int | None = None) -> Entry:
        return Entry(body, who, self._now(), corrects)

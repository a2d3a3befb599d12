"""Taking control's records in: figures of each file that has ended, once, whatever was missed."""

import os
import re
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from controller.records.archive import book
from controller.records.archive.schema import forgotten, records
from controller.records.archive.summary import summary
from controller.records.archive.worker import Worker

NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
TAIL = 4096
"""Octets; longer than any last line."""
QUIET_S = 60.0
"""A record without an end that nobody has written to for so long has lost its writer, or waits
latched; it is taken in as it is, and again when it has grown."""


class Found(NamedTuple):
    """A record's file. `age_s`: since it was last written to."""

    session: str
    path: Path
    octets: int
    age_s: float


class Imports:
    """Records of `folder` into the archive. Twice changes nothing."""

    def __init__(self, worker: Worker, folder: Path) -> None:
        self._worker = worker
        self._folder = folder

    async def take_in(self) -> tuple[str, ...]:
        """The ids of what was new or had grown. Raises: `ArchiveError`."""
        known = await self._worker.read(_known)
        due = await self._worker.aside(partial(_due, self._folder, known))
        return tuple([each.session for each in due if await self._take(each)])

    async def _take(self, found: Found) -> bool:
        made = await self._worker.aside(lambda: summary(found.session, found.path.read_bytes()))
        return await self._worker.write(partial(book.put_summary, made=made))


def _known(connection: Connection) -> dict[str, int]:
    """By record, the octets that its figures are from; -1 for those that must not come back."""
    have = connection.execute(select(records.c.session, records.c.octets)).all()
    gone = connection.execute(select(forgotten.c.id)).scalars()
    return {**{row.session: row.octets for row in have}, **dict.fromkeys(gone, -1)}


def _due(folder: Path, known: dict[str, int]) -> list[Found]:
    return [each for each in files(folder) if _is_due(each, known.get(each.session))]


def _is_due(found: Found, octets: int | None) -> bool:
    if octets is not None and octets in (-1, found.octets):
        return False
    return found.age_s > QUIET_S or _ended(found.path)


def on_disk(folder: Path) -> frozenset[str]:
    """The records whose files are there."""
    return frozenset(each.session for each in files(folder))


def going_on(folder: Path) -> frozenset[str]:
    """The records that control may still be writing."""
    young = (each for each in files(folder) if each.age_s <= QUIET_S)
    return frozenset(each.session for each in young if not _ended(each.path))


def files(folder: Path) -> Iterator[Found]:
    """The records' files, by name. Plain files alone: nothing is followed out of the folder."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            name, _, kind = entry.name.rpartition(".")
            if kind == "jsonl" and NAME.fullmatch(name) and entry.is_file(follow_symlinks=False):
                about = entry.stat(follow_symlinks=False)
                yield Found(name, Path(entry.path), about.st_size, _age_s(about))


def _age_s(about: os.stat_result) -> float:
    return time.time() - about.st_mtime


def sync_folder(folder: Path) -> None:
    """The names in it are on the disk afterwards. Raises: `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _ended(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        last = file.read().rstrip(b"\n").rpartition(b"\n")[2]
    return b'"kind":"end"' in last

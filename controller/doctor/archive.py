"""The archive of patients: a file that can be read, or a server that lets this service in."""

import contextlib
import importlib.util
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from controller.doctor.finding import Finding, Subject, missing, ok
from controller.records.archive import ArchiveError, Where
from controller.records.archive.engines import Engines
from controller.records.archive.errors import translated

LIMIT_S = 2
"""libpq waits no shorter."""


class Kept(NamedTuple):
    """`place`: the file, or the address of the database, which holds no password; `refused`: why
    it is no use, a sentence without secrets, or "". `library`: what speaks to PostgreSQL."""

    place: str
    postgres: bool
    refused: str = ""
    library: bool = True


def look(subject: Subject) -> Kept:
    """Asks for nothing that is kept, and makes no archive."""
    named = subject.settings.archive if subject.settings else None
    if named is None or not named.url:
        return _file(Where(subject.data_dir))
    if importlib.util.find_spec("psycopg") is None:
        return Kept(named.url, True, library=False)
    where = Where(subject.data_dir, named.url, named.password_file, named.ca_file)
    return Kept(named.url, True, _server(where))


def _file(where: Where) -> Kept:
    """One that is not there will be made at the first start."""
    if not where.file.exists():
        return Kept(str(where.file), False)
    try:
        address = f"{where.file.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=LIMIT_S)) as opened:
            opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        return Kept(str(where.file), False, str(error))
    return Kept(str(where.file), False)


def _server(where: Where) -> str:
    try:
        engines = Engines(where, connect_s=LIMIT_S)
        try:
            with engines.reading() as connection:
                connection.execute(text("SELECT 1"))
        finally:
            engines.close()
    except (ArchiveError, SQLAlchemyError, OSError) as error:
        return str(translated(error))
    return ""


def judge(seen: Kept) -> Sequence[Finding]:
    if not seen.library:
        way_out = 'pip install "retrotread[postgres]"'
        return [missing("archive", "PostgreSQL needs psycopg", way_out)]
    if seen.refused and seen.postgres:
        return [missing("archive", seen.refused, f"psql '{seen.place}' -c 'SELECT 1'")]
    if seen.refused:
        says = f"{seen.place} cannot be read: {seen.refused}"
        way_out = f"ls -l {seen.place}; if it is damaged, move it away and retrotread restore FILE"
        return [missing("archive", says, way_out)]
    return [ok("archive", seen.place)]

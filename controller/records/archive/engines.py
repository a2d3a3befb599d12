"""The two databases an archive may lie in, opened the one way that is safe for each.

SQLite is embedded: one file in the data folder, WAL, every commit on the disk before it is
acknowledged. Its versions before 3.51.3 can be damaged when two connections write or checkpoint at
the same instant, so whoever writes, in whichever process, holds the lock of a file meanwhile, and
readers cannot write. PostgreSQL is a server for many treadmills, and sees to all that by itself.
"""

import contextlib
import fcntl
import importlib.util
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool, StaticPool

from controller.records.archive.errors import BUSY, DAMAGED, ArchiveError

FILE = "archive.sqlite"
PATIENCE_S = 10.0
"""So long is another writer waited for."""
READERS = 2
SQLITE_ALWAYS = (
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {round(PATIENCE_S * 1000)}",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA secure_delete = ON",
)
SQLITE_WRITER = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
SQLITE_READER = ("PRAGMA query_only = ON",)
POSTGRES_ALWAYS = (
    "SET synchronous_commit TO on",
    f"SET lock_timeout TO '{round(PATIENCE_S * 1000)}ms'",
    f"SET statement_timeout TO '{round(PATIENCE_S * 3000)}ms'",
)
CONNECT_S = 5
NO_DRIVER = (
    "The archive's database needs what is not installed here: "
    "install retrotread with the extra postgres."
)


@dataclass(frozen=True, slots=True)
class Where:
    """Where an archive lies: in `folder`, or at the `url` of a PostgreSQL database.

    The URL holds no password: it is in `password_file`, or where libpq looks for one (PGPASSWORD,
    PGPASSFILE). With `ca_file` the server must prove who it is.
    """

    folder: Path
    url: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None

    @property
    def file(self) -> Path:
        return self.folder / FILE


class Engines:
    """An opened archive: `writing` and `reading` give connections inside one transaction.

    Raises: `ArchiveError`, `sqlalchemy.exc.SQLAlchemyError`, `OSError`, here and in use.
    """

    def __init__(self, where: Where, connect_s: int = CONNECT_S) -> None:
        self._lock: Path | None = None
        if where.url:
            self._writer = self._reader = _postgres(where, connect_s)
            return
        where.folder.mkdir(parents=True, exist_ok=True)
        self._lock = where.file.with_suffix(".lock")
        os.close(os.open(where.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._writer = _sqlite(where.file, writes=True)
        self._reader = _sqlite(where.file, writes=False)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Committed, and on the disk, when the block is left without an exception."""
        with self._alone(), self._writer.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """All that is read in the block is of one moment."""
        with self._reader.connect() as connection:
            if self._lock is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def check(self) -> None:
        """Raises: `ArchiveError` for a damaged file. A server checks its own."""
        if self._lock is None:
            return
        with self._reader.connect() as connection:
            found = connection.execute(text("PRAGMA integrity_check(1)")).scalar_one()
            strays = connection.execute(text("PRAGMA foreign_key_check")).first()
        if found != "ok" or strays is not None:
            raise ArchiveError(DAMAGED)

    def scrub(self) -> None:
        """Leave nothing of what was deleted in SQLite's log; best effort while somebody reads."""
        if self._lock is None:
            return
        with self._alone(), contextlib.closing(self._writer.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """The last one to close folds SQLite's log into its file, which is writing too."""
        with self._alone():
            self._reader.dispose()
            self._writer.dispose()

    def _alone(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext() if self._lock is None else _locked(self._lock)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Alone among all processes. Raises: `ArchiveError` when another does not let go."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> None:
    ends_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends_s:
                raise ArchiveError(BUSY) from None
            time.sleep(0.01)
        else:
            return


def _sqlite(file: Path, *, writes: bool) -> Engine:
    """One connection that writes; or a few that cannot."""
    address = f"{file.absolute().as_uri()}?mode={'rwc' if writes else 'ro'}"

    def connect() -> sqlite3.Connection:
        # Python's own transaction handling begins too late for a migration to be whole.
        return sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=False, timeout=PATIENCE_S
        )

    readers: dict[str, Any] = {"pool_size": READERS, "max_overflow": 0}
    engine = create_engine(
        "sqlite://",
        creator=connect,
        hide_parameters=True,
        poolclass=StaticPool if writes else QueuePool,
        **({} if writes else readers),
    )
    _says_first(engine, SQLITE_ALWAYS + (SQLITE_WRITER if writes else SQLITE_READER))
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _postgres(where: Where, connect_s: int) -> Engine:
    arguments: dict[str, Any] = {"connect_timeout": connect_s}
    if where.ca_file is not None:
        arguments |= {"sslmode": "verify-full", "sslrootcert": str(where.ca_file)}
    if importlib.util.find_spec("psycopg") is None:
        raise ArchiveError(NO_DRIVER)
    engine = create_engine(
        postgres_url(where.url),
        connect_args=arguments,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=READERS + 1,
        max_overflow=0,
    )
    if where.password_file is not None:
        file = where.password_file
        # Read for each connection: passwords are renewed while this runs.
        event.listen(
            engine,
            "do_connect",
            lambda _d, _r, _a, named: named.update(password=_password(file)),
        )
    _says_first(engine, POSTGRES_ALWAYS)
    return engine


def _password(file: Path) -> str:
    """Raises: `ArchiveError`."""
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise ArchiveError(f"The archive's password_file {file} cannot be read.") from None


def postgres_url(url: str) -> URL:
    """Raises: `ArchiveError` for any other database, and for a password where logs may see it."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = URL.create("unknown")
    if parsed.get_backend_name() != "postgresql":
        raise ArchiveError("url in [archive] is no address as in postgresql://user@host/database.")
    if parsed.password is not None or "password" in parsed.query:
        raise ArchiveError(
            "url in [archive] has a password in it. Put it into a file, and name that file as "
            "password_file."
        )
    return parsed.set(drivername="postgresql+psycopg")


def _says_first(engine: Engine, statements: tuple[str, ...]) -> None:
    def say(raw: Any, _record: object) -> None:
        cursor = raw.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
        raw.commit()

    event.listen(engine, "connect", say)

"""Bringing a backup back, into an empty place alone: everything is verified before anything is
written, and the rows become visible last, all at once."""

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from controller.records.archive import backup, migrations
from controller.records.archive.errors import ArchiveError, ArchiveRefusal
from controller.records.archive.imports import files, sync_folder
from controller.records.archive.schema import IN_ORDER

RECORD = re.compile(re.escape(backup.RECORDS) + r"[A-Za-z0-9-]{1,64}\.jsonl")
DAMAGED = "{} is no whole backup: {}. Nothing was changed. Use another one."
NOT_EMPTY = "There are patients, visits or records here already. Restore into an empty data folder."
BATCH = 500
OTHERWISE = (KeyError, TypeError, ValueError, RecursionError)
"""What JSON of another form than it should have is met with."""


def read(source: Path) -> dict[str, Any]:
    """The manifest of a backup, every octet of which is as it was. Raises: `ArchiveError`."""
    try:
        with zipfile.ZipFile(source) as packed:
            manifest: dict[str, Any] = json.loads(packed.read(backup.MANIFEST))
            _prove(packed, manifest)
    except OSError as error:
        raise ArchiveError(f"{source} cannot be read: {error.strerror or error}.") from None
    except (*OTHERWISE, AttributeError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        what = str(error) if isinstance(error, UnfitError) else "it is damaged, or no backup at all"
        raise ArchiveError(DAMAGED.format(source, what)) from None
    return manifest


def write(connection: Connection, folder: Path, source: Path) -> dict[str, int]:
    """Into the empty database of the connection, and the folder; how many rows and records.

    The records come last: rows that do not fit leave none behind.

    Raises: `ArchiveError`, `OSError`, `SQLAlchemyError`; the caller rolls back.
    """
    manifest = read(source)
    _prove_empty(connection, folder, manifest)
    with zipfile.ZipFile(source) as packed:
        migrations.begin_anew(connection, manifest["schema"])
        rows = _put_rows(connection, packed, source)
        migrations.migrate(connection)
        records = _put_records(packed, manifest, folder)
    return {"rows": rows, "records": records}


class UnfitError(ValueError):
    """What is wrong with a backup, as the middle of a sentence."""


def _prove(packed: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    if manifest["format"] != backup.FORMAT or not 0 < manifest["schema"] <= len(migrations.STEPS):
        raise UnfitError("a newer Retrotread wrote it")
    listed = manifest["files"]
    if {*packed.namelist()} != {*listed, backup.MANIFEST} or backup.ROWS not in listed:
        raise UnfitError("it holds other files than it lists")
    for name, about in listed.items():
        if name != backup.ROWS and not RECORD.fullmatch(name):
            raise UnfitError("it lists a file that is no record")
        with packed.open(name) as file:
            if _measured(file, about["octets"]) != (about["octets"], about["sha256"]):
                raise UnfitError(f"{name} is not as it was written")


def _measured(file: IO[bytes], octets: int) -> tuple[int, str]:
    """Length and SHA-256, up to one octet more than there should be."""
    counted, digest = 0, hashlib.sha256()
    while piece := file.read(min(backup.PIECE, octets + 1 - counted)):
        counted += len(piece)
        digest.update(piece)
    return counted, digest.hexdigest()


def _prove_empty(connection: Connection, folder: Path, manifest: dict[str, Any]) -> None:
    """A record that is the very one in the backup may be there: an earlier try died after it."""
    if migrations.version(connection) > 0:
        for table in IN_ORDER:
            if connection.execute(select(func.count()).select_from(table)).scalar_one():
                raise ArchiveRefusal(NOT_EMPTY)
    for found in files(folder):
        about = manifest["files"].get(backup.RECORDS + found.path.name, {})
        with found.path.open("rb") as file:
            if _measured(file, found.octets) != (about.get("octets"), about.get("sha256")):
                raise ArchiveRefusal(NOT_EMPTY)


def _put_records(packed: zipfile.ZipFile, manifest: dict[str, Any], folder: Path) -> int:
    names = [name for name in manifest["files"] if name != backup.ROWS]
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        partly = folder / ".restored"
        with packed.open(name) as source, partly.open("wb") as file:
            while piece := source.read(backup.PIECE):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        partly.chmod(0o640)
        partly.replace(folder / Path(name).name)
    sync_folder(folder)
    return len(names)


def _put_rows(connection: Connection, packed: zipfile.ZipFile, source: Path) -> int:
    """By the tables as they were in the version that wrote the backup."""
    metadata = MetaData()
    names = inspect(connection).get_table_names()
    tables = {name: Table(name, metadata, autoload_with=connection) for name in names}
    count = 0
    try:
        for name, batch in _batches(packed):
            connection.execute(insert(tables[name]), batch)
            count += len(batch)
    except (*OTHERWISE, SQLAlchemyError):
        raise ArchiveError(DAMAGED.format(source, "its rows do not fit")) from None
    if connection.dialect.name == "postgresql":
        # What was inserted with its number does not advance the numbers of what comes.
        connection.execute(
            text(
                "SELECT setval(pg_get_serial_sequence('events', 'id'), "
                "(SELECT coalesce(max(id), 1) FROM events), EXISTS (SELECT 1 FROM events))"
            )
        )
    return count


def _batches(packed: zipfile.ZipFile) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    name = ""
    batch: list[dict[str, Any]] = []
    with packed.open(backup.ROWS) as file:
        for line in file:
            told = json.loads(line)
            if told["table"] != name or len(batch) == BATCH:
                if batch:
                    yield name, batch
                name, batch = told["table"], []
            batch.append(told["row"])
    if batch:
        yield name, batch

"""A backup: one file with everything that the archive keeps, readable by any tool.

It is a ZIP archive of `archive.jsonl` (every row of every table, one JSON object a line), the
records of control's as they stand, and `manifest.json` with the SHA-256 of each. It is the same
from either database, and can be restored into the other.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, select

from controller.records.archive.errors import ArchiveError, ArchiveRefusal
from controller.records.archive.imports import files, sync_folder
from controller.records.archive.migrations import version
from controller.records.archive.schema import IN_ORDER, forgotten
from controller.records.archive.summary import stamp

FORMAT = 1
ROWS = "archive.jsonl"
MANIFEST = "manifest.json"
RECORDS = "sessions/"
PIECE = 1 << 20
"""Octets read at once."""


def write(connection: Connection, folder: Path, target: Path, at: datetime) -> dict[str, int]:
    """A new file at `target`, whole or not at all; how many rows and records are in it.

    The caller's transaction is one view of the database. Raises: `ArchiveError`, `OSError`.
    """
    if target.exists():
        raise ArchiveRefusal(f"{target} is there already. Name a new file.")
    partly = target.with_name(f".{target.name}.partly")
    try:
        descriptor = os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            counts = _fill(connection, folder, file, at)
            file.flush()
            os.fsync(file.fileno())
        os.link(partly, target)
        sync_folder(target.parent)
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        partly.unlink(missing_ok=True)
    return counts


def _fill(connection: Connection, folder: Path, file: IO[bytes], at: datetime) -> dict[str, int]:
    gone = set(connection.execute(select(forgotten.c.id)).scalars())
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "schema": version(connection),
        "version": metadata.version("retrotread"),
        "written_at": stamp(at),
        "files": {},
    }
    listed = manifest["files"]
    rows = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        with _Member(packed, ROWS, listed) as member:
            for line in _lines(connection):
                member.write(line)
                rows += 1
        for found in files(folder):
            if found.session not in gone:
                _copy(found.path, packed, listed)
        packed.writestr(MANIFEST, json.dumps(manifest, indent=2))
    return {"rows": rows, "records": len(listed) - 1}


def _lines(connection: Connection) -> Iterator[bytes]:
    for table in IN_ORDER:
        key = next(iter(table.primary_key))
        for row in connection.execute(select(table).order_by(key)):
            told = {"table": table.name, "row": dict(row._mapping)}
            yield json.dumps(told, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _copy(path: Path, packed: zipfile.ZipFile, listed: dict[str, Any]) -> None:
    with path.open("rb") as source, _Member(packed, RECORDS + path.name, listed) as member:
        while piece := source.read(PIECE):
            member.write(piece)


class _Member:
    """One file in the backup; when it is closed, its length and SHA-256 are listed."""

    def __init__(self, packed: zipfile.ZipFile, name: str, listed: dict[str, Any]) -> None:
        self._file = packed.open(name, "w", force_zip64=True)
        self._name, self._listed = name, listed
        self._hash, self._octets = hashlib.sha256(), 0

    def __enter__(self) -> "_Member":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._listed[self._name] = {"octets": self._octets, "sha256": self._hash.hexdigest()}

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._hash.update(piece)
        self._octets += len(piece)

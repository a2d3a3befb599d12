"""What can go wrong with the archive, each as one plain sentence.

A database's own message is never passed on: it may quote what was being written, or an address
with a password in it. Only its code is.
"""

import errno
import logging
import sqlite3
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

NOTHING_KEPT = "Nothing of this was kept."
BUSY = f"The archive is in use by another program. {NOTHING_KEPT} Try again in a moment."
FULL = f"The archive's disk is full. {NOTHING_KEPT} Make room, and enter it again."
READ_ONLY = f"The archive cannot be written: its disk is read-only. {NOTHING_KEPT}"
UNWRITABLE = f"The archive's disk reports an error. {NOTHING_KEPT} Have the disk looked at."
UNOPENED = "The archive cannot be opened. Check data_dir, and who may read and write it."
DAMAGED = "The archive is damaged. Move its files away, and restore the last backup."
UNREACHED = (
    "The archive's database cannot be reached, or refuses this service. Check url, password_file "
    "and ca_file in [archive], and the network."
)
REFUSED = "The archive's database refuses this. Check what its user may do."
MISSING = "There is no such database for the archive. Create it, or correct url in [archive]."
NO_PATIENT = "There is no such patient in the archive. Enter the patient first."
UNSURE = (
    "The archive's database went away, and whether this was kept is not known. "
    "Look, before you enter it again."
)


_log = logging.getLogger(__name__)


class ArchiveError(RuntimeError):
    """The archive cannot do this; the message is one plain sentence that names the way out."""


class ArchiveRefusal(ArchiveError):  # noqa: N818 - the archive itself is well
    """What was asked for is not possible; the archive itself is well."""


FILES: dict[int, str] = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EIO: UNWRITABLE,
}

SQLITE: dict[int, str] = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_IOERR: UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: UNOPENED,
    sqlite3.SQLITE_PERM: UNOPENED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
"""By SQLite's primary result code."""

POSTGRES: dict[str, str] = {
    "28": REFUSED,
    "3D": MISSING,
    "42501": REFUSED,
    "53100": FULL,
    "25006": READ_ONLY,
    "55P03": BUSY,
    "57014": BUSY,
    "40": BUSY,
    "08": UNSURE,
    "57": UNSURE,
}
"""By the beginning of SQLSTATE, the longest that fits."""


def translated(error: Exception) -> ArchiveError:
    """The sentence for an error of SQLAlchemy, of a driver, or of the file system."""
    if isinstance(error, ArchiveError):
        return error
    if isinstance(error, DBAPIError):
        return ArchiveError(_of_driver(error.orig, lost=error.connection_invalidated))
    if isinstance(error, OSError):
        return ArchiveError(FILES.get(error.errno or 0, UNOPENED))
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-4:]))
    _log.error("The archive met %s at %s.", type(error).__name__, places)
    return ArchiveError(f"The archive met an error of the program. {NOTHING_KEPT}")


def _of_driver(error: Any, *, lost: bool) -> str:
    with suppress(AttributeError):
        return SQLITE.get(error.sqlite_errorcode & 0xFF, _unknown(error.sqlite_errorname))
    state = getattr(error, "sqlstate", None)
    if state is None and type(error).__name__ != "OperationalError":
        return _unknown(type(error).__name__)
    if state is None:
        return UNSURE if lost else UNREACHED
    fitting = [start for start in POSTGRES if state.startswith(start)]
    return POSTGRES[max(fitting, key=len)] if fitting else _unknown(state)


def _unknown(code: str) -> str:
    return f"The archive's database reports {code}. {NOTHING_KEPT}"

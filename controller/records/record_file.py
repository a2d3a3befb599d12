"""One session's file, as its only writer has it: appended to, synced, and watched."""

import contextlib
import errno
import os
from pathlib import Path

from controller.records.chain import Record, sealed, seed


class RecordFile:
    """A new record at `path`. Raises: `OSError`, here and in each method but `close`.

    `kept` is the number of the last record that is on the disk for sure, -1 before the first.
    After an error the file holds whole lines up to the error, if the disk still lets it be cut.
    """

    def __init__(self, path: Path, session: str, version: str) -> None:
        self.path = path
        self.kept = -1
        self._size = 0
        self._after = seed(session, version)
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            self.check()
            _sync_folder(path.parent)
        except OSError:
            self.close()
            raise

    def append(self, record: Record) -> None:
        """Write one record. All but turns are on the disk afterwards, and what was before them."""
        self.check()
        line, own = sealed(record, self._after)
        self._put(line)
        self._after, self._size = own, self._size + len(line)
        if record["kind"] != "turn":
            os.fsync(self._fd)
            self.kept = record["n"]

    def check(self) -> None:
        """The file is still there, the same, and as long as it was left (F88)."""
        ours, there = os.fstat(self._fd), os.stat(self.path)
        same = (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)
        if not same or there.st_size != self._size:
            raise OSError(errno.ESTALE, "Somebody else changed or replaced the record")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._fd)

    def _put(self, line: bytes) -> None:
        """All of the line, or none of it."""
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self._size)
            raise


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

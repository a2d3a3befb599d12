"""The mark that survives a power cut: whether the belt may move, and what was latched (S10).

One small file, written beside the loop by a thread: into a new file, that one to the disk, its name
over the old one's, and the name to the disk. So there is always one whole mark, the newest or
the one before. Only where the newest cannot be written and the one before is clean, that one is
spoiled: whoever begins next would take it for a belt that nobody has moved.
"""

import contextlib
import json
import logging
import os
import threading
from binascii import crc32
from pathlib import Path
from types import TracebackType

from controller.safety.mark import CLEAN, Mark

VERSION = 1
AGAIN_S = 2.0
"""Before a disk that has failed is tried again."""
END_S = 0.75
"""So long may the end wait for a slow disk, before the guard takes it for a hang."""

_log = logging.getLogger(__name__)


class LatchStore:
    """The mark in the file at `path`. Enter it once.

    - `kept`: the mark that is on the disk for sure; None before the first, and after a failure.
    - `ok`: nothing has failed since the last mark that was kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._asked = threading.Condition()
        self._next: Mark | None = None
        self._ends = False
        self._thread = threading.Thread(target=self._write_all, name="latch", daemon=True)
        self._failed = False
        self.kept: Mark | None = None

    def __enter__(self) -> "LatchStore":
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        """Returns when the newest mark is on the disk, or the disk fails again or is too slow."""
        with self._asked:
            self._ends = True
            self._asked.notify()
        self._thread.join(END_S)

    @property
    def ok(self) -> bool:
        return not self._failed and self._thread.is_alive()

    def read(self) -> Mark | None:
        """The mark in the file; None if there is none that can be relied on."""
        try:
            return decode(self._path.read_bytes())
        except OSError:
            return None

    def keep(self, mark: Mark) -> None:
        """Have the mark written soon; one that still waits is passed over. Returns at once."""
        with self._asked:
            self._next = mark
            self._asked.notify()

    def _write_all(self) -> None:
        ends = False
        while not ends:
            mark, ends = self._taken()
            if mark is not None:
                self._write(mark)

    def _write(self, mark: Mark) -> None:
        try:
            _replace(self._path, encode(mark))
        except OSError as error:
            self._fail(mark, error)
        else:
            self._failed = False
            self.kept = mark

    def _taken(self) -> tuple[Mark | None, bool]:
        """The next mark to write, if any, and whether it is the last. A disk that has failed gets a
        rest first, and at the end one more try without."""
        with self._asked:
            if self._failed:
                self._asked.wait_for(lambda: self._ends, AGAIN_S)
            else:
                self._asked.wait_for(lambda: self._next is not None or self._ends)
            mark, self._next = self._next, None
            return mark, self._ends

    def _fail(self, mark: Mark, error: OSError) -> None:
        """What is on the disk is not known now. The mark waits for the next try, or a newer one."""
        if not self._failed:
            _log.error("The latch cannot be written: %s.", error.strerror)
        self.kept, self._failed = None, True
        with self._asked:
            self._next = self._next or mark
        if mark != CLEAN:
            _spoil(self._path)


def encode(mark: Mark) -> bytes:
    """One line: the version, the mark as JSON, and the CRC-32 of both."""
    body = b"%d %b" % (VERSION, json.dumps(mark).encode())
    return b"%b %08X\n" % (body, crc32(body))


def decode(octets: bytes) -> Mark | None:
    """The mark in a line of this version that is whole to the last octet; else None."""
    version, _, rest = octets.partition(b" ")
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        moving, cause = json.loads(rest[:-10])
        mark = Mark(moving, cause)
        if int(version) == VERSION and encode(mark) == octets and _formed(mark):
            return mark
    return None


def _formed(mark: Mark) -> bool:
    return isinstance(mark.moving, bool) and isinstance(mark.cause, str)


def _replace(path: Path, octets: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    with new.open("wb", buffering=0) as file:
        file.write(octets)
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _spoil(path: Path) -> None:
    """A clean mark is no mark from now on; any other stays. One octet in the place of another needs
    no room on a full disk, and is there or not after a power cut."""
    with contextlib.suppress(OSError), path.open("r+b", buffering=0) as file:
        if decode(file.read()) == CLEAN:
            file.seek(0)
            file.write(b"?")
            os.fsync(file.fileno())

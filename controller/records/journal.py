"""The journal: one append-only, chained file of JSON lines per session, written beside the loop.

The loop hands immutable values over and never waits: a thread makes them plain, chains and writes
them. What it writes is told in docs/records.md. A disk that fails, or a file that somebody else
touches, shows in `ok`, which forbids the next session and ends the present one; it never delays a
stop. A record that broke off is not gone on with: its session must end first. A disk that works
again is found by the same thread.
"""

import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any

from controller.records.chain import FORMAT, Record
from controller.records.record_file import RecordFile
from controller.records.turns import Scribe
from controller.records.values import encode

BACKLOG = 4096
"""Records waiting to be written: a minute of walking. A disk that lags so far has failed."""
PROBE_S = 2.0
"""Between two looks at a disk that has failed, or at one that has nothing to do."""
ROOM = 64 << 20
"""So much must be free (octets) before a session begins: the longest one fits."""
STALL_S = 3.0
"""A disk that takes so long for one record has failed; a walk is slowed within 5 s of it (S35)."""
END_S = 0.75
"""Twice so long may the end wait for a slow disk, before the guard takes it for a hang."""

_log = logging.getLogger(__name__)


class Journal:
    """Sessions under `folder`. Enter it once; `begin` and `end` bracket each session.

    Every record gets `n` (its number), `t` (monotonic seconds) and `wall` (Unix seconds, for
    people only). `kept` is the number of the session's last one that is on the disk for sure.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._version = metadata.version("retrotread")
        self._waiting: queue.Queue[tuple[Path, Record] | None] = queue.Queue(BACKLOG)
        self._thread = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._number = 0
        self._failed = False
        self._at_work_since_s: float | None = None
        self._broken: Path | None = None
        self._file: RecordFile | None = None
        self._scribe = Scribe()
        self.path: Path | None = None
        self.kept = -1

    def __enter__(self) -> "Journal":
        self._prove_folder()
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        with contextlib.suppress(queue.Full):
            self._waiting.put(None, timeout=END_S)
        self._thread.join(END_S)

    @property
    def ok(self) -> bool:
        """What was handed over so far is written, or about to be."""
        whole = self.path is None or self.path != self._broken
        return whole and not self._failed and not self._stalled and self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """Records that were handed over and are not written yet."""
        return self._waiting.qsize()

    @property
    def _stalled(self) -> bool:
        """The disk has not come back from one record for too long."""
        since_s = self._at_work_since_s
        return since_s is not None and self._clock() - since_s > STALL_S

    def begin(self, session_id: str, now_s: float, **facts: object) -> None:
        self._number = 0
        self.path = self._folder / f"{session_id}.jsonl"
        named = {"session": session_id, "version": self._version}
        self.add("begin", now_s, format=FORMAT, **named, **facts)

    def add(self, kind: str, now_s: float, **facts: object) -> None:
        """Hand a record over, of values that do not change; nothing happens outside a session."""
        if self.path is None:
            return
        record = {"n": self._number, "t": now_s, "wall": time.time(), "kind": kind, **facts}
        self._number += 1
        try:
            self._waiting.put_nowait((self.path, record))
        except queue.Full:
            self._failed = True

    def end(self, now_s: float, **facts: object) -> None:
        self.add("end", now_s, **facts)
        self.path = None

    def _write_all(self) -> None:
        """Until a None is taken."""
        while True:
            try:
                item = self._waiting.get(timeout=PROBE_S)
            except queue.Empty:
                with self._at_work():
                    self._look()
                continue
            if item is None:
                self._close()
                return
            with self._at_work():
                self._write(*item)

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """While the disk is asked for something."""
        self._at_work_since_s = self._clock()
        yield
        self._at_work_since_s = None

    def _write(self, path: Path, record: Record) -> None:
        """Of a record that broke off, nothing more is written."""
        try:
            if record["kind"] == "begin":
                self._open(path, record)
            if self._file is not None and self._file.path == path:
                self._file.append(self._plain(record))
                self.kept = self._file.kept
            if record["kind"] == "end":
                self._close()
        except OSError as error:
            self._fail(error, path)
            self._close()

    def _open(self, path: Path, record: Record) -> None:
        self._close()
        self._scribe = Scribe()
        self._file = RecordFile(path, record["session"], record["version"])

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _plain(self, record: Record) -> dict[str, Any]:
        if record["kind"] != "turn":
            plain: dict[str, Any] = encode(record)
            return plain
        head = {name: record[name] for name in ("n", "t", "wall", "kind")}
        return {**head, **self._scribe.plain(record)}

    def _look(self) -> None:
        """A disk that has failed is tried; one that works is looked at."""
        if self._failed:
            self._prove_folder()
            return
        try:
            if self._file is not None:
                self._file.check()
            else:
                _prove_room(self._folder)
        except OSError as error:
            self._fail(error, self.path)

    def _prove_folder(self) -> None:
        """Prove that the folder takes a file; a session that cannot be written is not armed."""
        probe = self._folder / ".writable"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _prove_room(self._folder)
            probe.write_bytes(b"\n")
            probe.unlink()
            self._failed = False
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError, broken: Path | None = None) -> None:
        """The disk has failed, and the record at `broken`, if there is one, has broken off."""
        told, self._failed = self._failed, True
        self._broken = broken or self._broken
        if not told:
            _log.error("The journal cannot be written: %s.", error.strerror)


def _prove_room(folder: Path) -> None:
    """Raises: `OSError` for a disk that could not take a whole session."""
    disk = os.statvfs(folder)
    if disk.f_flag & os.ST_RDONLY:
        raise OSError(30, "Read-only file system")
    if disk.f_bavail * disk.f_frsize < ROOM:
        raise OSError(28, "No space left on device")

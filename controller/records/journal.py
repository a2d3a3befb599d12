"""The journal: one append-only file of JSON lines per session, written beside the loop.

The loop hands records over and never waits: a thread writes them. A disk that fails shows in
`ok`, which forbids the next session and ends the present one; it never delays a stop. A disk that
works again is found by the same thread.
"""

import contextlib
import json
import logging
import os
import queue
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

BACKLOG = 4096
"""Records waiting to be written: a minute of walking. A disk that lags so far has failed."""
PROBE_S = 2.0
"""Between two looks at a disk that has failed."""
END_S = 0.75
"""Twice so long may the end wait for a slow disk, before the guard takes it for a hang."""

Record = dict[str, Any]
_log = logging.getLogger(__name__)


class Journal:
    """Sessions under `folder`. Enter it once; `begin` and `end` bracket each session.

    Every record gets `n` (its number), `t` (monotonic seconds) and `wall` (Unix seconds, for
    people only).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: queue.Queue[tuple[Path, Record] | None] = queue.Queue(BACKLOG)
        self._thread = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._number = 0
        self._failed = False
        self.path: Path | None = None

    def __enter__(self) -> "Journal":
        self._try_folder()
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
        return not self._failed and self._thread.is_alive()

    def begin(self, session_id: str, now_s: float, **facts: object) -> None:
        self._number = 0
        self.path = self._folder / f"{session_id}.jsonl"
        self.add("begin", now_s, session=session_id, **facts)

    def add(self, kind: str, now_s: float, **facts: object) -> None:
        """Hand a record over; nothing happens outside a session."""
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

    def _try_folder(self) -> None:
        """Prove that the folder takes a file; a session that cannot be written is not armed."""
        probe = self._folder / ".writable"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()
            self._failed = False
        except OSError as error:
            self._fail(error)

    def _write_all(self) -> None:
        """Until a None is taken."""
        while True:
            try:
                item = self._waiting.get(timeout=PROBE_S if self._failed else None)
            except queue.Empty:
                self._try_folder()
                continue
            if item is None:
                return
            try:
                _append(*item)
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        if not self._failed:
            _log.error("The journal cannot be written: %s.", error.strerror)
        self._failed = True


def _append(path: Path, record: Record) -> None:
    line = json.dumps(record, separators=(",", ":"), default=str).encode() + b"\n"
    with path.open("ab", buffering=0) as file:
        file.write(line)
        if record["kind"] != "turn":
            os.fsync(file.fileno())

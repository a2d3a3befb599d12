"""Everything that happened in a run, as one running hash."""

import hashlib
import struct
from collections import deque
from typing import Any

from tests.safety.stack.traps import Traps


class Log:
    """Two runs with the same hash were the same run. `tail` keeps the newest lines for people."""

    def __init__(self, kept: int = 0) -> None:
        self._hash = hashlib.sha256()
        self.tail: deque[tuple[float, str, str]] = deque(maxlen=kept)
        self.count = 0

    def add(self, kind: bytes, at_s: float, octets: bytes) -> None:
        self.count += 1
        self._hash.update(struct.pack("<4sdI", kind, at_s, len(octets)) + octets)
        if self.tail.maxlen and kind not in (TRUTH, GRIP):
            self.tail.append((round(at_s, 4), kind.decode(), _legible(kind, octets)))

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


OUT, IN, DATA, GRIP = b"out", b"in", b"data", b"grip"
TRUTH, TOLD, DECIDED = b"true", b"told", b"deci"


def _legible(kind: bytes, octets: bytes) -> str:
    return octets.decode() if kind in (TOLD, DECIDED, b"jrnl", b"act") else octets.hex()


class Ledger:
    """A journal in memory that keeps nothing but the hash of what it was told."""

    waiting = 0

    def __init__(self, log: Log, traps: Traps) -> None:
        self._log = log
        self._traps = traps
        self.works = True
        self.records = 0

    @property
    def ok(self) -> bool:
        self._traps.reach("journal.ok")
        return self.works

    def begin(self, session_id: str, now_s: float, **facts: Any) -> None:
        self._traps.reach("journal.begin")
        self._write("begin", now_s, session=session_id, **facts)

    def add(self, kind: str, now_s: float, **facts: Any) -> None:
        self._traps.reach(f"journal.add {kind}")
        self._write(kind, now_s, **facts)

    def end(self, now_s: float, **facts: Any) -> None:
        self._traps.reach("journal.end")
        self._write("end", now_s, **facts)

    def _write(self, kind: str, now_s: float, **facts: Any) -> None:
        self.records += 1
        if kind == "turn":
            facts = {"evidence": facts["evidence"], "decision": facts["decision"]}
        line = repr((kind, *facts.items()))
        self._log.add(b"jrnl", now_s, line.encode())

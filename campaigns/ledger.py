"""The file of outcomes, one JSON line a walk, so that a campaign that was broken off goes on.

The first line says of which campaign, by which code: outcomes of another file, or of other rules,
do not count.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from campaigns.outcome import Outcome

ROOMS = ("campaigns", "controller", "drivers", "protocols", "simulators")


class Ledger:
    """`done` holds the outcomes so far, by number."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._head = {"campaign": hashlib.sha256(text.encode()).hexdigest(), "code": _code()}
        self.done: dict[int, Outcome] = {}
        rows = _rows(file)
        if rows and rows[0] == self._head:
            self.done = {row["number"]: Outcome(**row) for row in rows[1:]}
        self._rewrite()

    def add(self, outcomes: Sequence[Outcome]) -> None:
        with self._file.open("a") as file:
            file.writelines(json.dumps(outcome.row()) + "\n" for outcome in outcomes)
        self.done |= {outcome.number: Outcome(**outcome.row()) for outcome in outcomes}

    def _rewrite(self) -> None:
        """Without the half line that a process leaves which was killed while it wrote."""
        rows = [self._head, *(outcome.row() for outcome in self.done.values())]
        self._file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _rows(file: Path) -> list[dict[str, Any]]:
    rows = []
    for line in file.read_text().splitlines() if file.exists() else []:
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return rows


@lru_cache
def _code() -> str:
    """Of all that decides what comes of a walk."""
    home, digest = Path(__file__).parents[1], hashlib.sha256()
    for room in ROOMS:
        for source in sorted((home / room).rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()

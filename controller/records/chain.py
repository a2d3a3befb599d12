"""The chain: each line of a record carries the hash of the line before it, and its own.

    {"n":7,…,"after":"<64 hex>","sha256":"<64 hex>"}\\n

`sha256` is over the line's octets up to, and without, the comma before it. `after` is the line
before's, and in the first line the hash of format, session and version, so that no record passes
for another. Whoever changes a line must write all later ones anew.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

FORMAT = 1
Record = dict[str, Any]

_LINE = re.compile(rb'(\{.+),"sha256":"([0-9a-f]{64})"\}', re.DOTALL)


def seed(session: str, version: str) -> str:
    """What the first line of a session comes after."""
    return hashlib.sha256(f"retrotread {FORMAT}\n{session}\n{version}".encode()).hexdigest()


def sealed(record: Record, after: str) -> tuple[bytes, str]:
    """The record as its line, and the line's own hash. It holds plain values only."""
    text = json.dumps({**record, "after": after}, separators=(",", ":"), allow_nan=False)
    body = text[:-1].encode()
    own = hashlib.sha256(body).hexdigest()
    return body + f',"sha256":"{own}"}}\n'.encode(), own


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a record. `line` counts from 1.

    - `broken`: octets are not as they were written, or lines are not where they were.
    - `missing`: the writer itself says by its numbers that it could not write some.
    - `torn`: the last line breaks off: the writer died in it. All before it is whole.
    - `open`: there is no end: the session goes on, or its writer died.
    """

    kind: str
    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A record as far as it can be relied on: `records` are those before the first break."""

    records: tuple[Record, ...]
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Nothing was changed; the writer may have died."""
        return not any(found.kind == "broken" for found in self.findings)


def check(octets: bytes) -> Checked:
    """Everything that is wrong with a record, in the order of its lines. Total: never raises."""
    records: list[Record] = []
    findings = follow(octets, records.append)
    return Checked(tuple(records), findings)


def follow(octets: bytes, take: Callable[[Record], None]) -> tuple[Finding, ...]:
    """As `check`, but the records before the first break are handed to `take` one by one: whoever
    needs each only once keeps none. Raises only what `take` does."""
    *lines, rest = octets.split(b"\n")
    checker, findings = _Checker(take), []
    for number, line in enumerate(lines, 1):
        findings += [Finding(kind, number, text) for kind, text in checker.follow(line)]
    count = len(lines)
    if rest:
        findings.append(Finding("torn", count + 1, "It breaks off: its writer died in it."))
    if not lines:
        findings.append(Finding("broken", 1, "There is no whole line."))
    elif not checker.ended:
        findings.append(Finding("open", count, "No end follows: the session goes on, or it died."))
    return tuple(findings)


class _Checker:
    """Follows a chain line by line. A break is told once: what follows it is judged anew."""

    def __init__(self, take: Callable[[Record], None]) -> None:
        self.ended = False
        self._take = take
        self._first = True
        self._broken = False
        self._after: str | None = None
        self._number: int | None = 0

    def follow(self, line: bytes) -> Iterator[tuple[str, str]]:
        record = _opened(line)
        if record is None:
            yield self._breaks("It is not as it was written.")
            self._after = self._number = None
        else:
            yield from self._linked(record)
            self._after, self._number = record["sha256"], record["n"] + 1
            self.ended = record.get("kind") == "end"
            if not self._broken:
                self._take(record)
        self._first = False

    def _linked(self, record: Record) -> Iterator[tuple[str, str]]:
        if self._first and not _begins(record):
            yield self._breaks("A record begins with another line.")
        elif self.ended:
            yield self._breaks("It comes after the end.")
        elif not self._first and self._after not in (None, record["after"]):
            yield self._breaks("It does not belong after the line before it.")
        elif self._number is not None and record["n"] < self._number:
            yield self._breaks(f"It has the number {record['n']}, which was before it.")
        elif self._number is not None and record["n"] > self._number:
            yield "missing", f"The records {self._number} to {record['n'] - 1} were not written."

    def _breaks(self, sentence: str) -> tuple[str, str]:
        self._broken = True
        return "broken", sentence


def _figure(text: str) -> float:
    """Raises: `ValueError` for one that no record is written with."""
    figure = float(text)
    if not math.isfinite(figure):
        raise ValueError("A record has no endless figures.")
    return figure


def _whole_figure(text: str) -> int:
    _figure(text)
    return int(text)


_JSON = json.JSONDecoder(parse_float=_figure, parse_int=_whole_figure, parse_constant=_figure)


def _opened(line: bytes) -> Record | None:
    """The record in a line whose own hash is right; None for any other."""
    parts = _LINE.fullmatch(line)
    if parts is None or hashlib.sha256(parts[1]).hexdigest().encode() != parts[2]:
        return None
    try:
        record = _JSON.decode(line.decode())
    except (ValueError, RecursionError):
        return None
    formed = type(record.get("n")) is int and isinstance(record.get("after"), str)
    return record if formed else None


def _begins(record: Record) -> bool:
    named = seed(str(record.get("session")), str(record.get("version")))
    return (record["n"], record.get("kind"), record["after"]) == (0, "begin", named)

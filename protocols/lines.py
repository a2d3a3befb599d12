"""Lines in the manner of NMEA 0183, out of a stream of octets that may be damaged anywhere.

$<body>*<crc>\\r\\n

crc  four upper-case hex digits: CRC-16/CCITT-FALSE over the body
"""

import re
from binascii import crc_hqx
from collections.abc import Callable
from typing import Generic, TypeVar

LINE_LIMIT = 82
"""Octets kept of a line that has not ended: NMEA 0183's own limit."""

WORD_LIMIT = 0xFFFF
"""What a microcontroller counts in 16 bits."""

_LINE = re.compile(rb"([ -)+-~]+)\*([0-9A-F]{4})\r")

T = TypeVar("T")


def line(body: bytes) -> bytes:
    """The body as one line."""
    return b"$%b*%04X\r\n" % (body, crc_hqx(body, 0xFFFF))


def body_of(octets: bytes) -> bytes | None:
    """The body of a line that stands without its `$` and line feed; None if it is damaged.

    Hex digits are upper case: were both cases taken, one flipped bit could pass.
    """
    match = _LINE.fullmatch(octets)
    if match is None or crc_hqx(match[1], 0xFFFF) != int(match[2], 16):
        return None
    return match[1]


class LineParser(Generic[T]):
    """Values out of a stream of octets. Never raises, and finds its place again at each `$`.

    `decode` makes a value of a body, or None if it means nothing. `rejected` counts the lines begun
    with `$` that came to nothing: damaged, too long, cut off by the next one, or of another
    version. Between calls it keeps at most one unfinished line.
    """

    def __init__(self, decode: Callable[[bytes], T | None]) -> None:
        self._decode = decode
        self.rejected = 0
        self._pending = b""

    def feed(self, octets: bytes) -> list[T]:
        """The values that `octets` complete, oldest first."""
        *lines, tail = (self._pending + octets).split(b"\n")
        self._pending = self._kept(tail)
        return [value for line in lines if (value := self._value(line)) is not None]

    def _value(self, line: bytes) -> T | None:
        starts = line.split(b"$")[1:]
        body = body_of(starts[-1]) if starts else None
        value = None if body is None else self._decode(body)
        self.rejected += len(starts) - (value is not None)
        return value

    def _kept(self, tail: bytes) -> bytes:
        starts = tail.split(b"$")[1:]
        kept = b"$" + starts[-1] if starts and len(starts[-1]) < LINE_LIMIT else b""
        self.rejected += len(starts) - bool(kept)
        return kept

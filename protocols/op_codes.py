"""An op code above 0x7F, then a fixed number of ASCII characters: a wire without frame or checksum.

Trackmaster, Woodway and Biodex speak so in both directions. Since no character is above 0x7F, the
next op code is a new beginning wherever octets were lost.
"""

from collections.abc import Mapping
from typing import NamedTuple

OP_CODES = 0x80
RUN = 8
"""More than one damaged message leaves behind."""

_PRINTABLE = range(0x20, 0x7F)


class Message(NamedTuple):
    """One op code with its characters."""

    op: int
    data: bytes = b""


def encode(op: int, data: bytes = b"") -> bytes:
    return bytes([op]) + data


def digits(value: int, width: int) -> bytes:
    """`value` in so many ASCII digits; one that does not fit is the largest that does, or zero."""
    return b"%0*d" % (width, max(0, min(value, 10**width - 1)))


def number(data: bytes) -> int | None:
    """The number that ASCII digits stand for; None for anything else."""
    return int(data) if data.isdigit() else None


class OpCodeParser:
    """Messages out of a stream of octets. Never raises, and finds its place at each op code.

    `lengths` says how many characters follow each op code that is known. `rejected` counts what
    could not be read: an unbroken run of it once, a long one once for every `RUN` octets. Between
    calls it keeps one unfinished message.
    """

    def __init__(self, lengths: Mapping[int, int]) -> None:
        self._lengths = lengths
        self._op: int | None = None
        self._data = b""
        self._lost = 0
        self.rejected = 0

    def feed(self, octets: bytes) -> list[Message]:
        """The messages that `octets` complete, oldest first."""
        messages = (self._take(octet) for octet in octets)
        return [message for message in messages if message is not None]

    def _take(self, octet: int) -> Message | None:
        if octet >= OP_CODES:
            return self._begin(octet)
        if self._op is None or octet not in _PRINTABLE:
            self._reject()
            return None
        self._data += bytes([octet])
        return self._complete()

    def _begin(self, op: int) -> Message | None:
        if self._op is not None or op not in self._lengths:
            self._reject()
        if op not in self._lengths:
            return None
        self._op, self._data, self._lost = op, b"", 0
        return self._complete()

    def _complete(self) -> Message | None:
        if self._op is None or len(self._data) < self._lengths[self._op]:
            return None
        message = Message(self._op, self._data)
        self._op, self._data = None, b""
        return message

    def _reject(self) -> None:
        self.rejected += self._lost % RUN == 0
        self._lost += 1
        self._op, self._data = None, b""

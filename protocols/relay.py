"""The relay unit's line protocol: heartbeats in, the state of its contact out.

The unit holds the treadmill's safety circuit closed only while heartbeats arrive;
`docs/relay.md` tells how to build one. Both ways one ASCII line in the manner of NMEA 0183:

    $RR,1,<sequence>,<word>,<trip>*<crc>\\r\\n         to the unit
    $RU,1,<sequence>,<contact>,<trip>*<crc>\\r\\n      from the unit

    sequence  0–65535, one more in every line of a sender, wraps to 0
    word      B heartbeat · O open now · C close
    contact   C closed · O open, as read back from the contact itself
    trip      0–65535; from the unit: one more with each opening; with C: the trip that is to end
    crc       four hex digits: CRC-16/CCITT-FALSE over what stands between `$` and `*`
"""

import re
from enum import Enum
from typing import NamedTuple

from protocols.errors import ProtocolError
from protocols.lines import WORD_LIMIT, LineParser, line

BAUD = 115200

_ORDER = re.compile(rb"RR,1,([0-9]{1,5}),([BOC]),([0-9]{1,5})")
_STATUS = re.compile(rb"RU,1,([0-9]{1,5}),([CO]),([0-9]{1,5})")


class Word(Enum):
    """What the unit is told."""

    BEAT = "B"
    OPEN = "O"
    CLOSE = "C"


class Order(NamedTuple):
    """One line to the unit. `trip` counts with CLOSE alone."""

    sequence: int
    word: Word
    trip: int = 0


class Status(NamedTuple):
    """One line from the unit."""

    sequence: int
    closed: bool
    trip: int


def encode_order(order: Order) -> bytes:
    """Raises: `ProtocolError` for a number outside its range."""
    _check(order.sequence, order.trip)
    return line(b"RR,1,%d,%b,%d" % (order.sequence, order.word.value.encode(), order.trip))


def encode_status(status: Status) -> bytes:
    """Raises: `ProtocolError` for a number outside its range."""
    _check(status.sequence, status.trip)
    contact = b"C" if status.closed else b"O"
    return line(b"RU,1,%d,%b,%d" % (status.sequence, contact, status.trip))


def order_parser() -> LineParser[Order]:
    """The unit's ear."""
    return LineParser(_order)


def status_parser() -> LineParser[Status]:
    """The host's ear."""
    return LineParser(_status)


def _order(body: bytes) -> Order | None:
    fields = _fields(_ORDER, body)
    return fields and Order(fields[0], Word(fields[1]), fields[2])


def _status(body: bytes) -> Status | None:
    fields = _fields(_STATUS, body)
    return fields and Status(fields[0], fields[1] == "C", fields[2])


def _fields(form: re.Pattern[bytes], body: bytes) -> tuple[int, str, int] | None:
    """Sequence, letter and trip; None for a body of another form or a number too high."""
    match = form.fullmatch(body)
    if match is None:
        return None
    sequence, letter, trip = int(match[1]), match[2].decode(), int(match[3])
    return None if max(sequence, trip) > WORD_LIMIT else (sequence, letter, trip)


def _check(*numbers: int) -> None:
    for number in numbers:
        if not 0 <= number <= WORD_LIMIT:
            raise ProtocolError(f"A relay's line counts 0 to {WORD_LIMIT}, not {number}.")

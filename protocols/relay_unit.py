"""The rules by which a relay unit opens and closes its contact: de-energised to trip.

Pure, time is an argument: the simulated unit and the one that this computer makes of a GPIO line
follow the same rules, and so does whoever builds one.
"""

import math
from dataclasses import dataclass, replace

from protocols.lines import WORD_LIMIT
from protocols.relay import Order, Word

HOLD_S = 0.5
"""So long after the last valid heartbeat the contact opens."""
AHEAD = 0x8000
"""A sequence number less than this far ahead of the last one is newer; the rest are repeats."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's mind. One that has just got its power is open; its `trip` is any number.

    - `trip`: how often it has opened or was told to; CLOSE must repeat it.
    - `beat_at_s`: the last valid heartbeat; `sequence`: the last valid number.
    """

    closed: bool = False
    trip: int = 0
    beat_at_s: float = -math.inf
    sequence: int | None = None


def heard(unit: Unit, order: Order, now_s: float) -> Unit:
    """After a whole, undamaged order arrived at `now_s`.

    OPEN is obeyed whatever its number. A heartbeat counts if its number is newer than the last;
    an open unit takes any, for the host may have begun to count anew. CLOSE counts only while
    heartbeats arrive, and only for the trip that the unit is in.
    """
    unit = waited(unit, now_s)
    if order.word is Word.OPEN:
        return _opened(unit)
    if unit.closed and not _newer(order.sequence, unit.sequence):
        return unit
    unit = replace(unit, sequence=order.sequence)
    if order.word is Word.BEAT:
        return replace(unit, beat_at_s=now_s)
    closes = order.trip == unit.trip and now_s - unit.beat_at_s < HOLD_S
    return replace(unit, closed=unit.closed or closes)


def waited(unit: Unit, now_s: float) -> Unit:
    """After time has passed: open, if no heartbeat came for `HOLD_S`."""
    silent = now_s - unit.beat_at_s >= HOLD_S
    return _opened(unit) if unit.closed and silent else unit


def _opened(unit: Unit) -> Unit:
    return replace(unit, closed=False, trip=(unit.trip + 1) & WORD_LIMIT)


def _newer(sequence: int, last: int | None) -> bool:
    return last is None or 0 < (sequence - last) % (WORD_LIMIT + 1) < AHEAD

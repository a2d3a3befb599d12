"""Trackmaster (Full Vision) treadmills on RS-232: 4800 8N1, an op code and ASCII digits.

Start is always A0: the machine's own dead-man then stops the belt when it has heard no command for
`SILENCE_S`. A1, Start without it, is written by nobody here. Of the two ways to stop, A2 stops the
belt at once and is what Stop means; AA first goes down to the lowest speed and level, which a
session has done by set-points already when it ends by itself, and a protective stop must not wait
for. The plain set of op codes has no direction. An elevation is in tenths of a per cent, its last
digit 0 or 5; how far a machine lifts is in no source, so it is asked for no more than anybody is
walked on here.

Sources: TMX428 manual 317-160-406, FVX/TMX manual of 2006, Medisoft 800 manual.
"""

from protocols.belt import InclineGrid, SpeedGrid
from protocols.dialect import Heading, News, OpCodeDialect, Purpose
from protocols.op_codes import Message, digits, encode, number

BAUD = 4800
SILENCE_S = 0.5
"""Without any command for so long the machine stops a belt that was started by A0."""

START, START_UNGUARDED, STOP, SET_SPEED, SET_ELEVATION = 0xA0, 0xA1, 0xA2, 0xA3, 0xA4
AUTO_STOP, COOL_DOWN, TOGGLE_ECHO = 0xAA, 0xAB, 0xAC
STATUS, SPEED, ELEVATION, SET_POINT, SET_ELEVATION_READ = 0xC0, 0xC1, 0xC2, 0xC3, 0xC4
INCLINES = InclineGrid(minimum=0, maximum=50, increment=5, units_per_pct=10)
ANSWER = 0x10
"""An answer's op code is the request's and this."""
OUT_OF_RANGE, ILLEGAL = 0xBE, 0xBF

STOPPED, STARTED, STARTED_UNGUARDED = b"1", b"2", b"3"
"""Belt states in the answer to STATUS."""

REQUEST_LENGTHS: dict[int, int] = {
    **dict.fromkeys((START, START_UNGUARDED, STOP, AUTO_STOP, COOL_DOWN, TOGGLE_ECHO), 0),
    **dict.fromkeys((SET_SPEED, SET_ELEVATION), 4),
    **dict.fromkeys((STATUS, SPEED, ELEVATION, SET_POINT, SET_ELEVATION_READ), 0),
}
ANSWER_LENGTHS: dict[int, int] = {
    **dict.fromkeys((op + ANSWER for op in range(START, TOGGLE_ECHO + 1)), 0),
    STATUS + ANSWER: 1,
    **dict.fromkeys((op + ANSWER for op in range(SPEED, SET_ELEVATION_READ + 1)), 4),
    **dict.fromkeys((OUT_OF_RANGE, ILLEGAL), 0),
}

_OPS: dict[Purpose, int] = {
    Purpose.SPEED: SPEED,
    Purpose.STATUS: STATUS,
    Purpose.SET_POINT: SET_POINT,
    Purpose.INCLINE: ELEVATION,
    Purpose.START: START,
    Purpose.SET_SPEED: SET_SPEED,
    Purpose.SET_INCLINE: SET_ELEVATION,
    Purpose.STOP: STOP,
}
_FIGURES = (Purpose.SPEED, Purpose.SET_POINT, Purpose.INCLINE)
_PURPOSES = {op + ANSWER: purpose for purpose, op in _OPS.items()}


def request(purpose: Purpose, units: int = 0) -> bytes:
    """The octets of a request; a set-point in tenths."""
    data = digits(units, 4) if purpose in (Purpose.SET_SPEED, Purpose.SET_INCLINE) else b""
    return encode(_OPS[purpose], data)


def answer(op: int, data: bytes = b"") -> bytes:
    """The machine's answer to the request `op`: what a simulated one says."""
    return encode(op + ANSWER, data)


def state_news(data: bytes) -> News | None:
    """What the one digit of a belt's state says; None for a digit of no known meaning."""
    if data not in (STOPPED, STARTED, STARTED_UNGUARDED):
        return None
    running = data != STOPPED
    return News(Purpose.STATUS, running=running, guarded=data != STARTED_UNGUARDED)


class Trackmaster(OpCodeDialect):
    """The dialect. `grid` is in tenths of what the machine itself is set to, mph or km/h."""

    heading = Heading.FORWARD_ONLY
    polls = (
        *(Purpose.SPEED, Purpose.STATUS, Purpose.SPEED, Purpose.SET_POINT),
        *(Purpose.SPEED, Purpose.STATUS, Purpose.SPEED, Purpose.INCLINE),
    )
    inclines = INCLINES
    says_running = True
    must_prove = False

    def __init__(self, grid: SpeedGrid) -> None:
        super().__init__(ANSWER_LENGTHS)
        self.grid = grid

    def octets(self, purpose: Purpose, units: int = 0, *, reverse: bool = False) -> bytes:
        return request(purpose, units)

    def _news(self, message: Message) -> News | None:
        if message.op in (OUT_OF_RANGE, ILLEGAL):
            return News(refused=True)
        purpose = _PURPOSES.get(message.op)
        if purpose is Purpose.STATUS:
            return state_news(message.data)
        if purpose not in _FIGURES:
            return News(purpose) if purpose else None
        units = number(message.data)
        return None if units is None else self._figure(purpose, units)

    def _figure(self, purpose: Purpose, units: int) -> News:
        """What four digits say."""
        if purpose is Purpose.SPEED:
            return News(purpose, speed_mps=self.grid.mps(units))
        if purpose is Purpose.INCLINE:
            return News(purpose, incline_pct=INCLINES.pct(units))
        return News(purpose, set_units=units)

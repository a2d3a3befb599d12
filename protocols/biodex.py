"""Biodex RTM 400 treadmills on RS-232, with a belt that truly runs in reverse.

An op code and ASCII characters; each command is answered by its own op code, a read by its op code
and what was read. 84 sets the direction, F or R, and A2 reads it back. Known from one manual; baud
rate, unit of speed and of elevation, what the three characters of A7 mean, and what 84 does to a
moving belt are not in it. The first two are settings to be confirmed by commissioning; the two
digits of an elevation are taken for whole per cent, which lifts too little if they are tenths; A7
decides nothing here, and 84 is never written to a belt that is not known to be at rest. The machine
has no dead-man of its own.
"""

from protocols.belt import InclineGrid, SpeedGrid
from protocols.dialect import Heading, News, OpCodeDialect, Purpose
from protocols.op_codes import Message, digits, encode, number

BAUD = 9600
"""Not in the manual: to be confirmed by commissioning."""

START, STOP, SET_SPEED, SET_ELEVATION, SET_DIRECTION = 0x80, 0x81, 0x82, 0x83, 0x84
READ_SPEED, READ_ELEVATION, READ_DIRECTION, READ_STATUS = 0xA0, 0xA1, 0xA2, 0xA7
FORWARD, REVERSE = b"F", b"R"
INCLINES = InclineGrid(minimum=0, maximum=5, increment=1, units_per_pct=1)

REQUEST_LENGTHS: dict[int, int] = {
    **dict.fromkeys((START, STOP, READ_SPEED, READ_ELEVATION, READ_DIRECTION, READ_STATUS), 0),
    SET_SPEED: 3,
    SET_ELEVATION: 2,
    SET_DIRECTION: 1,
}
ANSWER_LENGTHS: dict[int, int] = {
    **dict.fromkeys((START, STOP, SET_SPEED, SET_ELEVATION, SET_DIRECTION), 0),
    READ_SPEED: 3,
    READ_ELEVATION: 2,
    READ_DIRECTION: 1,
    READ_STATUS: 3,
}

_OPS: dict[Purpose, int] = {
    Purpose.SPEED: READ_SPEED,
    Purpose.DIRECTION: READ_DIRECTION,
    Purpose.STATUS: READ_STATUS,
    Purpose.INCLINE: READ_ELEVATION,
    Purpose.TURN: SET_DIRECTION,
    Purpose.START: START,
    Purpose.SET_SPEED: SET_SPEED,
    Purpose.SET_INCLINE: SET_ELEVATION,
    Purpose.STOP: STOP,
}
_PURPOSES = {op: purpose for purpose, op in _OPS.items()}


def request(purpose: Purpose, units: int = 0, *, reverse: bool = False) -> bytes:
    """The octets of a request; a set-point in tenths."""
    data = {
        Purpose.SET_SPEED: digits(units, 3),
        Purpose.SET_INCLINE: digits(units, 2),
        Purpose.TURN: REVERSE if reverse else FORWARD,
    }.get(purpose, b"")
    return encode(_OPS[purpose], data)


class Biodex(OpCodeDialect):
    """The dialect. `grid` is in tenths of what the machine itself is set to, mph or km/h."""

    heading = Heading.BY_COMMAND
    polls = (
        *(Purpose.SPEED, Purpose.DIRECTION, Purpose.SPEED, Purpose.DIRECTION),
        *(Purpose.SPEED, Purpose.INCLINE),
    )
    inclines = INCLINES
    says_running = False
    must_prove = False

    def __init__(self, grid: SpeedGrid) -> None:
        super().__init__(ANSWER_LENGTHS)
        self.grid = grid

    def octets(self, purpose: Purpose, units: int = 0, *, reverse: bool = False) -> bytes:
        return request(purpose, units, reverse=reverse)

    def _news(self, message: Message) -> News | None:
        purpose = _PURPOSES.get(message.op)
        if purpose is Purpose.DIRECTION:
            known = message.data in (FORWARD, REVERSE)
            return News(purpose, reverse=message.data == REVERSE) if known else None
        if purpose not in (Purpose.SPEED, Purpose.INCLINE):
            return News(purpose) if purpose else None
        units = number(message.data)
        if units is None:
            return None
        if purpose is Purpose.INCLINE:
            return News(purpose, incline_pct=INCLINES.pct(units))
        return News(purpose, speed_mps=self.grid.mps(units))

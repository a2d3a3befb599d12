"""Woodway treadmills that speak a set like Trackmaster's: 4800 8N1, an op code and ASCII digits.

Known from a single source (the op codes of the pyWoodway library), so all of it is to be confirmed
by commissioning. Start is A0, with the machine's timer: silence then stops the belt and is told by
BD. The first digit of a speed is 3 for a belt that runs in reverse, 0 forward; reverse stays off
until it is commissioned. The library's own reverse write is malformed and is not followed. A4 sets
an elevation, but no op code that reads one is known: a deck that nobody can see is never moved.
"""

from protocols.belt import SpeedGrid
from protocols.dialect import Heading, News, OpCodeDialect, Purpose
from protocols.op_codes import Message, digits, encode, number
from protocols.trackmaster import state_news

BAUD = 4800
SILENCE_S = 1.0
"""How long the machine's timer waits is in no source; the simulated one waits so long."""

START, START_UNTIMED, STOP, SET_SPEED, SET_ELEVATION, AUTO_STOP = 0xA0, 0xA9, 0xA2, 0xA3, 0xA4, 0xAA
STATUS, SPEED, FIRMWARE = 0xC0, 0xC1, 0xC3
ANSWER = 0x10
TIMED_OUT, BAD_DATA, BAD_COMMAND = 0xBD, 0xBE, 0xBF
FORWARD_DIGIT, REVERSE_DIGIT = b"0", b"3"

REQUEST_LENGTHS: dict[int, int] = {
    **dict.fromkeys((START, START_UNTIMED, STOP, AUTO_STOP, STATUS, SPEED, FIRMWARE), 0),
    **dict.fromkeys((SET_SPEED, SET_ELEVATION), 4),
}
ANSWER_LENGTHS: dict[int, int] = {
    **dict.fromkeys((op + ANSWER for op in REQUEST_LENGTHS), 0),
    STATUS + ANSWER: 1,
    **dict.fromkeys((SPEED + ANSWER, FIRMWARE + ANSWER), 4),
    **dict.fromkeys((TIMED_OUT, BAD_DATA, BAD_COMMAND), 0),
}

_OPS: dict[Purpose, int] = {
    Purpose.SPEED: SPEED,
    Purpose.STATUS: STATUS,
    Purpose.START: START,
    Purpose.SET_SPEED: SET_SPEED,
    Purpose.STOP: STOP,
}
_PURPOSES = {op + ANSWER: purpose for purpose, op in _OPS.items()}


def request(purpose: Purpose, units: int = 0, *, reverse: bool = False) -> bytes:
    """The octets of a request; a set-point in tenths, with its direction."""
    data = signed(units, reverse=reverse) if purpose is Purpose.SET_SPEED else b""
    return encode(_OPS[purpose], data)


def answer(op: int, data: bytes = b"") -> bytes:
    """The machine's answer to the request `op`: what a simulated one says."""
    return encode(op + ANSWER, data)


def signed(units: int, *, reverse: bool) -> bytes:
    """A speed's four digits: its direction, then tenths."""
    return (REVERSE_DIGIT if reverse else FORWARD_DIGIT) + digits(units, 3)


def unsigned(data: bytes) -> tuple[int, bool] | None:
    """Tenths and whether in reverse, of a speed's four digits; None if they are none."""
    units, sign = number(data[1:]), data[:1]
    if units is None or sign not in (FORWARD_DIGIT, REVERSE_DIGIT):
        return None
    return units, sign == REVERSE_DIGIT


class Woodway(OpCodeDialect):
    """The dialect. `reverse`: commissioning has proven that this machine's belt reverses."""

    polls = (Purpose.SPEED, Purpose.STATUS)
    says_running = True
    must_prove = False
    inclines = None

    def __init__(self, grid: SpeedGrid, *, reverse: bool = False) -> None:
        super().__init__(ANSWER_LENGTHS)
        self.grid = grid
        self.heading = Heading.WITH_SPEED if reverse else Heading.FORWARD_ONLY

    def octets(self, purpose: Purpose, units: int = 0, *, reverse: bool = False) -> bytes:
        return request(purpose, units, reverse=reverse)

    def _news(self, message: Message) -> News | None:
        if message.op == TIMED_OUT:
            return News(expired=True)
        if message.op in (BAD_DATA, BAD_COMMAND):
            return News(refused=True)
        purpose = _PURPOSES.get(message.op)
        if purpose is Purpose.STATUS:
            return state_news(message.data)
        if purpose is not Purpose.SPEED:
            return News(purpose) if purpose else None
        speed = unsigned(message.data)
        if speed is None:
            return None
        units, reverse = speed
        return News(purpose, speed_mps=self.grid.mps(units), reverse=reverse if units else None)

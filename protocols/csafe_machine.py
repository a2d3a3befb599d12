"""A treadmill behind a CSAFE port: which of its states leads to Start, and how it stops.

CSAFE knows no direction, no dead-man and no pause from outside. Many consoles only let themselves
be read, so whether a set-point is obeyed must be proven; and how the belt brakes after GoFinished,
the one request that ends a workout, is the product's own.
"""

from protocols import csafe
from protocols.belt import SpeedGrid
from protocols.csafe import Command
from protocols.dialect import MOTION, TENTHS_PER_MPS, Heading, News, Purpose

_REQUESTS: dict[Purpose, int] = {
    Purpose.SPEED: csafe.GET_SPEED,
    Purpose.START: csafe.GO_IN_USE,
    Purpose.STOP: csafe.GO_FINISHED,
}

_TOWARDS_START: dict[int, int] = {
    csafe.PAUSED: csafe.GO_FINISHED,
    csafe.FINISHED: csafe.GO_READY,
    csafe.READY: csafe.GO_IDLE,
}
"""From a state, the request that leads on towards one in which Start may be given."""

_MAY_START = frozenset({csafe.IDLE, csafe.HAVE_ID})
_RUNNING = frozenset({csafe.IN_USE, csafe.MANUAL})


class CsafeMachine:
    """The dialect. `grid` is in tenths of mph or km/h, which every set-point names."""

    heading = Heading.FORWARD_ONLY
    polls = (Purpose.SPEED,)
    says_running = True
    must_prove = True
    inclines = None

    def __init__(self, grid: SpeedGrid) -> None:
        self.grid = grid
        metric = grid.units_per_mps == TENTHS_PER_MPS["kmh"]
        self._unit = csafe.TENTH_KMH if metric else csafe.TENTH_MPH
        self._parser = csafe.FrameParser()
        self._odd = 0
        self._state = csafe.OFFLINE
        self._asked = self._asked_before = Purpose.STATUS

    @property
    def rejected(self) -> int:
        return self._parser.rejected + self._odd

    def octets(self, purpose: Purpose, units: int = 0, *, reverse: bool = False) -> bytes:
        self._asked_before, self._asked = self._asked, purpose
        if purpose is Purpose.SET_SPEED:
            data = csafe.speed_data(units, self._unit)
            return csafe.request(Command(csafe.SET_SPEED, data))
        return csafe.request(Command(_REQUESTS[purpose]))

    def prepare(self) -> bytes | None:
        if self._state in _MAY_START:
            return None
        self._asked_before, self._asked = self._asked, Purpose.PREPARE
        return csafe.request(Command(_TOWARDS_START.get(self._state, csafe.GET_STATUS)))

    def hear(self, octets: bytes) -> list[News]:
        return [news for contents in self._parser.feed(octets) for news in self._answered(contents)]

    def _answered(self, contents: bytes) -> list[News]:
        answer = csafe.read_answer(contents)
        if answer is None or answer.previous == csafe.BAD:
            self._odd += 1
            return []
        self._state = answer.state
        running = answer.state in _RUNNING
        speeds = [self._speed(part, running) for part in answer.parts if _tells_speed(part)]
        news = speeds or [News(running=running)]
        return [*self._refusal(answer.previous), *news]

    def _speed(self, part: Command, running: bool) -> News:
        speed_mps = csafe.speed_mps(part.data)
        self._odd += speed_mps is None
        return News(Purpose.SPEED, speed_mps=speed_mps, running=running)

    def _refusal(self, previous: int) -> list[News]:
        """A status may speak of the frame that it answers or of the one before that."""
        if previous == csafe.OK:
            return []
        asked = (self._asked, self._asked_before)
        return [News(purpose, refused=True) for purpose in asked if purpose in MOTION][:1]


def _tells_speed(part: Command) -> bool:
    return part.identifier == csafe.GET_SPEED

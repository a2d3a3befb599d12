"""What a serial treadmill's own words have to provide, so that one `Conversation` serves them all.

A dialect turns purposes into octets and octets into news. It decides nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from protocols.belt import InclineGrid, SpeedGrid
from protocols.op_codes import Message, OpCodeParser
from protocols.units import KMH_PER_MPS, MPS_PER_MPH


class Purpose(Enum):
    """What a request is for. The first five read and change nothing."""

    SPEED = "speed"
    STATUS = "status"
    SET_POINT = "set point"
    DIRECTION = "direction"
    INCLINE = "incline"
    PREPARE = "prepare"
    """A step of the machine's own on the way to Start; it moves nothing."""
    TURN = "turn"
    """Set the belt's direction, of a belt at rest."""
    START = "start"
    SET_SPEED = "set speed"
    SET_INCLINE = "set incline"
    STOP = "stop"


MOTION = frozenset({Purpose.START, Purpose.SET_SPEED})


class Heading(Enum):
    """How a machine is told which way its belt runs."""

    FORWARD_ONLY = "forward only"
    BY_COMMAND = "by command"
    """Set at rest by a request of its own, and read back."""
    WITH_SPEED = "with speed"
    """Each set-point carries it; a belt at rest has none to read."""


@dataclass(frozen=True, slots=True)
class News:
    """What one answer says. None is "it does not say".

    - `answers`: the purpose of the request; None means whichever is in flight.
    - `refused`: it was not carried out.
    - `speed_mps`, `reverse`: of the belt, as reported; a speed is a magnitude.
    - `running`: the machine takes itself for started; `guarded`: its own dead-man is on.
    - `set_units`: the set-point that it holds, in wire units.
    - `expired`: its own dead-man has stopped it.
    - `incline_pct`: of its deck, as reported.
    """

    answers: Purpose | None = None
    refused: bool = False
    speed_mps: float | None = None
    reverse: bool | None = None
    running: bool | None = None
    guarded: bool = True
    set_units: int | None = None
    expired: bool = False
    incline_pct: float | None = None


class Dialect(Protocol):
    """One machine's words.

    - `polls`: the reads that keep it reporting, in the order in which they take turns.
    - `says_running`: its news tell whether it is started.
    - `must_prove`: that it takes set-points at all is known only once one was obeyed.
    - `rejected`: answers so far that could not be read.
    - `inclines`: of a machine whose deck can be told and read; None of any other.
    """

    @property
    def grid(self) -> SpeedGrid: ...

    @property
    def inclines(self) -> InclineGrid | None: ...

    @property
    def heading(self) -> Heading: ...

    @property
    def polls(self) -> Sequence[Purpose]: ...

    @property
    def says_running(self) -> bool: ...

    @property
    def must_prove(self) -> bool: ...

    @property
    def rejected(self) -> int: ...

    def octets(self, purpose: Purpose, units: int = 0, *, reverse: bool = False) -> bytes:
        """The request; `units` and `reverse` count where the purpose needs them."""
        ...

    def prepare(self) -> bytes | None:
        """What must be written before Start may be; None once it may."""
        ...

    def hear(self, octets: bytes) -> list[News]:
        """What `octets` complete, oldest first. Never raises."""
        ...


TENTHS_PER_MPS = {"mph": 10 / MPS_PER_MPH, "kmh": 10 * KMH_PER_MPS}
"""Wire units in 1 m/s, by what the machine itself is set to."""


def tenths(units: str, minimum: float, maximum: float) -> SpeedGrid:
    """A grid in tenths of `units`, from `minimum` to `maximum` of them. Rounds to the safe side.

    Raises: `KeyError` for units other than `mph` and `kmh`.
    """
    lowest = max(1, -int(-10 * minimum // 1))
    return SpeedGrid(lowest, int(10 * maximum), 1, TENTHS_PER_MPS[units])


class OpCodeDialect(ABC):
    """The part that dialects of op codes and characters share: octets in, news out."""

    def __init__(self, lengths: Mapping[int, int]) -> None:
        self._parser = OpCodeParser(lengths)
        self._odd = 0

    @property
    def rejected(self) -> int:
        return self._parser.rejected + self._odd

    def prepare(self) -> bytes | None:
        return None

    def hear(self, octets: bytes) -> list[News]:
        heard = [self._news(message) for message in self._parser.feed(octets)]
        self._odd += heard.count(None)
        return [news for news in heard if news is not None]

    @abstractmethod
    def _news(self, message: Message) -> News | None:
        """What a message says; None if nothing that is known."""

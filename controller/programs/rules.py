"""What a program file says beside the walk itself: for whom, on what grounds, how it goes on.

Plain values; `schema` makes them from a file, `progression` reads them.
"""

from dataclasses import dataclass
from enum import Enum

from controller.programs.program import Program


class Change(Enum):
    """What a row of a progression changes."""

    MINUTES = "minutes"
    REST = "rest"
    SPEED = "speed"
    BASE = "base"
    """The speed, by a share of the patient's measured one."""
    INCLINE = "incline"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: after so many green walks or weeks in a row, change this by `by`.

    `by` and `most` are seconds for MINUTES and REST, m/s for SPEED, a share for BASE, per cent for
    INCLINE. `most` bounds the sum of all such changes; without one the program's limits do.
    `full_time`: only once the program lasts as long as it may; `then`: only once the rows before
    are at their bounds.
    """

    change: Change
    by: float
    sessions: int = 0
    weeks: int = 0
    most: float | None = None
    full_time: bool = False
    then: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """When nothing more is to be gained from a program: so many walks in a row, with no release
    and an effort of at most this (6 to 20)."""

    sessions: int
    rpe: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A program and all that its file says of it.

    `basis` is where its speeds come from: `guidance`, `source` or `choice`. `releases`: so many
    releases of the rails in one walk are too many. `stops`: what else ends a walk, as sentences.
    """

    program: Program
    population: str
    basis: str
    sources: tuple[str, ...]
    per_week: int
    weeks: int
    max_incline_pct: float = 0.0
    releases: int = 3
    stops: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    ready: Ready | None = None
    progression: str = ""

"""What a program file may say: the one schema, with every bound.

docs/programs.md tells each key with an example. Units are in the names of the keys; what a key may
be at most is the product's hard limit, and no progression leads beyond a program's own bounds.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from controller.programs.program import MAX_INCLINE_PCT, MAX_S, Kind, Part, Program, ProgramPhase
from controller.programs.rules import Change, Ready, Row, Sheet
from protocols.units import mps_from_kmh, mps_from_mph

MAX_MINUTES = MAX_S / 60
MAX_MPH, MAX_KMH = 2.0, 3.2
MAX_SHARE = 1.5
"""Of a measured walking speed, in a phase."""
BASE = re.compile(r"(?:(\d(?:\.\d+)?)\*)?base")
ORDER = re.compile(r"u*w(?:r?w)*d*")
"""Of the parts: warm-ups, walks with single rests between them, cool-downs."""
LETTERS = {Part.WARM_UP: "u", Part.WALK: "w", Part.REST: "r", Part.COOL_DOWN: "d"}
SLACK = 1e-9


def _is_figure(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("it must be a number")
    return value


Figure = BeforeValidator(_is_figure)
Minutes = Annotated[float, Figure, Field(gt=0, le=MAX_MINUTES)]
Mph = Annotated[float, Figure, Field(gt=0, le=MAX_MPH)]
Kmh = Annotated[float, Figure, Field(gt=0, le=MAX_KMH)]
Incline = Annotated[float, Figure, Field(ge=0, le=MAX_INCLINE_PCT)]
Text = Annotated[str, Field(min_length=1, max_length=400)]


class Table(BaseModel):
    """Any table of a program file: an unknown key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PhaseTable(Table):
    """`[[phases]]`: so many minutes of one speed."""

    part: Part = Part.WALK
    minutes: Minutes
    mph: Mph | None = None
    kmh: Kmh | None = None
    speed: Annotated[str, Field(pattern=f"^{BASE.pattern}$")] | None = None
    incline_pct: Incline = 0.0

    @property
    def speeds(self) -> int:
        return sum(speed is not None for speed in (self.mph, self.kmh, self.speed))

    @property
    def share(self) -> float | None:
        """Of the measured walking speed."""
        found = None if self.speed is None else BASE.fullmatch(self.speed)
        return float(found[1] or 1) if found else None

    def phase(self) -> ProgramPhase:
        speed_mps = mps_from_mph(self.mph or 0.0) + mps_from_kmh(self.kmh or 0.0)
        return ProgramPhase(self.minutes * 60, speed_mps, self.incline_pct, self.part, self.share)


class RowTable(Table):
    """`[[progression.rows]]`: after so many green sessions or weeks, change one thing."""

    sessions: Annotated[int, Figure, Field(ge=1, le=20)] | None = None
    weeks: Annotated[int, Figure, Field(ge=1, le=8)] | None = None
    minutes: Annotated[float, Figure, Field(gt=0, le=5)] | None = None
    rest_minutes: Annotated[float, Figure, Field(gt=0, le=5)] | None = None
    mph: Annotated[float, Figure, Field(gt=0, le=0.2)] | None = None
    kmh: Annotated[float, Figure, Field(gt=0, le=0.3)] | None = None
    base_pct: Annotated[float, Figure, Field(gt=0, le=10)] | None = None
    incline_pct: Annotated[float, Figure, Field(gt=0, le=1)] | None = None
    most: Annotated[float, Figure, Field(gt=0, le=100)] | None = None
    full_time: bool = False
    then: bool = False

    def row(self) -> Row:
        (key,) = self.changes
        change, unit = CHANGES[key]
        most = None if self.most is None else self.most * unit
        by = getattr(self, key) * unit
        often = self.sessions or 0, self.weeks or 0
        return Row(change, by, *often, most, self.full_time, self.then)

    @property
    def changes(self) -> list[str]:
        return [key for key in CHANGES if getattr(self, key) is not None]

    @model_validator(mode="after")
    def _is_one_rule(self) -> Self:
        if len(self.changes) != 1:
            raise ValueError(f"a row changes one of {', '.join(CHANGES)}")
        if (self.sessions is None) is (self.weeks is None):
            raise ValueError("a row counts one of sessions and weeks")
        return self


CHANGES: Mapping[str, tuple[Change, float]] = {
    "minutes": (Change.MINUTES, 60.0),
    "rest_minutes": (Change.REST, 60.0),
    "mph": (Change.SPEED, mps_from_mph(1)),
    "kmh": (Change.SPEED, mps_from_kmh(1)),
    "base_pct": (Change.BASE, 0.01),
    "incline_pct": (Change.INCLINE, 1.0),
}
"""A row's key: what it changes, and how much of its SI unit one is."""


class ReadyTable(Table):
    """`ready`: when the program has done its part."""

    sessions: Annotated[int, Figure, Field(ge=1, le=20)]
    rpe: Annotated[float, Figure, Field(ge=6, le=20)]


class ProgressionTable(Table):
    """`[progression]`: how it goes on from one session to the next."""

    text: str = ""
    ready: ReadyTable | None = None
    rows: list[RowTable] = []


class ProgramTable(Table):
    """A whole file."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    title: Annotated[str, Field(min_length=1, max_length=100)]
    version: Annotated[int, Figure, Field(ge=1, le=1_000_000)] = 1
    kind: Kind = Kind.MOTOR
    population: Text
    sources: Annotated[list[Text], Field(min_length=1)]
    speed_basis: Literal["guidance", "source", "choice"]
    cap_mph: Mph | None = None
    cap_kmh: Kmh | None = None
    max_minutes: Minutes
    max_incline_pct: Incline = 0.0
    per_week: Annotated[int, Figure, Field(ge=1, le=7)]
    weeks: Annotated[int, Figure, Field(ge=1, le=52)]
    max_releases: Annotated[int, Figure, Field(ge=1, le=5)] = 3
    extra_stop: list[Text] = []
    phases: Annotated[list[PhaseTable], Field(min_length=1, max_length=60)]
    progression: ProgressionTable = ProgressionTable()

    @property
    def cap_mps(self) -> float:
        return mps_from_mph(self.cap_mph or 0.0) + mps_from_kmh(self.cap_kmh or 0.0)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        faults = (*_of_the_whole(self), *_of_phases(self), *_of_rows(self))
        for fault in faults:
            raise ValueError(fault)
        return self

    def sheet(self) -> Sheet:
        phases = tuple(phase.phase() for phase in self.phases)
        limits = self.cap_mps, self.max_minutes * 60
        ready = self.progression.ready
        return Sheet(
            Program(
                self.id, self.title, phases, self.kind, *limits, self.version, self.max_releases
            ),
            self.population,
            self.speed_basis,
            tuple(self.sources),
            self.per_week,
            self.weeks,
            self.max_incline_pct,
            self.max_releases,
            tuple(self.extra_stop),
            tuple(row.row() for row in self.progression.rows),
            None if ready is None else Ready(ready.sessions, ready.rpe),
            self.progression.text,
        )


def _of_the_whole(table: ProgramTable) -> Iterator[str]:
    if (table.cap_mph is None) is (table.cap_kmh is None):
        yield "a program has one cap: give cap_mph or cap_kmh"
    minutes = sum(phase.minutes for phase in table.phases)
    if minutes > table.max_minutes + SLACK:
        yield f"its phases take {minutes:g} minutes: max_minutes is {table.max_minutes:g}"
    if not ORDER.fullmatch("".join(LETTERS[phase.part] for phase in table.phases)):
        yield (
            "its parts are out of order: first every warm_up, then walk with single rests "
            "between, last every cool_down"
        )


def _of_phases(table: ProgramTable) -> Iterator[str]:
    for number, phase in enumerate(table.phases, 1):
        moves = phase.part is not Part.REST and table.kind is Kind.MOTOR
        if moves and phase.speeds != 1:
            yield f"phase {number} needs one speed: mph, kmh or speed"
        if not moves and (phase.speeds or phase.incline_pct):
            yield f"phase {number} needs minutes alone: no belt moves in it"
        if phase.phase().speed_mps > table.cap_mps + SLACK:
            yield f"phase {number} is faster than the program's own cap"
        if phase.incline_pct > table.max_incline_pct:
            yield f"phase {number} is steeper than max_incline_pct, {table.max_incline_pct:g}"
        if phase.share is not None and not 0 < phase.share <= MAX_SHARE:
            yield f"phase {number} has a share of base beyond 0 to {MAX_SHARE:g}"


def _of_rows(table: ProgramTable) -> Iterator[str]:
    shares = any(phase.share is not None for phase in table.phases)
    rests = any(phase.part is Part.REST for phase in table.phases)
    has = {"base_pct": shares, "rest_minutes": rests, "incline_pct": table.max_incline_pct > 0}
    if table.kind is Kind.BELT_OFF:
        has |= dict.fromkeys(("mph", "kmh"), False)
    for number, row in enumerate(table.progression.rows, 1):
        (key,) = row.changes
        if not has.get(key, True):
            yield f"row {number} of its progression changes {key}, of which the program has none"

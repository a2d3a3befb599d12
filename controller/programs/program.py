"""A program as a value, and how it is read from TOML."""

import math
import tomllib
from dataclasses import dataclass
from enum import Enum
from importlib import resources
from typing import TypeGuard

from protocols.units import mps_from_mph

MAX_MPH = 2.0
MAX_MINUTES = 40.0


class ProgramError(ValueError):
    """A program file that cannot be walked; one plain sentence."""


@dataclass(frozen=True, slots=True)
class ProgramPhase:
    """So many seconds at such a speed (m/s) and incline (%)."""

    duration_s: float
    speed_mps: float
    incline_pct: float = 0.0


class Kind(Enum):
    """What moves the belt."""

    MOTOR = "motor"
    BELT_OFF = "belt_off"
    """The person does, against the resistance of a belt without power: the motor is never
    commanded, and phases only count minutes."""


@dataclass(frozen=True, slots=True)
class Program:
    """A treatment plan. Without phases it is a free walk: the supervisor sets the speed."""

    id: str
    title: str
    phases: tuple[ProgramPhase, ...] = ()
    kind: Kind = Kind.MOTOR

    @property
    def duration_s(self) -> float:
        return sum(phase.duration_s for phase in self.phases) if self.phases else math.inf


FREE_WALK = Program("free-walk", "Free walk")


def parse(text: str) -> Program:
    """The program in a TOML text. Raises: `ProgramError`."""
    try:
        table = tomllib.loads(text)
        phases = tuple(_phase(row) for row in table["phases"])
        program = Program(str(table["id"]), str(table["title"]), phases)
    except tomllib.TOMLDecodeError as error:
        raise ProgramError(f"The program is not TOML: {error}.") from error
    except (KeyError, TypeError) as error:
        raise ProgramError("A program needs id, title and phases of minutes and mph.") from error
    if not program.phases or program.duration_s > MAX_MINUTES * 60:
        raise ProgramError(f"A program lasts up to {MAX_MINUTES:g} minutes in at least one phase.")
    return program


def built_in() -> dict[str, Program]:
    """The programs that come with Retrotread, by id; the free walk is one of them."""
    library = resources.files("controller.programs") / "library"
    texts = [file.read_text() for file in library.iterdir() if file.name.endswith(".toml")]
    programs = [FREE_WALK, *map(parse, texts)]
    return {program.id: program for program in programs}


def _phase(row: dict[str, object]) -> ProgramPhase:
    minutes, mph = row["minutes"], row["mph"]
    if not _within(minutes, MAX_MINUTES):
        raise ProgramError(f"A phase lasts up to {MAX_MINUTES:g} minutes; one says {minutes!r}.")
    if not _within(mph, MAX_MPH):
        raise ProgramError(f"A phase is walked at up to {MAX_MPH:g} mph; one says {mph!r}.")
    return ProgramPhase(minutes * 60, mps_from_mph(mph))


def _within(figure: object, most: float) -> TypeGuard[float]:
    """A number above zero and not above `most`; TOML's true is none."""
    if isinstance(figure, bool) or not isinstance(figure, int | float):
        return False
    return 0 < figure <= most

"""A program as a value: what control, the turn and the records hand on. Pure, without pydantic.

How a program is written in a file is `schema`'s; which programs there are is `library`'s.
"""

import math
from dataclasses import dataclass, replace
from enum import Enum

from protocols.units import mps_from_mph

MAX_MPS = mps_from_mph(2.0)
MAX_S = 2400.0
MAX_INCLINE_PCT = 5.0
"""What no program may ask for, whatever any file says: the hard limits of one walk, and the
steepest incline that published guidance would still call slight."""
MAX_BASELINE_MPS = 2.5
"""A measured walking speed above this was not one."""


class ProgramError(ValueError):
    """A program that cannot be walked; one plain sentence."""


class Kind(Enum):
    """What moves the belt."""

    MOTOR = "motor"
    BELT_OFF = "belt_off"
    """The person does, against the resistance of a belt without power: the motor is never
    commanded, and phases only count minutes."""


class Part(Enum):
    """What a phase is for."""

    WARM_UP = "warm_up"
    WALK = "walk"
    """What the program is about: more minutes and more speed go here."""
    REST = "rest"
    """The belt stands until a supervisor goes on; the phase's length is the shortest rest."""
    COOL_DOWN = "cool_down"


@dataclass(frozen=True, slots=True)
class ProgramPhase:
    """So many seconds at such a speed (m/s) and incline (%).

    With a `base_share` the speed is that share of the patient's measured one, once it is known.
    """

    duration_s: float
    speed_mps: float
    incline_pct: float = 0.0
    part: Part = Part.WALK
    base_share: float | None = None

    @property
    def rests(self) -> bool:
        return self.part is Part.REST


@dataclass(frozen=True, slots=True)
class Program:
    """A treatment plan. Without phases it is a free walk: the supervisor sets the speed.

    `cap_mps`, `max_s` and `max_releases` are the program's own limits of one walk, rests included;
    they narrow those in force and widen nothing.
    """

    id: str
    title: str
    phases: tuple[ProgramPhase, ...] = ()
    kind: Kind = Kind.MOTOR
    cap_mps: float = math.inf
    max_s: float = math.inf
    version: int = 0
    max_releases: float = math.inf

    @property
    def duration_s(self) -> float:
        return sum(phase.duration_s for phase in self.phases) if self.phases else math.inf

    @property
    def asks_baseline(self) -> bool:
        return any(phase.base_share is not None for phase in self.phases)

    @property
    def limits(self) -> dict[str, float]:
        return {
            "cap_mps": self.cap_mps,
            "session_s": self.max_s,
            "releases": self.max_releases,
        }


FREE_WALK = Program("free-walk", "Free walk")


def resolved(program: Program, baseline_mps: float | None) -> Program:
    """The program with its speeds by the patient's measured one (m/s): up to the cap, and never
    raised. One that asks for none stays as it is. Raises: `ProgramError`."""
    if not program.asks_baseline:
        return program
    if baseline_mps is None:
        raise ProgramError(
            f"{program.title} goes by the patient's measured walking speed: give it with Arm."
        )
    if not 0 < baseline_mps <= MAX_BASELINE_MPS:
        raise ProgramError(
            f"A measured walking speed is above 0 and up to {MAX_BASELINE_MPS:g} m/s: "
            f"{baseline_mps:g} is not."
        )
    phases = tuple(_resolved(phase, baseline_mps, program.cap_mps) for phase in program.phases)
    return replace(program, phases=phases)


def _resolved(phase: ProgramPhase, baseline_mps: float, cap_mps: float) -> ProgramPhase:
    if phase.base_share is None:
        return phase
    speed_mps = min(phase.base_share * baseline_mps, cap_mps)
    return replace(phase, speed_mps=speed_mps, base_share=None)

"""Where a program stands after so much of it. Pure."""

import math
from typing import NamedTuple

from controller.programs.program import Program

DUST_S = 1e-6
"""Less than so much of a phase is none: sums of seconds are not exact, and a rest that is over
may not begin again."""


class Place(NamedTuple):
    """The phase being walked (from 0), the speed it asks for, the seconds left in it, the incline
    (%) it asks for, and whether it is a rest."""

    phase: int
    speed_mps: float
    left_s: float
    incline_pct: float = 0.0
    rests: bool = False


ANYWHERE = Place(0, math.inf, math.inf)
"""A free walk asks for any speed and never ends: limits and the supervisor bound it."""


def place(program: Program, done_s: float) -> Place | None:
    """Where `program` stands after `done_s` of it; None once it has ended."""
    if not program.phases:
        return ANYWHERE
    for index, phase in enumerate(program.phases):
        left_s = phase.duration_s - done_s
        if left_s > DUST_S:
            return Place(index, phase.speed_mps, left_s, phase.incline_pct, phase.rests)
        done_s -= phase.duration_s
    return None

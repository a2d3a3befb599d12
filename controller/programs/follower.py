"""Where a program stands after so much walking. Pure."""

import math
from dataclasses import dataclass

from controller.programs.program import Program


@dataclass(frozen=True, slots=True)
class Place:
    """The phase being walked (from 0), the speed it asks for, the seconds left in it, the incline
    (%) it asks for."""

    phase: int
    speed_mps: float
    left_s: float
    incline_pct: float = 0.0


def place(program: Program, walked_s: float) -> Place | None:
    """Where `program` stands after `walked_s` of walking; None once it has ended.

    A free walk asks for any speed and never ends: limits and the supervisor bound it.
    """
    if not program.phases:
        return Place(0, math.inf, math.inf)
    for index, phase in enumerate(program.phases):
        if walked_s < phase.duration_s:
            left_s = phase.duration_s - walked_s
            return Place(index, phase.speed_mps, left_s, phase.incline_pct)
        walked_s -= phase.duration_s
    return None

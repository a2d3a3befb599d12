"""A program as it has been adjusted for one patient so far. Pure.

A prescription only says how much more; what a patient walks is `prescribed`, and whatever a
prescription says, that keeps the program's cap, time and incline.
"""

from dataclasses import dataclass, replace

from controller.programs.program import Part, Program, ProgramPhase
from controller.programs.rules import Change, Row, Sheet
from protocols.units import kmh_from_mps, mph_from_mps

SHORTEST_REST_S = 30.0
MOST_SHARE = 1.5
"""Of the measured walking speed: six weeks of 10 % more each."""
DUST = 1e-6
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Prescription:
    """How much more than the program's file says, each ≥ 0; the default is the file itself.

    - `longer_s`: more walking, over all walked phases; `rest_shorter_s`: less of each rest.
    - `faster_mps`: of each walked phase; `base_more`: of its share of the measured speed.
    - `steeper_pct`: of each walked phase.
    """

    longer_s: float = 0.0
    rest_shorter_s: float = 0.0
    faster_mps: float = 0.0
    base_more: float = 0.0
    steeper_pct: float = 0.0


FIELDS: dict[Change, str] = {
    Change.MINUTES: "longer_s",
    Change.REST: "rest_shorter_s",
    Change.SPEED: "faster_mps",
    Change.BASE: "base_more",
    Change.INCLINE: "steeper_pct",
}


def prescribed(sheet: Sheet, prescription: Prescription) -> Program:
    """The program to walk. Warm-up and cool-down stay; no limit of the program is passed."""
    program = sheet.program
    phases = tuple(_rested(phase, prescription) for phase in program.phases)
    spare_s = program.max_s - sum(phase.duration_s for phase in phases)
    longer_s = max(0.0, min(prescription.longer_s, spare_s))
    share_s = longer_s / max(1, sum(phase.part is Part.WALK for phase in phases))
    walked = tuple(
        _walked(phase, sheet, prescription, share_s) if phase.part is Part.WALK else phase
        for phase in phases
    )
    return replace(program, phases=walked)


def _rested(phase: ProgramPhase, prescription: Prescription) -> ProgramPhase:
    if not phase.rests:
        return phase
    least_s = min(SHORTEST_REST_S, phase.duration_s)
    return replace(phase, duration_s=max(least_s, phase.duration_s - prescription.rest_shorter_s))


def _walked(
    phase: ProgramPhase, sheet: Sheet, prescription: Prescription, longer_s: float
) -> ProgramPhase:
    share = phase.base_share
    faster_mps = prescription.faster_mps if phase.speed_mps else 0.0
    steeper_pct = phase.incline_pct + prescription.steeper_pct
    return replace(
        phase,
        duration_s=phase.duration_s + longer_s,
        speed_mps=min(phase.speed_mps + faster_mps, max(phase.speed_mps, sheet.program.cap_mps)),
        base_share=None if share is None else min(share + prescription.base_more, MOST_SHARE),
        incline_pct=min(steeper_pct, max(phase.incline_pct, sheet.max_incline_pct)),
    )


def figure(prescription: Prescription, change: Change) -> float:
    found: float = getattr(prescription, FIELDS[change])
    return found


def raised(sheet: Sheet, prescription: Prescription, row: Row) -> Prescription:
    """One step on, or so much of it as the row's and the program's bounds leave."""
    return _with(prescription, row, min(row.by, room(sheet, prescription, row)))


def lowered(prescription: Prescription, row: Row) -> Prescription:
    """One step back."""
    return _with(prescription, row, -min(row.by, figure(prescription, row.change)))


def room(sheet: Sheet, prescription: Prescription, row: Row) -> float:
    """How much more of what this row changes there may be, in the row's unit; 0 at its bound."""
    most = row.by if row.most is None else row.most - figure(prescription, row.change)
    left = min(most, _left(sheet, prescribed(sheet, prescription), row.change))
    return left if left > DUST else 0.0


def _left(sheet: Sheet, program: Program, change: Change) -> float:
    """What the program's own bounds leave; the phase with the most room counts."""
    walks = [phase for phase in program.phases if phase.part is Part.WALK]
    shares = [phase.base_share for phase in walks if phase.base_share is not None]
    speeds_mps = [phase.speed_mps for phase in walks if phase.speed_mps]
    rests_s = [phase.duration_s for phase in program.phases if phase.rests]
    bounds = {
        Change.MINUTES: [program.max_s - program.duration_s],
        Change.REST: [rest_s - SHORTEST_REST_S for rest_s in rests_s],
        Change.SPEED: [program.cap_mps - speed_mps for speed_mps in speeds_mps],
        Change.BASE: [MOST_SHARE - share for share in shares],
        Change.INCLINE: [sheet.max_incline_pct - phase.incline_pct for phase in walks],
    }
    return max(bounds[change], default=0.0)


def _with(prescription: Prescription, row: Row, by: float) -> Prescription:
    more = round(figure(prescription, row.change) + by, DIGITS)
    return replace(prescription, **{FIELDS[row.change]: more})


def counted(figure: float, word: str) -> str:
    """As in `1 minute`, `2.5 minutes`."""
    return f"{figure:.3g} {word}{'' if figure == 1 else 's'}"


def said(change: Change, by: float) -> str:
    """So much of a change in words, as in `0.1 mph (0.16 km/h) faster`; `by` may be negative."""
    size = abs(by)
    words = {
        Change.MINUTES: (counted(size / 60, "minute"), "longer", "shorter"),
        Change.REST: (f"each rest {size:.3g} seconds", "shorter", "longer"),
        Change.SPEED: (
            f"{mph_from_mps(size):.2g} mph ({kmh_from_mps(size):.2g} km/h)", "faster", "slower",
        ),
        Change.BASE: (f"{size * 100:.3g} % of the measured speed", "faster", "slower"),
        Change.INCLINE: (f"{size:.3g} % of incline", "more", "less"),
    }  # fmt: skip
    much, more, less = words[change]
    return f"{much} {more if by >= 0 else less}"

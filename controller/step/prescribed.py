"""Whether a machine can do what a program prescribes: sentences, empty if it can."""

from collections.abc import Iterator

from controller.programs.program import Kind, Program
from controller.safety.conditions import INCLINE_PCT
from controller.safety.view import View
from controller.step.incline import STEP_PCT
from protocols.belt import BeltReport, InclineGrid
from protocols.units import kmh_from_mps, mph_from_mps


def beyond(program: Program, view: View) -> str:
    """Why this machine cannot walk this program; whatever its motor need not do is not asked."""
    if program.kind is Kind.BELT_OFF:
        return ""
    return next((sentence for sentence in _reasons(program, view) if sentence), "")


def _reasons(program: Program, view: View) -> Iterator[str]:
    yield _too_slow(program, view)
    yield _too_steep(program, view)
    yield _not_level(program, view)


def _too_slow(program: Program, view: View) -> str:
    """A phase below the machine's lowest speed is refused, never raised to it."""
    grid = view.evidence.belt.grid
    for number, phase in enumerate(program.phases, 1):
        if grid is not None and not phase.rests and not grid.floor(phase.speed_mps):
            return (
                f"Phase {number} of {program.title} is walked at {_said(phase.speed_mps)}, below "
                f"this treadmill's lowest speed of {_said(grid.mps(grid.minimum))}: choose "
                "another program or a slower treadmill."
            )
    return ""


def _said(speed_mps: float) -> str:
    return f"{mph_from_mps(speed_mps):.2f} mph ({kmh_from_mps(speed_mps):.2f} km/h)"


def _inclines_pct(program: Program) -> list[float]:
    return [phase.incline_pct for phase in program.phases if phase.incline_pct]


def _too_steep(program: Program, view: View) -> str:
    inclines_pct, most_pct = _inclines_pct(program), view.limits.incline_pct
    if not all(0 <= incline_pct <= most_pct for incline_pct in inclines_pct):
        return (
            f"{program.title} inclines beyond the limit of {most_pct:g} %: raise incline_pct in "
            "the settings once this treadmill's inclines are proven."
        )
    belt = view.evidence.belt
    if inclines_pct and not (belt.inclines and _lifts(belt, belt.inclines, inclines_pct)):
        return f"{program.title} needs inclines that this treadmill cannot be told."
    return ""


def _lifts(belt: BeltReport, lift: InclineGrid, inclines_pct: list[float]) -> bool:
    """Gently enough, seen to, and none of them flattened to level."""
    gentle = lift.pct(lift.increment) <= STEP_PCT and lift.floor(STEP_PCT) is not None
    return (
        gentle
        and belt.inclination_pct is not None
        and all(lift.floor(incline_pct) for incline_pct in inclines_pct)
    )


def _not_level(program: Program, view: View) -> str:
    """A deck that can be told is brought to where the program begins; any other must be level, for
    its program has no inclines."""
    belt, most_pct = view.evidence.belt, view.limits.incline_pct
    if program.phases and belt.inclines is None:
        most_pct = 0.0
    if belt.inclination_pct is None or -INCLINE_PCT <= belt.inclination_pct <= (
        most_pct + INCLINE_PCT
    ):
        return ""
    return "The treadmill's deck is inclined: bring it to level at its console."

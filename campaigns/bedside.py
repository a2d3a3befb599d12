"""What one walk begins with: machine, link, walker and limits, made of the drawn figures."""

from typing import Any, NamedTuple

from campaigns.plan import Campaign, Figures
from controller.commissioning.cap import cap_mps
from controller.commissioning.stopping import Curve
from controller.programs.program import Program, ProgramPhase
from controller.safety.limits import Limits, tightest
from simulators.faults import Case, Habits, Machine, case
from simulators.plant import Drive
from simulators.trouble import Trouble

ENDLESS_S = 7200.0
"""Of a program that something else is to end."""


class Bedside(NamedTuple):
    """`case`: the machine, the grip unit and the walker's troubles; the figures as drawn."""

    number: int
    case: Case
    limits: Limits
    program: Program
    delay_s: float
    end: str
    seconds: float
    fault: str
    walker: dict[str, float]


def bedside(campaign: Campaign, number: int) -> Bedside:
    """The bedside of one walk of a campaign."""
    figures: Figures = campaign.figures(number)
    walk, link, machine = figures["walk"], figures["link"], dict(figures["machine"])
    settings: dict[str, Any] = dict(figures["settings"])
    fault = str(figures["faults"]["name"])
    habits = Habits(
        answer_s=_f(machine.pop("answer_s")), report_period_s=_f(machine.pop("report_period_s"))
    )
    drive = Drive(**{name: _f(value) for name, value in machine.items()})
    loss = _f(link["loss"])
    lossy = (Trouble("lose", share=loss),) if loss else ()
    delay_s = _f(link["delay_s"])
    measured = {}
    if settings.pop("commissioned_cap"):
        curve = Curve(2 * delay_s, drive.stop_mps2, drive.lag_s)
        measured = {"machine": {"cap_mps": cap_mps(curve)}}
    limits, _ = tightest({"campaign": settings}, measured)
    end, seconds, speed_mps = str(walk["end"]), _f(walk["seconds"]), _f(walk["speed_mps"])
    duration_s = seconds if end == "program" else ENDLESS_S
    program = Program("campaign", "Campaign", (ProgramPhase(duration_s, speed_mps),))
    given = case([fault], Machine(habits, drive, link=lossy))
    walker = {name: _f(value) for name, value in figures["walker"].items()}
    return Bedside(number, given, limits, program, delay_s, end, seconds, fault, walker)


def _f(value: object) -> float:
    return float(str(value))

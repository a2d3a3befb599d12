"""One past session as progression sees it, and the light that it gets. Pure.

The lights are the strictest of what clinics publish. Pain (NPRS): green up to 3; amber at 4 and 5,
or 2 above what it was before; red from 6, or 3 above, or not settled by the next day. Effort: green
up to 13 of 6 to 20, or 4 of 0 to 10; red from 15, or 7. What is not known is amber.
"""

from dataclasses import dataclass
from enum import IntEnum

from controller.programs.prescription import Prescription, prescribed
from controller.programs.program import Part
from controller.programs.rules import Sheet

SCALES = {"6-20": (13.0, 15.0), "0-10": (4.0, 7.0)}
"""Of effort: green up to the first, red from the second."""
PEAK = (4.0, 6.0)
RISE = (2.0, 3.0)
"""Of pain: amber from the first, red from the second."""
SLOWER_MPS = 0.03
"""A machine rounds a speed down to its grid: usually 0.1 km/h."""
SHORTER_S = 30.0
FLATTER_PCT = 0.5


class Light(IntEnum):
    """How a session went; the worst of all that is known of it."""

    GREEN = 0
    AMBER = 1
    RED = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """One past session. None is what nobody asked or noted.

    `day`: on which day, as the ordinal that a date has.
    `nprs_before`, `nprs_peak`: pain, 0 to 10; `rpe` on the scale `6-20` or `0-10`; `releases` of
    the rails; `settled`: by the next day the pain was what it had been. `minutes`, `top_speed_mps`,
    `incline_pct` are as walked; `prescription` is what was to be walked.
    """

    day: int
    program: str
    nprs_peak: float | None = None
    nprs_before: float | None = None
    rpe: float | None = None
    rpe_scale: str = "6-20"
    releases: int = 0
    completed: bool = True
    settled: bool | None = None
    minutes: float = 0.0
    top_speed_mps: float = 0.0
    incline_pct: float = 0.0
    prescription: Prescription = Prescription()  # noqa: RUF009 - a frozen value


Finding = tuple[Light, str]


def judged(outcome: Outcome, sheet: Sheet) -> tuple[Light, tuple[str, ...]]:
    """The light of one session, and the sentences that gave it; a green one needs none."""
    found = (
        *_of_pain(outcome),
        *_of_the_next_day(outcome),
        *_of_effort(outcome),
        *_of_the_walk(outcome, sheet),
    )
    light = max((each for each, _ in found), default=Light.GREEN)
    reasons = tuple(sentence for each, sentence in found if each is light is not Light.GREEN)
    return light, reasons


def _light(figure: float, bounds: tuple[float, float]) -> Light:
    """A figure that is no number is not known."""
    amber, red = bounds
    return Light.RED if figure >= red else Light.GREEN if figure < amber else Light.AMBER


def _of_pain(outcome: Outcome) -> list[Finding]:
    peak, before = outcome.nprs_peak, outcome.nprs_before
    found = []
    if peak is not None:
        found.append((_light(peak, PEAK), f"Peak pain was {peak:g} of 10."))
    if peak is not None and before is not None:
        found.append((_light(peak - before, RISE), f"Pain rose by {peak - before:g}."))
    if peak is None or before is None:
        found.append((Light.AMBER, "Pain before and during the session is not known."))
    return found


def _of_the_next_day(outcome: Outcome) -> list[Finding]:
    if outcome.settled is None:
        return [(Light.AMBER, "Whether the pain settled by the next day is not known: ask.")]
    return [] if outcome.settled else [(Light.RED, "The pain had not settled by the next day.")]


def _of_effort(outcome: Outcome) -> list[Finding]:
    rpe, bounds = outcome.rpe, SCALES.get(outcome.rpe_scale)
    if rpe is None or bounds is None:
        return [(Light.AMBER, "Effort, on a scale of 6 to 20 or 0 to 10, is not known.")]
    green, red = bounds
    light = Light.GREEN if rpe <= green else Light.RED if rpe >= red else Light.AMBER
    return [(light, f"Effort was {rpe:g} of {outcome.rpe_scale}.")]


def _of_the_walk(outcome: Outcome, sheet: Sheet) -> list[Finding]:
    found = []
    if outcome.releases:
        light = Light.RED if outcome.releases >= sheet.releases else Light.AMBER
        found.append((light, f"Releases of the rails: {outcome.releases}."))
    if not outcome.completed:
        found.append((Light.AMBER, "The session was not walked to its end."))
    elif _falls_short(outcome, sheet):
        found.append((Light.AMBER, "It was walked shorter, slower or flatter than prescribed."))
    return found


def _falls_short(outcome: Outcome, sheet: Sheet) -> bool:
    """Of the time without rests, the speed (one by a measured speed is not known here), the
    incline."""
    phases = prescribed(sheet, outcome.prescription).phases
    walked_s = sum(phase.duration_s for phase in phases if phase.part is not Part.REST)
    kept = (
        outcome.minutes * 60 >= walked_s - SHORTER_S,
        outcome.top_speed_mps >= max(phase.speed_mps for phase in phases) - SLOWER_MPS,
        outcome.incline_pct >= max(phase.incline_pct for phase in phases) - FLATTER_PCT,
    )
    return not all(kept)

"""A patient's past visits as the rules of progression see them, and what these propose.

What was to be walked is taken from control's record, where the arming has the whole program: so it
is what the patient really was set, whoever decided on it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from controller.programs.outcome import SCALES as EFFORT
from controller.programs.outcome import Light, Outcome, judged
from controller.programs.prescription import Prescription
from controller.programs.program import Part, Program, ProgramPhase
from controller.programs.progression import Proposal, propose
from controller.programs.rules import Sheet
from controller.records.notes import Effort, EffortScale, Moment
from controller.records.report.patient import Walk
from controller.records.values import Plain, decode

SCALES = {EffortScale.BORG_6_20: "6-20", EffortScale.CR_0_10: "0-10"}
HEAD_LINES = 400
"""The arming is within the first lines of a record."""
Pair = tuple[ProgramPhase, ProgramPhase]


@dataclass(frozen=True, slots=True)
class Step:
    """One visit: how it went, why, and what was proposed after it."""

    light: Light
    reasons: tuple[str, ...]
    proposal: Proposal


def steps(sheet: Sheet, walks: Sequence[Walk]) -> list[Step]:
    """A step per visit, in the order of their days; those of other programs count for nothing."""
    ours = [walk for walk in walks if walk.notes.program == sheet.program.id]
    outcomes = [outcome(sheet, walk) for walk in sorted(ours, key=lambda walk: walk.began_at)]
    return [
        Step(
            *judged(each, sheet),
            proposal=propose(sheet, each.prescription, outcomes[: number + 1]),
        )
        for number, each in enumerate(outcomes)
    ]


def outcome(sheet: Sheet, walk: Walk) -> Outcome:
    """A visit as progression sees it; a visit without figures was not walked."""
    efforts = [m.effort for m in walk.notes.measured if m.effort is not None]
    most = max(efforts, key=_strain, default=None)
    settled = [m.settled for m in walk.notes.measured if m.moment is Moment.NEXT_MORNING]
    figures = walk.figures
    return Outcome(
        day=datetime.fromtimestamp(walk.began_at, UTC).astimezone().toordinal(),
        program=walk.notes.program,
        nprs_peak=walk.pain(Moment.PEAK),
        nprs_before=walk.pain(Moment.BEFORE),
        rpe=None if most is None else most.rating,
        rpe_scale=SCALES[most.scale] if most else "6-20",
        releases=figures.releases if figures else 0,
        completed=figures is not None and figures.completed,
        settled=settled[-1] if settled else None,
        minutes=figures.walked_s / 60 if figures else 0.0,
        top_speed_mps=figures.peak_mps if figures else 0.0,
        incline_pct=figures.peak_incline_pct if figures else 0.0,
        prescription=Prescription() if walk.planned is None else prescribed(sheet, walk.planned),
    )


def _strain(effort: Effort) -> tuple[bool, bool, float]:
    """By which the efforts of both scales are one row: red, amber, and how near to red."""
    green, red = EFFORT[SCALES[effort.scale]]
    return effort.rating >= red, effort.rating > green, effort.rating / red


def planned(octets: bytes) -> Program | None:
    """The program that was armed in a record; None where its beginning does not tell."""
    for line in octets.split(b"\n", HEAD_LINES)[:HEAD_LINES]:
        if b'"commands"' not in line:
            continue
        try:
            found = _armed(json.loads(line).get("commands", ()))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return None
        if found is not None:
            return found
    return None


def _armed(commands: Iterable[dict[str, Plain]]) -> Program | None:
    for command in commands:
        if command.get("verb") == "arm":
            program: Program = decode(Program, command.get("program", {}))
            return program
    return None


def prescribed(sheet: Sheet, program: Program) -> Prescription:
    """By how much a program that was walked asks for more than its file does."""
    pairs = list(zip(sheet.program.phases, program.phases, strict=False))
    walks = [(file, walked) for file, walked in pairs if file.part is Part.WALK]
    rests = [(file, walked) for file, walked in pairs if file.part is Part.REST]
    return Prescription(
        longer_s=_figure(sum(walked.duration_s - file.duration_s for file, walked in walks)),
        rest_shorter_s=_most(file.duration_s - walked.duration_s for file, walked in rests),
        faster_mps=_most(walked.speed_mps - file.speed_mps for file, walked in walks),
        base_more=_most(
            (walked.base_share or 0) - (file.base_share or 0) for file, walked in walks
        ),
        steeper_pct=_most(walked.incline_pct - file.incline_pct for file, walked in walks),
    )


def _most(figures: Iterable[float]) -> float:
    return _figure(max(figures, default=0.0))


def _figure(figure: float) -> float:
    return round(max(0.0, figure), 9)

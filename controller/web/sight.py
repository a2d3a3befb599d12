"""What every page sees of the visit that goes on, and what is proposed next. Pure."""

from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict

from controller.programs.library import built_in
from controller.records.archive.summary import Summary
from controller.records.notes import Moment, Patient, SessionNotes
from controller.records.screening import Judgement
from controller.records.visit import Stage


class Sight(SessionNotes):
    """The notes, where the visit stands, and what stands between the patient and the belt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: Stage
    program_title: str
    heart_rate_limit_bpm: int | None = None
    baseline_mps: float | None = None
    pain_before: int | None = None
    missing: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def sight(notes: SessionNotes, stage: Stage, judged: Judgement, patient: Patient | None) -> Sight:
    program = built_in().get(notes.program)
    return Sight(
        **dict(notes),
        stage=stage,
        program_title=program.program.title if program else notes.program,
        heart_rate_limit_bpm=patient.heart_rate_limit_bpm if patient else None,
        baseline_mps=patient.baseline_mps if patient else None,
        pain_before=_pain_before(notes),
        missing=judged.missing,
        refused=judged.refused,
    )


def _pain_before(notes: SessionNotes) -> int | None:
    told = [each.pain_nprs for each in notes.measured if each.moment is Moment.BEFORE]
    return told[-1] if told else None


def proposal(
    _patient: Patient | None, _visits: Sequence[SessionNotes], _summaries: Sequence[Summary]
) -> dict[str, Any] | None:
    """What the program's rule proposes after the newest walk; None without a rule."""
    return None

"""What every page sees of the visit that goes on, and what is proposed next. Pure."""

from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict

from controller.programs.program import built_in
from controller.records.archive.summary import Summary
from controller.records.notes import Patient, SessionNotes
from controller.records.screening import Judgement
from controller.records.visit import Stage


class Sight(SessionNotes):
    """The notes, where the visit stands, and what stands between the patient and the belt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: Stage
    program_title: str
    heart_rate_limit_bpm: int | None = None
    missing: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def sight(notes: SessionNotes, stage: Stage, judged: Judgement, patient: Patient | None) -> Sight:
    program = built_in().get(notes.program)
    return Sight(
        **dict(notes),
        stage=stage,
        program_title=program.title if program else notes.program,
        heart_rate_limit_bpm=patient.heart_rate_limit_bpm if patient else None,
        missing=judged.missing,
        refused=judged.refused,
    )


def proposal(
    _patient: Patient | None, _visits: Sequence[SessionNotes], _summaries: Sequence[Summary]
) -> dict[str, Any] | None:
    """What the program's rule proposes after the newest walk; None without a rule."""
    return None

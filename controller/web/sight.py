"""What every page sees of the visit that goes on, and what is proposed next. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ConfigDict

from controller.programs.rules import Sheet
from controller.records.notes import Moment, Patient, SessionNotes
from controller.records.report.patient import Walk
from controller.records.screening import Judgement
from controller.records.visit import Stage
from controller.records.walks import proposals, sheet_of


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


def sight(
    notes: SessionNotes, stage: Stage, judged: Judgement, patient: Patient | None, title: str
) -> Sight:
    """`title` is the program's."""
    return Sight(
        **dict(notes),
        stage=stage,
        program_title=title,
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
    patient: Patient | None, walked: Sequence[Walk], sheets: Mapping[str, Sheet]
) -> dict[str, Any] | None:
    """What the program's rule proposes after the newest walk by it; None without a rule. Nothing
    is applied by it."""
    sheet = sheet_of(patient, walked, sheets)
    found = proposals(sheet, walked) if sheet else []
    if sheet is None or not found:
        return None
    last = found[-1]
    return {
        "program": sheet.program.title,
        "light": last.light,
        "sentence": f"{last.act.capitalize()}. {last.changes}",
        "reasons": list(last.reasons),
        "rule": last.rule,
        "source": last.source,
    }

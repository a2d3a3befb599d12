"""Notes to a session, with everything in them that can be told."""

from datetime import UTC, datetime, timedelta
from typing import Any

from controller.records.notes import (
    Assistance,
    Consent,
    Effort,
    EffortScale,
    Measured,
    Moment,
    Pressure,
    Screening,
    SessionNotes,
)
from tests.controller.records.walked import BEGAN_AT

BEFORE = datetime.fromtimestamp(BEGAN_AT, UTC) - timedelta(minutes=5)


def measured(moment: Moment, pain: int, rating: int = 11, **more: Any) -> Measured:
    effort = Effort(rating=rating, scale=EffortScale.BORG_6_20)
    at = more.pop("at", BEFORE)
    return Measured(moment=moment, at=at, pain_nprs=pain, effort=effort, **more)


def notes(session: str = "walk-7", **more: Any) -> SessionNotes:
    on_the_way = BEFORE + timedelta(minutes=5, seconds=33)
    pressure = Pressure(systolic_mmhg=128, diastolic_mmhg=78)
    facts: dict[str, Any] = {
        "session": session,
        "patient": "KN-017",
        "supervisor": "m.ruiz",
        "program": "steps",
        "program_version": "4",
        "orientation": "turned",
        "screening": Screening(
            checklist="backward", version="2026-1", at=BEFORE,
            answers={"recent_fall": True, "vertigo": False},
        ),
        "consent": Consent(given=True, form_version="3", at=BEFORE, explained_by="Dr. Weiss"),
        "harness": True,
        "safety_key_checked": True,
        "assistance": Assistance.CONTACT_GUARD,
        "symptoms": ("calf fatigue",),
        "remark": "Asked for by Mrs. Miller.",
        "measured": (
            measured(Moment.BEFORE, 3, 7, heart_rate_bpm=72, pressure=pressure, spo2_pct=97),
            measured(Moment.DURING, 4, 12, at=on_the_way),
            measured(Moment.AFTER, 3, heart_rate_bpm=96),
        ),
    }  # fmt: skip
    return SessionNotes(**{**facts, **more})

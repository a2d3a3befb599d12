"""What a report must be, and what an arming may say of its patient: empty, or a sentence."""

from controller.safety.told import (
    EFFORTS,
    PAIN_AT_MOST,
    PAIN_ENDS,
    Care,
    Scale,
    Told,
    heard,
)
from controller.safety.view import Phase, View
from controller.session.authority import NOT_ENTITLED
from controller.session.commands import Role
from controller.step.state import Command, State

HEART_RATES = range(60, 221)
"""What a clinician may set as a limit, beats per minute."""
PAIN = f"Pain is told as a whole number from 0 to {PAIN_AT_MOST}."
EFFORT = {
    Scale.BORG_6_20: "Effort on this scale is told as a whole number from 6 to 20.",
    Scale.CR_0_10: "Effort on this scale is told as a whole number from 0 to 10.",
}


def refuse_report(state: State, _view: View, command: Command) -> str:
    told = command.told
    if told is None or told == Told():
        return "Say what the patient told: pain, effort or a symptom."
    figures = (told.pain_nprs, told.effort, told.effort_scale)
    if command.role is not Role.SUPERVISOR and any(figure is not None for figure in figures):
        return NOT_ENTITLED
    if state.phase is Phase.IDLE:
        return "Nobody is walking."
    return _wrong_pain(told.pain_nprs) or _wrong_effort(told)


def report(state: State, _view: View, command: Command) -> Care:
    """What the session knows after it."""
    return state.care if command.told is None else heard(state.care, command.told)


def refuse_before(command: Command) -> str:
    """Why nobody is armed with this pain before, or this limit."""
    wrong = _wrong_pain(command.pain_before)
    if wrong:
        return wrong
    if command.pain_before is not None and command.pain_before >= PAIN_ENDS:
        return f"With pain of {PAIN_ENDS} or more no walk begins. Let it settle first."
    limit_bpm = command.heart_rate_limit_bpm
    if limit_bpm is not None and limit_bpm not in HEART_RATES:
        return f"A limit of the heart rate is from {HEART_RATES[0]} to {HEART_RATES[-1]} a minute."
    return ""


def before(command: Command) -> Care:
    """What an armed session knows of its patient."""
    pain = command.pain_before
    return Care(
        pain_before=pain,
        pain_peak=pain,
        heart_rate_limit_bpm=command.heart_rate_limit_bpm,
    )


def _wrong_pain(pain: int | None) -> str:
    return "" if pain is None or 0 <= pain <= PAIN_AT_MOST else PAIN


def _wrong_effort(told: Told) -> str:
    if told.effort is None and told.effort_scale is None:
        return ""
    if told.effort is None or told.effort_scale is None:
        return "An effort needs its figure and its scale."
    return "" if told.effort in EFFORTS[told.effort_scale] else EFFORT[told.effort_scale]

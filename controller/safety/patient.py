"""The conditions on what the patient says, on their heart, and on how often they let go."""

from controller.safety import heart, told
from controller.safety.duration import lasted_s
from controller.safety.told import NO_SYMPTOM, REQUEST
from controller.safety.view import View

HEART_HIGH_S = 3.0
"""Three tellings of a strap: one that slipped is no reason to stop."""
HEART_LOST_S = 10.0
"""A strap that dries or slips for a moment comes back."""


def symptom_told(view: View) -> bool:
    return view.care.symptom not in NO_SYMPTOM


def stop_wished(view: View) -> bool:
    return view.care.symptom is REQUEST


def pain_ends(view: View) -> bool:
    return told.pain_over(view.care, told.PAIN_ENDS, told.PAIN_RISE_ENDS)


def pain_holds(view: View) -> bool:
    return told.pain_over(view.care, told.PAIN_HOLDS, told.PAIN_RISE_HOLDS)


def effort_ends(view: View) -> bool:
    return view.care.effort_red


def heart_missed(view: View) -> bool:
    """There is a limit, and the heart rate is not known: absence is a fault."""
    limited = view.care.heart_rate_limit_bpm is not None
    return limited and not heart.known(view.evidence, view.now_s)


def heart_lost(view: View) -> bool:
    lasted = lasted_s(view.monitors.heart_lost_since_s, view.now_s)
    return view.care.heart_rate_limit_bpm is not None and lasted >= HEART_LOST_S


def heart_high(view: View) -> bool:
    return heart.above(view.evidence, view.care.heart_rate_limit_bpm, view.now_s)


def heart_too_fast(view: View) -> bool:
    return lasted_s(view.monitors.heart_high_since_s, view.now_s) >= HEART_HIGH_S


def released_too_often(view: View) -> bool:
    return view.care.releases >= view.limits.releases

"""What control tells of itself: one JSON-ready value per call, SI inside, sentences for people."""

import math
from typing import Any

from controller.programs.follower import place
from controller.safety import heart, latch
from controller.safety.evidence import Evidence, age_s
from controller.safety.interlocks import opened
from controller.safety.interlocks.row import ON_BELT
from controller.safety.limits import Limits
from controller.safety.told import Symptom, Told
from controller.safety.view import Action, Phase, View
from controller.session import requirements
from controller.session.authority import MAY
from controller.session.commands import Role, Verb
from controller.step.obey import refusal, start_misses
from controller.step.state import Command, Decision, State

SENTENCES: dict[Phase, str] = {
    Phase.IDLE: "Ready for a session.",
    Phase.ARMED: "Armed. The belt is at rest.",
    Phase.WALKING: "Walking.",
    Phase.SLOWING: "Slowing down to a stop.",
    Phase.STOPPING: "Stopping the belt.",
    Phase.LATCHED: "Stopped. A supervisor must reset.",
    Phase.BELT_OFF: "Walking. The motor is off.",
}
RESTS = frozenset({Phase.SLOWING, Phase.STOPPING, Phase.ARMED})
"""Phases of a rest that a program plans."""


def snapshot(
    state: State,
    decision: Decision,
    evidence: Evidence,
    limits: Limits,
    *,
    bound_by: dict[str, str],
    now_s: float,
) -> dict[str, Any]:
    """The console's view of this turn; keys are the contract between control and desk."""
    wide, limits = limits, state.bounded(limits)
    view = state.view(evidence, limits, now_s)
    row = state.latch.row if state.latch else None
    return {
        "time_s": round(now_s, 3),
        "state": state.phase.value,
        "sentence": _sentence(state, now_s),
        "cause": row.name if row else None,
        "clears": _clears(state, view),
        "missing": list(_missing(state, view)),
        "may": [verb.value for verb in Verb if not _refused(verb, state, view)],
        "warnings": list(decision.warnings),
        "belt": _belt(evidence, now_s),
        "set_point_mps": round(decision.order.speed_mps, 4),
        "target_mps": round(min(state.ceiling_mps, limits.cap_mps), 4),
        "cap_mps": round(limits.cap_mps, 5),
        "cap_source": bound_by["cap_mps"] if limits.cap_mps == wide.cap_mps else "program",
        "grip": _grip(view),
        "pull_key": decision.escalate,
        "program": state.program.title,
        "program_id": state.program.id,
        **_place(state, now_s),
        "belt_off": state.belt_off,
        "orientation": state.orientation.value,
        "distance_m": evidence.belt.distance_m,
        "walked_s": round(state.walked_s(now_s), 1),
        "confirm_in_s": _confirm_in_s(state, limits, now_s),
        "step_mps": round(limits.step_mps, 5),
        **_care(state, view),
    }


def _care(state: State, view: View) -> dict[str, Any]:
    """What the patient has told and done in this session. `holds`: what keeps the speed from
    rising, by name."""
    care, evidence = state.care, view.evidence
    known = heart.known(evidence, view.now_s)
    return {
        "releases": care.releases,
        "pain_before": care.pain_before,
        "pain_peak": care.pain_peak,
        "effort": care.effort,
        "effort_scale": care.effort_scale.value if care.effort_scale else None,
        "symptom": care.symptom.value if care.symptom else None,
        "holds": [row.name for row in opened(view) if row.action is Action.HOLD],
        "heart_rate_bpm": evidence.heart_rate_bpm if known else None,
        "heart_rate_age_s": _age(evidence.heart_rate_at_s, view.now_s) if known else None,
        "heart_rate_limit_bpm": care.heart_rate_limit_bpm,
        "incline_pct": evidence.belt.inclination_pct,
        "incline_asked_pct": state.incline_pct,
    }


def _place(state: State, now_s: float) -> dict[str, Any]:
    """The phase of the program, from 1, of how many, what it is for, and what is left of it; of a
    free walk nothing. `rest_left_s` is None unless a planned rest is under way."""
    here = place(state.program, state.done_s(now_s)) if state.program.phases else None
    return {
        "phase": None if here is None else here.phase + 1,
        "phases": len(state.program.phases),
        "part": None if here is None else state.program.phases[here.phase].part.value,
        "phase_left_s": None if here is None else round(here.left_s, 1),
        "rest_left_s": round(state.rest_left_s(now_s), 1) if _rests(state) else None,
    }


def _rests(state: State) -> bool:
    return state.resting and state.phase in RESTS


def _sentence(state: State, now_s: float) -> str:
    if state.latch is not None:
        return state.latch.row.sentence
    if _rests(state):
        return _resting(math.ceil(round(state.rest_left_s(now_s), 3)))
    if state.phase is Phase.IDLE and state.ended:
        return state.ended
    return SENTENCES[state.phase]


def _resting(left_s: int) -> str:
    if left_s:
        return f"Rest: {left_s} more seconds."
    return "The rest is over. Start goes on, once the patient stands as before."


def _missing(state: State, view: View) -> tuple[str, ...]:
    if state.phase is Phase.IDLE:
        return requirements.missing(requirements.ARM, view)
    if state.phase is Phase.ARMED:
        return start_misses(state, view)
    if state.phase is Phase.LATCHED and state.latch is not None:
        return latch.missing(state.latch, view)
    return ()


def _clears(state: State, view: View) -> str:
    """What must be true before a reset, and when it is, that it is."""
    if state.latch is None:
        return ""
    if state.phase is Phase.LATCHED and not latch.missing(state.latch, view):
        return "Done. Reset once the patient is ready."
    return state.latch.row.clears


def _refused(verb: Verb, state: State, view: View) -> str:
    command = Command(
        "",
        verb,
        Role.SUPERVISOR if Role.SUPERVISOR in MAY[verb] else Role.ENGINEER,
        state.program,
        orientation=state.orientation,
        told=Told(symptom=Symptom.PATIENT_REQUEST),
    )
    return refusal(command, state, view)


def _belt(evidence: Evidence, now_s: float) -> dict[str, Any]:
    belt = evidence.belt
    return {
        "linked": belt.linked,
        "speed_mps": None if belt.speed_mps is None else round(belt.speed_mps, 4),
        "age_s": _age(belt.reported_at_s, now_s),
        "at_rest": belt.at_rest_for_s(now_s) > 0,
    }


def _grip(view: View) -> dict[str, Any]:
    grip = view.evidence.grip
    heard = grip.received_at_s is not None
    return {
        "left": view.monitors.hands.left,
        "right": view.monitors.hands.right,
        "age_s": _age(grip.advanced_at_s, view.now_s),
        "proven": view.monitors.proven,
        "tether": grip.frame.tether if heard else None,
        "battery_pct": grip.frame.battery_pct,
    }


def _age(at_s: float | None, now_s: float) -> float | None:
    age = age_s(at_s, now_s)
    return None if math.isinf(age) else round(age, 3)


def _confirm_in_s(state: State, limits: Limits, now_s: float) -> float | None:
    if state.phase not in ON_BELT:
        return None
    return round(max(0.0, state.confirmed_at_s + limits.confirm_s - now_s), 1)

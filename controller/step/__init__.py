"""One turn of the loop: pure and total. Evidence, commands and time in; an order out.

`authority → session table → program or manual target → ramp → gate`, and before each the
interlocks. Nothing here knows a clock, a device or a person's name.
"""

import math

from controller.programs.follower import place
from controller.safety import gate, latch, monitors, told
from controller.safety.evidence import Evidence
from controller.safety.interlocks import opened
from controller.safety.interlocks.row import Interlock
from controller.safety.limits import Limits
from controller.safety.view import Action, Phase, View
from controller.step import drive
from controller.step.escalation import escalates
from controller.step.incline import inclined
from controller.step.obey import obey
from controller.step.state import Command, Decision, State, tripped, wound_down
from protocols.value import replace

WALKED = frozenset({Phase.WALKING, Phase.SLOWING, Phase.BELT_OFF})
"""Phases in which somebody walks."""
NOTHING = Action.WARN
"""What no open interlock demands: warnings leave the belt as it is."""

__all__ = ["Command", "Decision", "State", "step"]


def step(
    state: State, evidence: Evidence, commands: tuple[Command, ...], limits: Limits, now_s: float
) -> tuple[State, Decision]:
    """The state and the decision after one turn at `now_s` (monotonic, s).

    The caller hands `decision.order` to the belt at once and calls again by `decision.wake_at_s`,
    within a period, or sooner on news. The same arguments always give the same decision.
    """
    turned_at_s, limits = state.monitors.turn_at_s, state.bounded(limits)
    state, view = _watched(state, evidence, limits, now_s)
    state = drive.yielded(state, evidence.belt, now_s)
    began, answers = view, []
    for command in commands:
        state, answer = obey(state, command, view)
        view = state.view(evidence, limits, now_s)
        answers.append(answer)
    open_rows = opened(view)
    if view.phase is not began.phase:
        state = _overtaken(state, began, now_s)
    state = _reacted(state, open_rows, now_s)
    here = place(state.program, state.done_s(now_s))
    state = drive.progress(state, view, here)
    worst = open_rows[0].action if open_rows else NOTHING
    elapsed_s = 0.0 if turned_at_s is None else now_s - turned_at_s
    state = drive.driven(state, view, here, worst, elapsed_s)
    state = inclined(state, view, worst)
    order = drive.order(state, evidence, now_s)
    verdict = gate.check(order, state.envelope, evidence, limits, now_s, belt_off=state.belt_off)
    if verdict.breach:
        state = tripped(state, "gate", now_s)
    state = replace(state, envelope=verdict.envelope)
    warnings = tuple([row.sentence for row in open_rows if row.action < Action.CONTROLLED])
    return state, Decision(
        verdict.order,
        tuple(answers),
        warnings,
        verdict.breach,
        _wake_at_s(state, evidence, limits),
        escalates(state, evidence, limits, now_s),
    )


def _watched(state: State, evidence: Evidence, limits: Limits, now_s: float) -> tuple[State, View]:
    watched = monitors.watch(
        state.monitors,
        evidence,
        limits,
        set_point_mps=state.ramp.speed_mps,
        now_s=now_s,
        lift_pct=state.incline_pct,
        heart_limit_bpm=state.care.heart_rate_limit_bpm,
    )
    care = state.care
    if state.phase in WALKED and state.monitors.hands.any and not watched.hands.any:
        care = told.released(care, now_s)
    state = replace(state, monitors=watched, care=care)
    view = state.view(evidence, limits, now_s)
    if state.latch is None:
        return state, view
    return replace(state, latch=latch.watch(state.latch, view)), view


def _overtaken(state: State, began: View, now_s: float) -> State:
    """A command has led to another phase: what was to stop the one before still does."""
    for row in opened(began):
        if row.action is Action.PROTECTIVE:
            return tripped(state, row.name, now_s)
    return state


def _reacted(state: State, open_rows: tuple[Interlock, ...], now_s: float) -> State:
    """The worst open interlock acts."""
    if not open_rows:
        return state
    worst = open_rows[0]
    if worst.action is Action.PROTECTIVE:
        return tripped(state, worst.name, now_s)
    if worst.action is Action.CONTROLLED:
        return wound_down(state, worst.name, "", now_s)
    return state


def _wake_at_s(state: State, evidence: Evidence, limits: Limits) -> float:
    """When the grace of a release ends, exactly, rather than at the next tick."""
    if state.phase not in WALKED:
        return math.inf
    return monitors.grace_ends_s(state.monitors, evidence, limits, state.ramp.speed_mps)

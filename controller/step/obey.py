"""What each command needs, and what it does. One table."""

import math
from collections.abc import Callable

from controller.programs.program import Program, ProgramError, resolved
from controller.ramp import Ramp
from controller.safety import latch, patient
from controller.safety.belt_watch import UNSEEN
from controller.safety.monitors import FULL
from controller.safety.view import Phase, View
from controller.session import authority, requirements
from controller.session.commands import Answer, Orientation, Role, Verb
from controller.session.machine import Move
from controller.step import report
from controller.step.prescribed import beyond
from controller.step.state import Command, State, moved, tripped, unproven, wound_down
from protocols.value import replace

MINUTE_S = 60.0
CONFIRM = {
    Orientation.TURNED: "Confirm that the patient stands turned round: the belt runs forward.",
    Orientation.REVERSE_BELT: "Confirm that the patient faces the front: the belt runs in reverse.",
}
PAUSABLE = frozenset({Phase.ARMED, Phase.WALKING, Phase.SLOWING, Phase.BELT_OFF})

Refusal = Callable[[State, View, Command], str]
Effect = Callable[[State, View, Command], State]


def refusal(command: Command, state: State, view: View) -> str:
    """Why this command is not obeyed now, as a sentence; empty if it is."""
    refuse, _ = VERBS[command.verb]
    denied = authority.refusal(command.verb, command.role)
    return denied or refuse(state, view, command)


def obey(state: State, command: Command, view: View) -> tuple[State, Answer]:
    """The state after a command, and the answer to it. A refused command changes nothing."""
    reason = refusal(command, state, view)
    if reason:
        return state, Answer(command.id, command.verb, reason)
    _, effect = VERBS[command.verb]
    state = effect(state, view, command)
    if command.role is Role.SUPERVISOR:
        state = replace(state, confirmed_at_s=view.now_s)
    return state, Answer(command.id, command.verb)


def _in_phase(phase: Phase, sentence: str) -> Callable[[State], str]:
    return lambda state: "" if state.phase is phase else sentence


def _first(*reasons: str) -> str:
    return next((reason for reason in reasons if reason), "")


_idle = _in_phase(Phase.IDLE, "A session can be armed only when none is under way.")
_armed = _in_phase(Phase.ARMED, "Arm the session first.")
_latched = _in_phase(Phase.LATCHED, "There is nothing to reset.")


def _walking(state: State) -> str:
    if state.phase is Phase.BELT_OFF:
        return "The motor stays off in this walk: the patient sets the speed."
    return "" if state.phase is Phase.WALKING else "Nobody is walking."


def _refuse_arm(state: State, view: View, command: Command) -> str:
    if _idle(state):
        return _idle(state)
    unmet = requirements.missing(requirements.ARM, view)
    confirmed = command.orientation is state.orientation
    unconfirmed = "" if confirmed else CONFIRM[state.orientation]
    reasons = (_unwalkable(command, view), report.refuse_before(command), _heart(command, view))
    return _first(*unmet, *reasons, unconfirmed)


def _heart(command: Command, view: View) -> str:
    """A limit of the heart rate needs a heart that is heard."""
    limited = replace(view, care=report.before(command))
    if not patient.heart_missed(limited):
        return ""
    return "The heart rate is not heard: put the strap on, or arm without a limit for it."


def _unwalkable(command: Command, view: View) -> str:
    """Why this patient cannot walk this program on this machine; empty if that can be."""
    try:
        program = _resolved(command)
    except ProgramError as error:
        return str(error)
    return beyond(program, view)


def _resolved(command: Command) -> Program:
    return resolved(command.program, command.baseline_mps)


def _arm(state: State, view: View, command: Command) -> State:
    state, program = moved(state, Move.ARM, view.now_s), _resolved(command)
    highest_mps = min(view.limits.cap_mps, program.cap_mps)
    ceiling_mps = highest_mps if program.phases else view.limits.start_mps
    return replace(
        state,
        program=program,
        ceiling_mps=ceiling_mps,
        armed_at_s=view.now_s,
        ramp=Ramp(),
        slow_to_mps=None,
        rises=(),
        stop_speed_mps=0.0,
        ended="",
        care=report.before(command),
        incline_pct=None,
        inclined_at_s=-math.inf,
        rest_until_s=None,
        before_s=0.0,
        rested_s=0.0,
        began_s=math.inf,
    )


def _refuse_disarm(state: State, _view: View, _command: Command) -> str:
    return _armed(state)


def _disarm(state: State, view: View, _command: Command) -> State:
    return unproven(moved(state, Move.DISARM, view.now_s))


def _refuse_start(state: State, view: View, _command: Command) -> str:
    if _armed(state):
        return _armed(state)
    return _first(_still_rests(state, view), *start_misses(state, view))


def start_misses(state: State, view: View) -> tuple[str, ...]:
    """What an armed session lacks for a start, as sentences."""
    needs = requirements.GO_ON if state.resting else requirements.START
    unwalkable = beyond(state.program, view)
    return (*requirements.missing(needs, view), *([unwalkable] if unwalkable else ()))


def _still_rests(state: State, view: View) -> str:
    """A rest lasts as long as the program says, and no walk goes on after its session's time."""
    left_s = state.rest_left_s(view.now_s)
    if left_s > 0:
        return f"The rest lasts for {math.ceil(left_s)} more seconds."
    if state.session_s(view.now_s) >= view.limits.session_s:
        return "The session's time is over: disarm it."
    return ""


def _start(state: State, view: View, _command: Command) -> State:
    """The belt has to prove itself anew; what was walked before a rest still counts."""
    move, before = Move.START_BELT_OFF if state.belt_off else Move.START, state.monitors.belt
    walked_m, fast_s = (before.walked_m, before.fast_s) if state.resting else (0.0, 0.0)
    state = moved(state, move, view.now_s)
    monitors = replace(
        state.monitors,
        grace_left=FULL,
        moved_at_s=None,
        mismatch_since_s=None,
        overspeed_since_s=None,
        belt=UNSEEN._replace(incline_pct=before.incline_pct, walked_m=walked_m, fast_s=fast_s),
    )
    return replace(
        state, monitors=monitors, rest_until_s=None, incline_pct=None, inclined_at_s=-math.inf
    )


def _refuse_slower(state: State, view: View, command: Command) -> str:
    grid, lower_mps = view.evidence.belt.grid, _slower_mps(state, view, command)
    too_low = grid is None or not grid.floor(lower_mps)
    return _first(
        _walking(state),
        "" if lower_mps < state.ceiling_mps else "That is not slower than now.",
        "That is below the treadmill's lowest speed. Use Stop." if too_low else "",
    )


def _slower_mps(state: State, view: View, command: Command) -> float:
    now_mps = min(state.ceiling_mps, state.ramp.speed_mps)
    return now_mps - view.limits.step_mps if command.speed_mps is None else command.speed_mps


def _slower(state: State, view: View, command: Command) -> State:
    return replace(state, ceiling_mps=_slower_mps(state, view, command))


def _refuse_faster(state: State, view: View, command: Command) -> str:
    risen_mps = sum(by_mps for _, by_mps in _recent(state, view.now_s))
    by_mps, cap_mps = _rise_mps(state, view, command), view.limits.cap_mps
    return _first(
        _walking(state),
        "" if view.monitors.hands.both else "Both hands must hold the rails.",
        "" if state.ceiling_mps < cap_mps else "The speed is at its cap.",
        "" if by_mps > 0 else "That is not faster than now.",
        ""
        if command.speed_mps is None or command.speed_mps <= cap_mps
        else "That is over the cap.",
        ""
        if risen_mps + by_mps <= view.limits.rise_per_minute_mps + 1e-9
        else "The speed has risen enough for this minute.",
    )


def _rise_mps(state: State, view: View, command: Command) -> float:
    if command.speed_mps is None:
        return view.limits.step_mps
    return command.speed_mps - state.ceiling_mps


def _faster(state: State, view: View, command: Command) -> State:
    by_mps = _rise_mps(state, view, command)
    rises = (*_recent(state, view.now_s), (view.now_s, by_mps))
    higher_mps = min(state.ceiling_mps + by_mps, view.limits.cap_mps)
    return replace(state, ceiling_mps=higher_mps, rises=rises)


def _recent(state: State, now_s: float) -> tuple[tuple[float, float], ...]:
    return tuple(rise for rise in state.rises if now_s - rise[0] < MINUTE_S)


def _refuse_nothing(_state: State, _view: View, _command: Command) -> str:
    return ""


def _stop(state: State, view: View, command: Command) -> State:
    if state.phase is Phase.LATCHED:
        return state
    return tripped(state, command.cause, view.now_s)


def _refuse_pause(state: State, _view: View, _command: Command) -> str:
    return "" if state.phase in PAUSABLE else "Nobody is walking."


def _pause(state: State, view: View, _command: Command) -> State:
    """A controlled stop without a latch; one that is under way goes on as it is, but to no rest
    that the program plans."""
    if state.phase is Phase.SLOWING and not state.resting:
        return state
    return wound_down(state, "", "The session was paused.", view.now_s)


def _refuse_reset(state: State, view: View, _command: Command) -> str:
    if state.latch is None:
        return _latched(state)
    return _first(_latched(state), *latch.missing(state.latch, view))


def _reset(state: State, view: View, _command: Command) -> State:
    return replace(moved(state, Move.RESET, view.now_s), latch=None)


def _report(state: State, view: View, command: Command) -> State:
    return replace(state, care=report.report(state, view, command))


_free = _in_phase(
    Phase.IDLE,
    "A treadmill is commissioned only when nothing is under way and nothing waits for a reset.",
)


def _refuse_commission(state: State, view: View, _command: Command) -> str:
    return _first(_free(state), *requirements.missing(requirements.COMMISSION, view))


def _commission(state: State, _view: View, _command: Command) -> State:
    """The belt rests and goes on resting; what follows is the loop's and the guard's."""
    return state


def _present(state: State, _view: View, _command: Command) -> State:
    return state


VERBS: dict[Verb, tuple[Refusal, Effect]] = {
    Verb.ARM: (_refuse_arm, _arm),
    Verb.DISARM: (_refuse_disarm, _disarm),
    Verb.START: (_refuse_start, _start),
    Verb.SLOWER: (_refuse_slower, _slower),
    Verb.FASTER: (_refuse_faster, _faster),
    Verb.PAUSE: (_refuse_pause, _pause),
    Verb.STOP: (_refuse_nothing, _stop),
    Verb.RESET: (_refuse_reset, _reset),
    Verb.PRESENT: (_refuse_nothing, _present),
    Verb.REPORT: (report.refuse_report, _report),
    Verb.COMMISSION: (_refuse_commission, _commission),
}

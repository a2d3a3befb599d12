"""From a session's phase to an order for the belt: what it aims at, and how the ramp gets there.

The view is the turn's: of it, only the evidence, the limits and the time are looked at here. The
phase is the state's, which this turn may have moved on. `here` is where the turn finds the program.
"""

from controller.programs.follower import Place
from controller.ramp import Ramp, Slope, towards
from controller.safety import witness
from controller.safety.evidence import Evidence
from controller.safety.limits import Limits
from controller.safety.view import Action, Phase, View
from controller.session.machine import Move
from controller.step.state import State, moved, rested, stopped, unproven, wound_down
from protocols.belt import BeltOrder, BeltReport, Level
from protocols.value import replace

SLOWER_BY = 0.8
"""One hand off the rails: 20 % slower."""
LEAD_S = 0.6
"""So much ramp, or one step of the machine's grid, may be asked for beyond what was last written: a
link that is slow to take set-points slows the climb, it never earns a leap (S2). It leaves a driver
time for its own pause between two set-points, half a second."""
REST_PROOF_S = 1.25
"""Rest must have been shown for so long since STOPPING began: longer than the second that a driver
takes to prove it for itself, so that its Stop is over before the order changes."""

_STILL = Ramp()
WALKING, SLOWING, STOPPING = Phase.WALKING, Phase.SLOWING, Phase.STOPPING
RUN, HOLD, SLOW = Level.RUN, Action.HOLD, Action.SLOW
"""Named once: every look into an enumeration's class costs 70 ns (Python 3.11, ADR 0021)."""
WALKS = frozenset({WALKING, Phase.BELT_OFF})

LEVELS: dict[Phase, Level] = {
    Phase.IDLE: Level.WATCH,
    Phase.ARMED: Level.READY,
    Phase.WALKING: Level.RUN,
    Phase.SLOWING: Level.RUN,
    Phase.STOPPING: Level.STOP,
    Phase.LATCHED: Level.STOP,
    Phase.BELT_OFF: Level.READY,
}
RUNS = frozenset(phase for phase, level in LEVELS.items() if level is RUN)


def progress(state: State, view: View, here: Place | None) -> State:
    """The moves that need no command: an ended program, a belt slowed down, a belt at rest."""
    if state.phase in WALKS:
        return _walked(state, view, here)
    if state.phase is SLOWING and _slowed(state, view):
        return stopped(state, Move.SLOWED, view.now_s)
    if state.phase is STOPPING and _rested(state, view):
        return _at_rest(state, view.now_s)
    return state


def _walked(state: State, view: View, here: Place | None) -> State:
    """A walk goes on, rests as the program plans, or has come to its end."""
    if here is None:
        return wound_down(state, "", "The program has ended.", view.now_s)
    spent = _spent(state, view)
    if spent:
        return wound_down(state, "", spent, view.now_s)
    return rested(state, here.left_s, view.now_s) if here.rests else state


def _spent(state: State, view: View) -> str:
    """Which bound of one walk is reached, as a sentence (S4); empty for none."""
    limits, walk = view.limits, state.monitors.belt
    if state.session_s(view.now_s) >= limits.session_s:
        return "The session's time is over."
    if walk.walked_m >= limits.session_m:
        return "The session's distance is walked."
    if walk.fast_s > limits.fast_s:
        return "The time for fast walking is over."
    return ""


def yielded(state: State, belt: BeltReport, now_s: float) -> State:
    """Somebody lowered the speed at the machine: that is the ceiling until it is raised here, and
    no set-point on a way down from above it is written."""
    at_s = belt.lowered_at_s
    if state.phase is not WALKING or at_s is None or not state.since_s <= at_s <= now_s:
        return state
    if at_s == state.yielded_at_s:
        return state
    ceiling_mps = min(state.ceiling_mps, belt.lowered_mps)
    ramp = Ramp(min(state.ramp.speed_mps, ceiling_mps))
    return replace(state, ceiling_mps=ceiling_mps, ramp=ramp, yielded_at_s=at_s)


def aim_mps(state: State, view: View, here: Place | None, action: Action) -> float:
    """The speed that the belt should reach now, all limits met but the ramp."""
    if state.phase is not WALKING or here is None:
        return 0.0
    bounds = [here.speed_mps, state.ceiling_mps, view.limits.cap_mps]
    if not state.monitors.belt.probed:
        bounds.append(_probe_mps(state, view))
    if action >= HOLD or _leads(state, view):
        bounds.append(state.ramp.speed_mps)
    if state.slow_to_mps is not None:
        bounds.append(state.slow_to_mps)
    return max(0.0, min(bounds))


def driven(state: State, view: View, here: Place | None, action: Action, elapsed_s: float) -> State:
    """The state with its ramp moved on by `elapsed_s` towards the aim.

    A belt asked to go slower than it can is stopped by its driver. That ends the walk: otherwise
    the belt would start again by itself as soon as the aim rises.
    """
    if state.phase not in RUNS:
        return state if state.ramp == _STILL else replace(state, ramp=_STILL)
    slow_to_mps = None
    if action >= SLOW:
        before_mps = state.slow_to_mps
        slow_to_mps = state.ramp.speed_mps * SLOWER_BY if before_mps is None else before_mps
    if slow_to_mps != state.slow_to_mps:
        state = replace(state, slow_to_mps=slow_to_mps)
    aimed_mps = aim_mps(state, view, here, action)
    ramp = towards(state.ramp, aimed_mps, _slope(view.limits), elapsed_s)
    if ramp == state.ramp:
        return state
    ran, state = _runs(state, view), replace(state, ramp=ramp)
    if ran and not _runs(state, view):
        return wound_down(state, "too_slow", "", view.now_s)
    return state


def order(state: State, evidence: Evidence, now_s: float) -> BeltOrder:
    level = LEVELS[state.phase]
    incline_pct = state.incline_pct if level is RUN else None
    runs = witness.runs(evidence, now_s)
    return BeltOrder(level, state.ramp.speed_mps, now_s, state.reverse, incline_pct, runs)


def _slope(limits: Limits) -> Slope:
    return Slope(limits.ramp_up_mps2, limits.jerk_up_mps3, limits.ramp_down_mps2)


def _leads(state: State, view: View) -> bool:
    """The ramp is as far ahead of the wire as it may be; the machine's minimum is a first step."""
    grid = view.evidence.belt.grid
    if grid is None:
        return True
    written_mps = max(view.evidence.belt.set_point_mps, grid.mps(grid.minimum))
    lead_mps = max(grid.mps(grid.increment), view.limits.ramp_up_mps2 * LEAD_S)
    return not state.ramp.speed_mps < written_mps + lead_mps


def _probe_mps(state: State, view: View) -> float:
    """The first motion proves the machine's units (S18): its lowest speed, until it ran as asked.

    Until the belt is seen to move, the ramp may lead it by no more than the start speed.
    """
    grid = view.evidence.belt.grid
    lowest_mps = 0.0 if grid is None else grid.mps(grid.minimum)
    return min(lowest_mps, view.limits.start_mps)


def _runs(state: State, view: View) -> bool:
    """A walk whose set-point is one that the machine can run at."""
    grid = view.evidence.belt.grid
    if grid is None or state.phase is not WALKING:
        return False
    return grid.floor(state.ramp.speed_mps) > 0


def _slowed(state: State, view: View) -> bool:
    """The ramp has come down to where the machine knows no slower speed."""
    grid = view.evidence.belt.grid
    return grid is None or grid.floor(state.ramp.speed_mps) <= grid.minimum


def _rested(state: State, view: View) -> bool:
    belt = view.evidence.belt
    if belt.motion_asked or witness.runs(view.evidence, view.now_s):
        return False
    return belt.rest_shown_s(state.since_s, view.now_s) >= REST_PROOF_S


def _at_rest(state: State, now_s: float) -> State:
    """Rest is verified. A planned one arms anew, so that the machine's word of this very Stop is
    none of what may not happen to an armed session."""
    move = Move.REST if state.latch is None else Move.REST_LATCHED
    if state.resting:
        move, state = Move.REST_PLANNED, replace(state, armed_at_s=now_s)
    state = unproven(moved(state, move, now_s))
    return replace(state, monitors=replace(state.monitors, moved_at_s=None))

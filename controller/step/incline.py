"""How the deck follows a program: a step at a time, and only in a steady walk.

The deck stays where it is while the belt slows down and after it: a second motion is none that a
patient who stops needs, a lift that comes down may find somebody beside it, and a Stop waits for
nothing. A program's own last phase brings it back to level.
"""

from controller.programs.follower import place
from controller.safety.belt_watch import ARRIVED_PCT
from controller.safety.view import Action, Phase, View
from controller.step.state import State
from protocols.belt import InclineGrid
from protocols.value import replace

STEP_PCT = 1.0
PACE_S = 4.0
"""Between two steps, so that one per cent at half a per cent a second has come and been felt."""
ROUNDING = 1e-9


def inclined(state: State, view: View, action: Action) -> State:
    """The state with the next step of its incline, if one is due. A walk without a program leaves
    the deck as it is."""
    belt = view.evidence.belt
    if belt.inclines is None or belt.inclination_pct is None or state.phase is not Phase.WALKING:
        return state
    here = place(state.program, state.done_s(view.now_s)) if state.program.phases else None
    if here is None or not _may_move(state, view, action):
        return state
    units = belt.inclines.floor(min(here.incline_pct, view.limits.incline_pct))
    wanted_pct = None if units is None else belt.inclines.pct(units)
    now_pct = belt.inclination_pct if state.incline_pct is None else state.incline_pct
    if wanted_pct is None or (state.incline_pct is None and _near(wanted_pct, now_pct)):
        return state
    aim_mps = min(here.speed_mps, state.ceiling_mps, view.limits.cap_mps)
    if wanted_pct > now_pct and (action >= Action.HOLD or state.ramp.speed_mps < aim_mps):
        return state
    next_pct = _step(now_pct, wanted_pct, belt.inclines)
    if next_pct is None:
        return state
    return replace(state, incline_pct=next_pct, inclined_at_s=view.now_s)


def _may_move(state: State, view: View, action: Action) -> bool:
    """Both hands hold, the speed stands, and the last step was reached a while ago."""
    watched = view.monitors
    return (
        action < Action.SLOW
        and watched.hands.both
        and watched.belt.probed
        and watched.belt.lifts_since_s is None
        and state.ramp.speed_mps == state.envelope.speed_mps
        and view.now_s - state.inclined_at_s >= PACE_S
    )


def _near(one_pct: float, other_pct: float) -> bool:
    return abs(one_pct - other_pct) <= ARRIVED_PCT


def _step(now_pct: float, wanted_pct: float, lift: InclineGrid) -> float | None:
    """The next incline on the grid on the way, at most one step away; None if there is none."""
    nearest_pct = max(now_pct - STEP_PCT, min(now_pct + STEP_PCT, wanted_pct))
    units = lift.floor(nearest_pct)
    if units is None:
        return None
    if lift.pct(units) < now_pct - STEP_PCT - ROUNDING:
        units += lift.increment
    next_pct = lift.pct(units)
    towards = wanted_pct <= next_pct < now_pct or now_pct < next_pct <= wanted_pct
    return next_pct if towards else None

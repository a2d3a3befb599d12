"""What a state is taken for: states with the same key are walked on from one of them only."""

from controller.safety.interlocks import INTERLOCKS
from controller.safety.view import Phase
from controller.step.state import State
from tests.safety.walk.letters import Room

PHASES = {phase: index for index, phase in enumerate(Phase)}
CAUSES = {row.name: index + 1 for index, row in enumerate(INTERLOCKS)}
PROGRAMS = {"free-walk": 0, "quick": 1, "short": 2, "crawl": 3, "resisted": 4}


def _aged(since_s: float | None, now_s: float, first_s: float, second_s: float) -> int:
    """0 for never, 1 to 3 for younger than the first, than the second, and older."""
    if since_s is None:
        return 0
    age_s = now_s - since_s
    return 1 if age_s < first_s else 2 if age_s < second_s else 3


def _filled(value: float, low: float, high: float) -> int:
    return 0 if value <= low else 2 if value >= high else 1


def key(state: State, room: Room, now_s: float) -> int:
    """The state as one number."""
    watched, limits, phase = state.monitors, room.limits, state.phase
    moving = phase in (Phase.WALKING, Phase.SLOWING, Phase.BELT_OFF)
    found = PHASES[phase]
    if state.latch is not None:
        found += 8 * CAUSES[state.latch.cause]
        found += 512 * _aged(state.latch.clear_since_s, now_s, 2.0, 1e9)
    found *= 64
    found += 16 * _aged(watched.both_since_s, now_s, 1.0, 2.0)
    found += watched.seen_released + 2 * watched.proven
    found *= 8
    found += _aged(state.since_s, now_s, 1.25, limits.start_patience_s)
    if moving:
        found *= 1024
        found += _filled(watched.grace_left, 0.0, 1.0)
        found += 4 * _aged(
            watched.one_hand_since_s, now_s, limits.one_hand_hold_s, limits.one_hand_stop_s
        )
        found += 16 * (watched.overspeed_since_s is not None)
        found += 32 * (
            watched.mismatch_since_s is not None or watched.belt.excess_since_s is not None
        )
        found += 64 * (watched.belt.probed if watched.moved_at_s is not None else 0)
        found += 128 * (state.slow_to_mps is not None)
        found += 256 * _filled(
            state.ramp.speed_mps, room.grid.mps(room.grid.minimum), limits.cap_mps
        )
        found *= 512
        found += PROGRAMS[state.program.id] + 8 * _filled(state.ceiling_mps, 0.0, limits.cap_mps)
        found += 32 * (now_s - state.confirmed_at_s > limits.confirm_s / 2)
        found += 64 * (now_s - state.since_s > limits.session_s / 2)
        found += 128 * (state.care.pain_peak is not None)
        found += 256 * (state.care.releases > 0)
    elif phase is Phase.ARMED:
        found = found * 16 + PROGRAMS[state.program.id]
        found += 8 * (state.care.pain_peak is not None)
    return found

"""When a stop has taken too long to be believed (S8)."""

from controller.safety import witness
from controller.safety.evidence import Evidence
from controller.safety.limits import Limits
from controller.safety.view import Phase
from controller.step.state import State

STOPPING = Phase.STOPPING
GENTLEST_STOP_MPS2 = 0.25
"""A consumer machine's own deceleration; with it the time to rest is estimated."""


def escalates(state: State, evidence: Evidence, limits: Limits, now_s: float) -> bool:
    """The stop could not be verified in the time any treadmill needs."""
    rests = evidence.belt.at_rest_for_s(now_s) > 0 and not witness.runs(evidence, now_s)
    if state.phase is not STOPPING or rests:
        return False
    expected_s = 1.3 + state.stop_speed_mps / GENTLEST_STOP_MPS2
    return now_s - state.since_s > min(expected_s, limits.escalate_s)

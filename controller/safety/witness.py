"""The belt's speed as a second sensor has it, against what the machine reports."""

from typing import NamedTuple

from controller.safety.evidence import Evidence, age_s
from protocols.units import mps_from_kmh

FRESH_S = 2.5
"""A pod tells once a second."""
SLOWEST_MPS = 0.2
"""Below this speed the steps of either are coarser than what they could differ by."""
APART_MPS = mps_from_kmh(0.3)
APART_SHARE = 0.15


class Witnessed(NamedTuple):
    """What a second sensor says of the belt; `witness_due`: there is one."""

    witness_mps: float | None = None
    witness_at_s: float | None = None
    witness_due: bool = False


def fresh(evidence: Evidence, now_s: float) -> bool:
    """The witness was lately heard to tell a speed."""
    return evidence.witness_mps is not None and age_s(evidence.witness_at_s, now_s) <= FRESH_S


def runs(evidence: Evidence, now_s: float) -> bool:
    """It sees the belt run, whatever the machine reports. A speed that is no number is no rest."""
    return fresh(evidence, now_s) and not (evidence.witness_mps or 0.0) <= SLOWEST_MPS


def contradicts(evidence: Evidence, now_s: float) -> bool:
    """Both are fresh, one of them sees the belt run, and they are too far apart.

    A speed that is no number contradicts.
    """
    belt = evidence.belt
    heard = fresh(evidence, now_s) and 0 <= belt.age_s(now_s) <= FRESH_S
    if not heard or evidence.witness_mps is None or belt.speed_mps is None:
        return False
    fastest_mps = max(evidence.witness_mps, belt.speed_mps)
    if fastest_mps <= SLOWEST_MPS:
        return False
    apart_mps = max(APART_MPS, APART_SHARE * belt.speed_mps)
    return not abs(evidence.witness_mps - belt.speed_mps) <= apart_mps

"""How the belt has answered since the walk began: units, obedience, incline, distance, time."""

import math
from typing import NamedTuple

from controller.safety.duration import since
from controller.safety.limits import Limits
from protocols.belt import BeltReport
from protocols.units import mps_from_kmh, mps_from_mph

PROBE_MPS = mps_from_kmh(0.1)
PROBE_SHARE = 0.15
"""The belt runs as asked if it differs by no more than the larger of the two: a step of the usual
grid, and a fraction that tells a km/h (0.62) from a mph (1.61) at any speed."""
PROBED_S = 1.0
PROGRESS_MPS = 0.02
"""A belt that has become slower by so much is slowing down."""
ARRIVED_PCT = 0.5
"""A deck so near to where it was asked to go has got there."""
FAST_MPS = mps_from_mph(1.5)
"""Above this speed, time is limited apart."""


class BeltWatch(NamedTuple):
    """What is known of the belt's answers. A default one has seen none.

    - `matched_since_s`: since when it has run as asked; `probed`: it once did so long enough.
    - `excess_since_s`, `excess_mps`: since when it has been too fast without becoming slower, and
      the lowest speed since.
    - `incline_pct`: where the deck was last known to be: the machine's own when it last stood
      still, then each incline that it was asked for and has reached.
    - `lift_pct`, `lifts_since_s`: where it was asked to go, and since when it has not got there.
    - `walked_m`, `fast_s`: distance by reported speed, and seconds above `FAST_MPS`.
    """

    matched_since_s: float | None = None
    probed: bool = False
    excess_since_s: float | None = None
    excess_mps: float = 0.0
    incline_pct: float | None = None
    walked_m: float = 0.0
    fast_s: float = 0.0
    lift_pct: float | None = None
    lifts_since_s: float | None = None


UNSEEN = BeltWatch()


def watch(
    before: BeltWatch,
    belt: BeltReport,
    limits: Limits,
    *,
    asked_mps: float,
    moved: bool,
    elapsed_s: float,
    now_s: float,
    lift_pct: float | None = None,
) -> BeltWatch:
    """The watch after one more turn. `asked_mps` is the set-point as the machine's grid has it;
    `moved`: the belt has moved in this walk; `lift_pct`: the incline asked for, if one was."""
    speed_mps = belt.speed_mps or 0.0
    apart_mps = abs(speed_mps - asked_mps)
    matches = moved and (apart_mps <= PROBE_MPS or apart_mps <= PROBE_SHARE * asked_mps)
    matched_since_s = since(before.matched_since_s, matches, now_s)
    excess_since_s, excess_mps = _excess(before, speed_mps, moved, asked_mps, limits, now_s)
    counts = moved and 0 < speed_mps < math.inf
    lifted = _arrived(belt, lift_pct)
    known_pct = lift_pct if lifted else before.incline_pct
    lifting = moved and lift_pct is not None and not lifted
    return BeltWatch(
        matched_since_s=matched_since_s,
        probed=before.probed or _proves(matched_since_s, belt, now_s),
        excess_since_s=excess_since_s,
        excess_mps=excess_mps,
        incline_pct=known_pct if moved else belt.inclination_pct,
        walked_m=before.walked_m + (speed_mps * elapsed_s if counts else 0.0),
        fast_s=before.fast_s + (elapsed_s if counts and speed_mps > FAST_MPS else 0.0),
        lift_pct=lift_pct if moved else None,
        lifts_since_s=since(before.lifts_since_s, lifting, now_s),
    )


def _arrived(belt: BeltReport, lift_pct: float | None) -> bool:
    """The deck is where it was asked to go."""
    now_pct = belt.inclination_pct
    return lift_pct is not None and now_pct is not None and abs(now_pct - lift_pct) <= ARRIVED_PCT


def _proves(matched_since_s: float | None, belt: BeltReport, now_s: float) -> bool:
    """It has matched for a while, and a later report than the first one says so too."""
    told_at_s = belt.reported_at_s
    if matched_since_s is None or told_at_s is None:
        return False
    return told_at_s > matched_since_s and now_s - matched_since_s >= PROBED_S


def _excess(
    before: BeltWatch,
    speed_mps: float,
    moved: bool,
    asked_mps: float,
    limits: Limits,
    now_s: float,
) -> tuple[float | None, float]:
    """Since when the belt has been too fast without progress, and its lowest speed since."""
    if not moved or speed_mps <= asked_mps + limits.mismatch_mps:
        return None, 0.0
    if before.excess_since_s is None or speed_mps < before.excess_mps - PROGRESS_MPS:
        return now_s, speed_mps
    return since(before.excess_since_s, True, now_s), before.excess_mps

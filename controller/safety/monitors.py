"""What only time can tell: how long each condition has lasted. A pure fold over turns."""

import math

from controller.safety import belt_watch, grip_watch, heart, witness
from controller.safety.belt_watch import BeltWatch
from controller.safety.duration import since
from controller.safety.evidence import Evidence, Hands, hands
from controller.safety.grip_watch import GripWatch
from controller.safety.limits import Limits, grace_s
from protocols.value import value

PERIOD_S = 0.05
"""Of the loop: 20 Hz, and at once on news."""
REGAIN = 0.25
"""Share of the grace that comes back per second of holding: flapping hands still trip."""
FULL = 1.0


@value
class Monitors:
    """Durations since a condition began; None while it is not so. Times are monotonic seconds.

    - `turn_at_s`, `late_s`: the last turn, and how late this one is over the period.
    - `grace_left`: share of the grace still unspent, 0 to 1.
    - `seen_released`, `proven`: the sensors were seen released, and then held (F22).
    - `moved_at_s`: first motion since the walk began.
    - `heart_lost_since_s`, `heart_high_since_s`: the heart rate is not known; is above its limit.
    """

    turn_at_s: float | None = None
    late_s: float = 0.0
    hands: Hands = Hands()
    grace_left: float = FULL
    both_since_s: float | None = None
    one_hand_since_s: float | None = None
    seen_released: bool = False
    proven: bool = False
    overspeed_since_s: float | None = None
    mismatch_since_s: float | None = None
    moved_at_s: float | None = None
    witness_since_s: float | None = None
    belt: BeltWatch = BeltWatch()
    grip: GripWatch = GripWatch()
    heart_lost_since_s: float | None = None
    heart_high_since_s: float | None = None


def watch(
    before: Monitors,
    evidence: Evidence,
    limits: Limits,
    *,
    set_point_mps: float,
    now_s: float,
    lift_pct: float | None = None,
    heart_limit_bpm: int | None = None,
) -> Monitors:
    """The monitors after one more turn at `now_s`; `set_point_mps` and `lift_pct` are the speed and
    the incline that were last asked for."""
    elapsed_s = 0.0 if before.turn_at_s is None else max(0.0, now_s - before.turn_at_s)
    speed_mps = evidence.belt.speed_mps or 0.0
    on = hands(evidence, limits.grip_stale_s, now_s)
    overspeed = not speed_mps <= limits.cap_mps + limits.overspeed_mps
    moved_at_s = before.moved_at_s
    if moved_at_s is None and set_point_mps > 0 and speed_mps > 0:
        moved_at_s = now_s
    asked_mps = _on_grid(set_point_mps, evidence)
    mismatch = moved_at_s is not None and not abs(speed_mps - asked_mps) <= limits.mismatch_mps
    return Monitors(
        turn_at_s=now_s,
        late_s=max(0.0, elapsed_s - PERIOD_S),
        hands=on,
        grace_left=_grace_left(before, on, max(speed_mps, set_point_mps), limits, elapsed_s),
        both_since_s=since(before.both_since_s, on.both, now_s),
        one_hand_since_s=since(before.one_hand_since_s, on.any and not on.both, now_s),
        seen_released=before.seen_released or _released(evidence),
        proven=before.proven or (before.seen_released and on.both),
        overspeed_since_s=since(before.overspeed_since_s, overspeed, now_s),
        mismatch_since_s=since(before.mismatch_since_s, mismatch, now_s),
        moved_at_s=moved_at_s,
        witness_since_s=since(before.witness_since_s, witness.contradicts(evidence, now_s), now_s),
        belt=belt_watch.watch(
            before.belt,
            evidence.belt,
            limits,
            asked_mps=asked_mps,
            moved=moved_at_s is not None,
            elapsed_s=elapsed_s,
            now_s=now_s,
            lift_pct=lift_pct,
        ),
        grip=grip_watch.watch(before.grip, evidence.grip, now_s),
        heart_lost_since_s=since(
            before.heart_lost_since_s, not heart.known(evidence, now_s), now_s
        ),
        heart_high_since_s=since(
            before.heart_high_since_s, heart.above(evidence, heart_limit_bpm, now_s), now_s
        ),
    )


def grace_ends_s(monitors: Monitors, evidence: Evidence, limits: Limits, asked_mps: float) -> float:
    """The moment at which hands that stay off have used up the grace; infinite while one holds."""
    if monitors.hands.any or monitors.turn_at_s is None:
        return math.inf
    speed_mps = max(evidence.belt.speed_mps or 0.0, asked_mps)
    return monitors.turn_at_s + monitors.grace_left * grace_s(speed_mps, limits)


def _on_grid(speed_mps: float, evidence: Evidence) -> float:
    """The speed that the machine makes of a set-point, so that a coarse grid is no mismatch."""
    grid = evidence.belt.grid
    return speed_mps if grid is None else grid.mps(grid.floor(speed_mps))


def _grace_left(
    before: Monitors, on: Hands, speed_mps: float, limits: Limits, elapsed_s: float
) -> float:
    """What the hands did since the last turn is what that turn saw: each change is a new turn."""
    whole_s = grace_s(speed_mps, limits)
    if not whole_s:
        return FULL if on.any else 0.0
    gained_s = REGAIN * elapsed_s if before.hands.any else -elapsed_s
    return min(FULL, max(0.0, before.grace_left + gained_s / whole_s))


def _released(evidence: Evidence) -> bool:
    """A frame has come that says both hands are off; silence proves no sensor."""
    grip = evidence.grip
    return grip.advanced_at_s is not None and not (grip.frame.left_held or grip.frame.right_held)

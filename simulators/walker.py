"""A person walking backward on the belt: hands, steps, drift, falls. Pure and seeded.

What the walker means to do is a `Wish`, a level that holds until changed; `INTENTS` names the
usual ones as changes to it, so that "release left" and then "release right" leave both hands off.

The patient stands turned round on a forward belt: when stepping stops, the belt carries the body
toward the open rear end, which is the positive direction of `position_m`.
"""

from math import exp, pi, sin
from typing import NamedTuple

RESTING_HOLD_N = (12.0, 35.0)
"""Span from which each hand draws its hold; a resting hold on treadmills is 5–50 N."""

REACH_S = (0.3, 0.6)
"""From deciding to grip until the hand is on the rail."""

HAND_TAU_S = 0.03
"""Time constant of a hand that closes or opens, once it has begun."""

BODY_TAU_S = 1.5
"""How slowly a walker steps back to their place on the belt."""

STANDING_MPS = 0.02
"""Below this speed nobody needs to step."""

LAG_SHARE = 0.1
"""Of the belt's way, what a walker who does not keep up loses."""

FOOTFALL_N = 40.0
"""Braking load of a step, at its peak."""


class Wish(NamedTuple):
    """What the walker is trying to do."""

    left: bool = False
    right: bool = False
    stepping: bool = True
    upright: bool = True
    mounted: bool = True
    keeps_up: bool = True
    """Steps as fast as the belt, and not slower by `LAG_SHARE` of it."""


INTENTS: dict[str, dict[str, bool]] = {
    "hold": {
        "left": True,
        "right": True,
        "stepping": True,
        "upright": True,
        "mounted": True,
        "keeps_up": True,
    },
    "release": {"left": False, "right": False},
    "release left": {"left": False},
    "release right": {"right": False},
    "hold left": {"left": True},
    "hold right": {"right": True},
    "stop stepping": {"stepping": False},
    "lag": {"keeps_up": False},
    "fall": {"left": False, "right": False, "stepping": False, "upright": False},
    "step off": {"left": False, "right": False, "mounted": False},
}


def wish_after(wish: Wish, intent: str) -> Wish:
    """Raises: `KeyError` for an intent that is not in `INTENTS`."""
    return wish._replace(**INTENTS[intent])


class Hand(NamedTuple):
    """One hand: its force on the rail, the force it settles at, and when it gets there."""

    force_n: float = 0.0
    hold_n: float = 0.0
    reach_s: float = 0.0


OPEN = Hand()
"""A hand that touches nothing."""


class WalkerState(NamedTuple):
    """`position_m`: behind the place where the walker likes to be. `carried_m`: how far the belt
    has carried a body that no longer steps. `phase`: of the gait, 0–1 per step. `seed`: what the
    walker's chance is drawn from next.
    """

    left: Hand = Hand()
    right: Hand = Hand()
    position_m: float = 0.0
    carried_m: float = 0.0
    phase: float = 0.0
    steps: int = 0
    fallen: bool = False
    mounted: bool = True
    seed: int = 0

    @property
    def load_n(self) -> float:
        """Braking load on the belt now: each footfall brakes, each push-off does not."""
        if not self.mounted or self.fallen:
            return 0.0
        return FOOTFALL_N * sin(2 * pi * self.phase) if self.phase < 0.5 else 0.0


def cadence_per_min(belt_mps: float) -> float:
    """Steps per minute. A line through clinic observations: 87 at 1.0 mph, 110 at 2.0 mph."""
    return 64 + 52 * belt_mps


def step(state: WalkerState, wish: Wish, belt_mps: float, dt_s: float) -> WalkerState:
    """The walker `dt_s` later on a belt that moves at `belt_mps`."""
    steps_along = wish.stepping and wish.upright and wish.mounted and belt_mps > STANDING_MPS
    phase = state.phase + cadence_per_min(belt_mps) / 60 * dt_s if steps_along else 0.0
    seed = _next(state.seed)
    decay = exp(-dt_s / HAND_TAU_S)
    whole = int(phase)
    return WalkerState(
        _hand(state.left, wish.left, _share(seed, 0), decay, dt_s),
        _hand(state.right, wish.right, _share(seed, 1), decay, dt_s),
        _position(state, wish, belt_mps, dt_s),
        _carried(state, wish, belt_mps, dt_s),
        phase - whole,
        state.steps + whole,
        not wish.upright,
        wish.mounted,
        seed,
    )


def _hand(hand: Hand, wanted: bool, chance: float, decay: float, dt_s: float) -> Hand:
    """A hand that is wanted reaches, closes and then holds unevenly; else it opens."""
    force_n, hold_n, reach_s = hand
    goal_n = hold_n * (0.7 + 0.6 * chance) if wanted and reach_s <= 0.0 else 0.0
    force_n = goal_n + (force_n - goal_n) * decay
    if not wanted:
        return Hand(force_n) if force_n > 0.05 else OPEN
    if hold_n == 0.0:
        return Hand(force_n, _between(RESTING_HOLD_N, chance), _between(REACH_S, chance))
    return Hand(force_n, hold_n, reach_s - dt_s if reach_s > dt_s else 0.0)


def _position(state: WalkerState, wish: Wish, belt_mps: float, dt_s: float) -> float:
    """Stepping brings the body back to its place; without it the belt takes the body along."""
    if not wish.mounted:
        return 0.0
    if wish.stepping and wish.upright and not wish.keeps_up:
        return state.position_m + LAG_SHARE * belt_mps * dt_s
    if wish.stepping and wish.upright:
        return state.position_m and state.position_m * exp(-dt_s / BODY_TAU_S)
    return state.position_m + belt_mps * dt_s


def _carried(state: WalkerState, wish: Wish, belt_mps: float, dt_s: float) -> float:
    if not wish.mounted or (wish.stepping and wish.upright):
        return 0.0
    return state.carried_m + belt_mps * dt_s


def _next(seed: int) -> int:
    """One turn of a 64-bit linear congruential generator (Knuth's MMIX constants)."""
    return (seed * 6364136223846793005 + 1442695040888963407) & 0xFFFF_FFFF_FFFF_FFFF


def _share(seed: int, lane: int) -> float:
    """0 ≤ share < 1 from the upper bits, which are the good ones; each lane has its own 16."""
    return (seed >> (48 - 16 * lane) & 0xFFFF) / 0x10000


def _between(span: tuple[float, float], chance: float) -> float:
    return span[0] + (span[1] - span[0]) * chance

"""The limits in force, and where they meet.

Every limit is a number where smaller is tighter. `tightest` takes the smallest of each from any
number of sources and says which source bound it; no operation widens one, and none can be turned
off: each has a hard maximum here, and a floor below which the machinery could not work.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache

from protocols.units import mps_from_mph


@dataclass(frozen=True, slots=True)
class Limits:
    """One complete set of limits. The defaults are the product's own.

    No human trial backs any of them: they are engineering choices inside published guidance
    (0.5-1.0 mph to begin with, at most 2 mph, slow progress) and stay below what makes a standing
    adult take a step (1 m/s²). The names carry the units.
    """

    cap_mps: float = mps_from_mph(1.0)
    """Highest belt speed for a person walking backward."""
    start_mps: float = mps_from_mph(0.5)
    """Highest speed asked for until the belt is seen to move."""
    ramp_up_mps2: float = 0.05
    """0 to 1 mph in 9 s: the gentlest level of clinical treadmills. A sudden start to 0.89 m/s
    made a third of harnessed healthy older adults fail (Owings 2001); the ramp is what protects."""
    jerk_up_mps3: float = 0.1
    ramp_down_mps2: float = 0.15
    """Of a controlled stop: 2 mph in 6 s."""
    step_mps: float = mps_from_mph(0.1)
    """One press of Slower or Faster."""
    rise_per_minute_mps: float = mps_from_mph(0.2)
    """All presses of Faster within any minute."""
    grace_factor: float = 1.0
    """Scales the time both hands may be off; see `grace_s`."""
    one_hand_hold_s: float = 3.0
    one_hand_stop_s: float = 6.0
    grip_stale_s: float = 0.25
    """Silence of the grip unit for so long is release."""
    belt_hold_s: float = 2.0
    belt_stop_s: float = 3.0
    belt_lost_s: float = 5.0
    """Ages of the belt's telemetry: no increase; controlled stop; protective stop, pull the key."""
    overspeed_mps: float = mps_from_mph(0.1)
    overspeed_s: float = 1.0
    mismatch_mps: float = mps_from_mph(0.2)
    mismatch_s: float = 3.0
    response_s: float = 2.0
    """A belt that was asked to slow down is seen to do so within this time."""
    answer_s: float = 1.0
    """The machine answers a set-point within this time; measured ones take 50 ms."""
    turn_late_s: float = 0.1
    turn_lost_s: float = 0.25
    guard_silent_s: float = 0.5
    console_silent_s: float = 5.0
    confirm_s: float = 60.0
    """A supervisor confirms presence at least this often."""
    session_s: float = 1800.0
    session_m: float = 1500.0
    fast_s: float = 900.0
    """All time above 1.5 mph in one walk."""
    escalate_s: float = 3.0
    """A belt still moving so long after Stop is not stopping: pull the safety key (S8)."""
    incline_pct: float = 0.0
    """Nobody is inclined before a site says so: what a machine makes of an incline differs from one
    to the next, and each site proves its own. Guidance says "slight"; 10 % bends the knee 11
    degrees more and costs a fifth more heart rate (Cipriani 1995, Hooper 2004)."""
    releases: float = 3.0
    """So often both hands may leave the rails; the last of them ends the session."""
    start_patience_s: float = 10.0
    """From Start to motion; machines count down for 3 s and were seen to take 6."""


HARD = Limits(
    cap_mps=mps_from_mph(2.0),
    start_mps=mps_from_mph(0.5),
    ramp_up_mps2=0.10,
    jerk_up_mps3=0.1,
    ramp_down_mps2=0.25,
    step_mps=mps_from_mph(0.2),
    rise_per_minute_mps=mps_from_mph(0.5),
    grace_factor=1.0,
    one_hand_hold_s=5.0,
    one_hand_stop_s=10.0,
    grip_stale_s=0.5,
    belt_hold_s=2.5,
    belt_stop_s=5.0,
    belt_lost_s=5.0,
    overspeed_mps=mps_from_mph(0.1),
    overspeed_s=1.0,
    mismatch_mps=mps_from_mph(0.2),
    mismatch_s=3.0,
    response_s=2.0,
    answer_s=2.0,
    turn_late_s=0.1,
    turn_lost_s=0.25,
    guard_silent_s=0.5,
    console_silent_s=5.0,
    confirm_s=120.0,
    session_s=2400.0,
    session_m=2200.0,
    fast_s=1800.0,
    escalate_s=3.0,
    start_patience_s=15.0,
    incline_pct=5.0,
    releases=5.0,
)
"""No source can set a limit above these."""

FLOOR = Limits(
    cap_mps=0.0,
    start_mps=0.0,
    ramp_up_mps2=0.005,
    jerk_up_mps3=0.01,
    ramp_down_mps2=0.05,
    step_mps=0.0,
    rise_per_minute_mps=0.0,
    grace_factor=0.0,
    one_hand_hold_s=0.0,
    one_hand_stop_s=1.0,
    grip_stale_s=0.1,
    belt_hold_s=1.0,
    belt_stop_s=1.5,
    belt_lost_s=2.0,
    overspeed_mps=mps_from_mph(0.05),
    overspeed_s=0.1,
    mismatch_mps=mps_from_mph(0.1),
    mismatch_s=1.0,
    response_s=1.0,
    answer_s=0.5,
    turn_late_s=0.075,
    turn_lost_s=0.15,
    guard_silent_s=0.25,
    console_silent_s=2.0,
    confirm_s=10.0,
    session_s=10.0,
    session_m=1.0,
    fast_s=0.0,
    escalate_s=0.5,
    start_patience_s=4.0,
    incline_pct=0.0,
    releases=1.0,
)
"""Below these a healthy machine could not be walked at all."""

NAMES = tuple(field.name for field in fields(Limits))


class LimitError(ValueError):
    """A limit that cannot be: unknown, not a number, or outside its bounds."""


def checked(**figures: float) -> dict[str, float]:
    """The figures, each a known limit within its floor and hard maximum.

    Raises: `LimitError` with one plain sentence.
    """
    for name, figure in figures.items():
        if name not in NAMES:
            raise LimitError(f"{name} is not a limit.")
        low, high = getattr(FLOOR, name), getattr(HARD, name)
        if not (math.isfinite(figure) and low <= figure <= high):
            raise LimitError(f"{name} must be from {low:.4g} to {high:.4g}; it is {figure:.4g}.")
    return figures


_NONE: Mapping[str, Mapping[str, float]] = {}


def tightest(
    sources: Mapping[str, Mapping[str, float]], measured: Mapping[str, Mapping[str, float]] = _NONE
) -> tuple[Limits, dict[str, str]]:
    """The smallest of each limit over all sources, and the name of the source that bound it.

    A source gives some limits by name; a limit no source gives has the product's default, bound
    by "default". A source may widen a default up to the hard maximum, but never another source.
    One that is `measured` says what is possible, not what is wanted: it widens nothing at all.

    Raises: `LimitError` for a figure out of bounds.
    """
    figures = {name: (getattr(Limits(), name), "default") for name in NAMES}
    given: dict[str, tuple[float, str]] = {}
    for source, some in sources.items():
        for name, figure in checked(**some).items():
            given[name] = min(given.get(name, (math.inf, "")), (figure, source))
    figures |= given
    for source, some in measured.items():
        for name, figure in checked(**some).items():
            figures[name] = min(figures[name], (figure, source))
    limits = Limits(**{name: figure for name, (figure, _) in figures.items()})
    return limits, {name: source for name, (_, source) in figures.items()}


def narrowed(limits: Limits, figures: Mapping[str, float]) -> Limits:
    """The limits with those of these figures that are tighter; none is widened."""
    for name, figure in figures.items():
        if figure < getattr(limits, name):
            return _tightened(limits, tuple(figures.items()))
    return limits


@lru_cache
def _tightened(limits: Limits, figures: tuple[tuple[str, float], ...]) -> Limits:
    """Kept, because every turn of a program with limits of its own asks for the same ones."""
    most = dict(figures)
    return Limits(**{name: min(getattr(limits, name), most.get(name, math.inf)) for name in NAMES})


def fingerprint(limits: Limits) -> str:
    """SHA-256 of every limit by name, in hexadecimal: whether two walks had the same ones (S33)."""
    figures = json.dumps(asdict(limits), sort_keys=True)
    return hashlib.sha256(figures.encode()).hexdigest()


_GRACE_S = tuple(
    (mps_from_mph(mph), seconds)
    for mph, seconds in ((0.5, 0.5), (1.0, 0.3), (1.5, 0.22), (2.0, 0.17))
)
"""Speeds (here in mph) and the seconds for which both hands may be off up to each: the belt carries
a standing body ≤ 0.15 m meanwhile."""


def grace_s(speed_mps: float, limits: Limits) -> float:
    """How long both hands may be off at this speed; between two listed ones, the higher counts."""
    for up_to_mps, seconds in _GRACE_S:
        if speed_mps <= up_to_mps:
            return seconds * limits.grace_factor
    return _GRACE_S[-1][1] * limits.grace_factor

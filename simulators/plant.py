"""The belt and its drive: a set-point in, motion out. Pure, deterministic, SI.

Two stages in a row. The drive moves a reference toward the set-point within its acceleration
limits; the belt follows that reference with the lag of motor, pulley and rubber. A walker's load
slows the belt a little. Without mains the belt coasts down on its own friction.
"""

from math import exp
from typing import NamedTuple


class Drive(NamedTuple):
    """What one machine's drive can do. The defaults are a gentle clinic treadmill."""

    up_mps2: float = 0.15
    """Ordinary products gain 0.1–0.3 m/s², h/p/cosmos level 2–4 likewise."""
    down_mps2: float = 0.15
    """UREVO pads were timed at 0.14 m/s² from 2.25 km/h to rest."""
    stop_mps2: float = 0.5
    """After the machine's own Stop: half of what standing adults bear without a step."""
    coast_mps2: float = 0.3
    """Friction alone, with a person on the belt."""
    lag_s: float = 0.25
    countdown_s: float = 0.3
    """From Start to first motion. Real machines count down 3 s; short, so that trials are."""
    compliance_mps_per_n: float = 0.0002
    """Speed lost per newton of braking load; a 60 N footfall costs 0.012 m/s."""
    creep_mps: float = 0.01
    """Below this speed static friction holds a belt that nothing drives."""


class BeltInput(NamedTuple):
    """What acts on the belt: the firmware's wish, the walker's braking load (N), the mains."""

    running: bool = False
    set_point_mps: float = 0.0
    stopping: bool = False
    """Slow down at the rate of the machine's Stop, not of an ordinary change of speed."""
    load_n: float = 0.0
    powered: bool = True


class BeltState(NamedTuple):
    """`waited_s`: how long the drive has been asked to run, while the countdown lasts."""

    speed_mps: float = 0.0
    reference_mps: float = 0.0
    distance_m: float = 0.0
    waited_s: float = 0.0


def step(state: BeltState, ask: BeltInput, dt_s: float, drive: Drive) -> BeltState:
    """The belt `dt_s` later. Exact in the lag, so any step up to about 0.1 s serves."""
    if not ask.powered:
        return _coasted(state, dt_s, drive)
    speed_mps, reference_mps, distance_m, waited_s = state
    waited_s = waited_s + dt_s if ask.running else 0.0
    target_mps = ask.set_point_mps if waited_s > drive.countdown_s else 0.0
    if target_mps > reference_mps:
        reference_mps = min(target_mps, reference_mps + drive.up_mps2 * dt_s)
    elif target_mps < reference_mps:
        fall_mps2 = drive.stop_mps2 if ask.stopping else drive.down_mps2
        reference_mps = max(target_mps, reference_mps - fall_mps2 * dt_s)
    goal_mps = reference_mps - drive.compliance_mps_per_n * ask.load_n
    goal_mps = goal_mps if goal_mps > 0.0 else 0.0
    later_mps = goal_mps + (speed_mps - goal_mps) * exp(-dt_s / drive.lag_s)
    if reference_mps == 0.0 and later_mps < drive.creep_mps:
        later_mps = 0.0
    distance_m += (speed_mps + later_mps) / 2 * dt_s
    return BeltState(later_mps, reference_mps, distance_m, waited_s)


def _coasted(state: BeltState, dt_s: float, drive: Drive) -> BeltState:
    """Friction takes the same amount each second; the reference stays with the belt."""
    speed_mps = max(0.0, state.speed_mps - drive.coast_mps2 * dt_s)
    travelled_m = (state.speed_mps + speed_mps) / 2 * dt_s
    return BeltState(speed_mps, speed_mps, state.distance_m + travelled_m, 0.0)

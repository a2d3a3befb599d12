"""The ramp: gently up, firmly down, never past its target, no catch-up."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.ramp import STEP_S, Ramp, Slope, towards

SLOPE = Slope(up_mps2=0.05, jerk_mps3=0.1, down_mps2=0.15)
TURN_S = 0.05
speeds = st.floats(0, 2)


def climb(ramp: Ramp, target_mps: float, seconds: float) -> Ramp:
    for _ in range(round(seconds / TURN_S)):
        ramp = towards(ramp, target_mps, SLOPE, TURN_S)
    return ramp


def test_it_climbs_to_one_mile_per_hour_in_about_nine_seconds() -> None:
    assert climb(Ramp(), 0.44704, 8.5).speed_mps < 0.44704
    assert climb(Ramp(), 0.44704, 9.5) == Ramp(0.44704)


def test_its_acceleration_grows_no_faster_than_the_jerk() -> None:
    assert climb(Ramp(), 1.0, 0.25).rise_mps2 == pytest.approx(0.025)
    assert climb(Ramp(), 1.0, 0.5).rise_mps2 == pytest.approx(0.05)
    assert climb(Ramp(), 1.0, 5.0).rise_mps2 == pytest.approx(0.05)


def test_it_comes_down_three_times_as_fast_and_ends_at_rest() -> None:
    assert climb(Ramp(0.45), 0.0, 2.0).speed_mps == pytest.approx(0.15)
    assert climb(Ramp(0.45), 0.0, 3.5) == Ramp(0.0)


def test_it_does_not_pass_its_target_downwards() -> None:
    assert climb(Ramp(0.45), 0.3, 5.0) == Ramp(0.3)


def test_a_stall_earns_no_catch_up() -> None:
    assert towards(Ramp(0.1, 0.05), 1.0, SLOPE, 10.0) == towards(
        Ramp(0.1, 0.05), 1.0, SLOPE, STEP_S
    )


@pytest.mark.parametrize("elapsed_s", [0.0, -1.0, -math.inf, math.nan])
def test_no_time_is_no_change(elapsed_s: float) -> None:
    assert towards(Ramp(0.1, 0.05), 1.0, SLOPE, elapsed_s) == Ramp(0.1, 0.05)
    assert towards(Ramp(0.1), 0.0, SLOPE, elapsed_s).speed_mps == pytest.approx(0.1)


def test_a_pause_in_the_climb_starts_it_gently_again() -> None:
    held = towards(Ramp(0.1, 0.05), 0.1, SLOPE, TURN_S)
    assert held == Ramp(0.1, 0.0)


@given(speeds, st.floats(0, 0.05), speeds, st.floats(-1, 10))
def test_one_turn_rises_at_most_by_the_slope_and_never_overshoots(
    speed_mps: float, rise_mps2: float, target_mps: float, elapsed_s: float
) -> None:
    after = towards(Ramp(speed_mps, rise_mps2), target_mps, SLOPE, elapsed_s)
    step_s = min(max(elapsed_s, 0), STEP_S)
    assert after.speed_mps <= speed_mps + SLOPE.up_mps2 * step_s + 1e-12
    assert after.speed_mps >= speed_mps - SLOPE.down_mps2 * step_s - 1e-12
    low, high = sorted((speed_mps, target_mps))
    assert low <= after.speed_mps <= high
    assert 0 <= after.rise_mps2 <= SLOPE.up_mps2


@given(st.floats(0.01, 2), st.floats(0.001, 0.3))
def test_it_always_arrives(target_mps: float, elapsed_s: float) -> None:
    ramp, turns = Ramp(), 0
    while ramp.speed_mps != target_mps:
        ramp = towards(ramp, target_mps, SLOPE, elapsed_s)
        turns += 1
    needed_s = target_mps / SLOPE.up_mps2 + SLOPE.up_mps2 / SLOPE.jerk_mps3
    assert turns <= needed_s / min(elapsed_s, STEP_S) + 2


def test_a_ramp_begins_at_nothing() -> None:
    assert Ramp() == Ramp(speed_mps=0.0, rise_mps2=0.0)


def test_a_stall_counts_for_two_periods_and_no_more() -> None:
    steep = Slope(up_mps2=1.0, jerk_mps3=100.0, down_mps2=1.0)
    assert towards(Ramp(0.5), 0.0, steep, 9.0).speed_mps == pytest.approx(0.4)
    assert towards(Ramp(0.0), 0.5, steep, 9.0).speed_mps == pytest.approx(0.1)


def test_a_target_below_nothing_is_nothing() -> None:
    assert towards(Ramp(), -1.0, Slope(1.0, 1.0, 1.0), 0.05) == Ramp(0.0)


def test_a_ramp_that_arrives_has_no_rise_left() -> None:
    arrives = Slope(up_mps2=1.0, jerk_mps3=10.0, down_mps2=1.0)
    assert towards(Ramp(), 0.1, arrives, 0.1) == Ramp(0.1, 0.0)

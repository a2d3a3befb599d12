"""What a belt's answers prove, on a hand-moved clock."""

import math

import pytest

from controller.safety.belt_watch import (
    FAST_MPS,
    PROBE_MPS,
    PROGRESS_MPS,
    UNSEEN,
    BeltWatch,
    watch,
)
from protocols.belt import BeltReport
from protocols.units import mps_from_kmh
from tests.controller.bedside import LIMITS, NOW_S

ASKED_MPS = mps_from_kmh(0.5)
TURN_S = 0.25


def after(
    watched: BeltWatch, speeds: list[float], asked_mps: float = ASKED_MPS, *, moved: bool = True
) -> BeltWatch:
    """The watch after turns with a report of each speed."""
    now_s = NOW_S
    for speed_mps in speeds:
        now_s += TURN_S
        watched = watch(
            watched,
            BeltReport(speed_mps=speed_mps, reported_at_s=now_s, inclination_pct=1.0),
            LIMITS,
            asked_mps=asked_mps,
            moved=moved,
            elapsed_s=TURN_S,
            now_s=now_s,
        )
    return watched


@pytest.mark.parametrize("kmh", [0.41, 0.5, 0.59])
def test_a_belt_that_runs_as_asked_for_a_second_has_proved_its_units(kmh: float) -> None:
    speed_mps = mps_from_kmh(kmh)
    assert not after(UNSEEN, [speed_mps] * 4).probed
    assert after(UNSEEN, [speed_mps] * 5).probed
    assert after(UNSEEN, [speed_mps] * 5 + [0.0]).probed


@pytest.mark.parametrize("kmh", [0.39, 0.61, 0.5 * 1.609, 0.5 / 1.609, math.nan])
def test_a_belt_that_runs_otherwise_proves_nothing(kmh: float) -> None:
    assert not after(UNSEEN, [mps_from_kmh(kmh)] * 40).probed


def test_at_higher_speeds_a_fraction_is_allowed() -> None:
    asked_mps = mps_from_kmh(1.2)
    assert after(UNSEEN, [mps_from_kmh(1.37)] * 5, asked_mps).probed
    assert not after(UNSEEN, [mps_from_kmh(1.39)] * 5, asked_mps).probed
    just_mps, asked_mps = 0.26953125, 0.234375
    assert just_mps - asked_mps == 0.15 * asked_mps
    assert after(UNSEEN, [just_mps] * 5, asked_mps).probed


def test_one_report_heard_for_long_proves_nothing() -> None:
    report = BeltReport(speed_mps=ASKED_MPS, reported_at_s=NOW_S)
    watched = UNSEEN
    for turn in range(40):
        watched = watch(
            watched, report, LIMITS, asked_mps=ASKED_MPS, moved=True, elapsed_s=TURN_S,
            now_s=NOW_S + turn * TURN_S,
        )  # fmt: skip
    assert not watched.probed


def test_a_speed_that_was_never_reported_proves_nothing() -> None:
    watched = BeltWatch(matched_since_s=NOW_S)
    found = watch(
        watched, BeltReport(), LIMITS, asked_mps=0.0, moved=True, elapsed_s=TURN_S,
        now_s=NOW_S + 9.0,
    )  # fmt: skip
    assert found.probed is False
    assert after(UNSEEN, [0.9]).probed is False


def test_a_belt_too_fast_that_does_not_slow_down_is_in_excess() -> None:
    watched = after(UNSEEN, [0.4] * 8, 0.3)
    assert watched.excess_since_s == NOW_S + TURN_S
    assert after(watched, [0.39], 0.3).excess_since_s == NOW_S + TURN_S
    assert after(watched, [0.37], 0.3).excess_since_s is None


def test_progress_begins_the_excess_anew() -> None:
    watched = after(UNSEEN, [0.6], 0.3)
    slower = after(watched, [0.59, 0.57], 0.3)
    assert slower.excess_since_s == NOW_S + 2 * TURN_S
    assert slower.excess_mps == 0.57


def test_a_speed_that_is_no_number_is_in_excess() -> None:
    assert after(UNSEEN, [math.nan], 0.3).excess_since_s is not None


def test_before_the_first_motion_nothing_is_in_excess() -> None:
    assert after(UNSEEN, [0.9], 0.0, moved=False).excess_since_s is None


def test_the_incline_is_that_of_the_belt_at_rest() -> None:
    assert after(UNSEEN, [0.0], moved=False).incline_pct == 1.0
    assert after(UNSEEN, [0.2]).incline_pct is None


def test_distance_and_fast_time_add_up_while_the_belt_moves() -> None:
    fast_mps = FAST_MPS + 0.1
    watched = after(UNSEEN, [0.4, 0.4, fast_mps])
    assert watched.walked_m == pytest.approx((0.8 + fast_mps) * TURN_S)
    assert watched.fast_s == TURN_S
    assert after(UNSEEN, [FAST_MPS]).fast_s == 0.0


@pytest.mark.parametrize("speed_mps", [math.nan, math.inf, -1.0])
def test_a_figure_that_cannot_be_adds_nothing(speed_mps: float) -> None:
    assert after(UNSEEN, [speed_mps]).walked_m == 0.0
    assert after(UNSEEN, [speed_mps]).fast_s == 0.0
    assert after(UNSEEN, [0.4], moved=False).walked_m == 0.0


def test_a_second_is_a_whole_second() -> None:
    heard = BeltReport(speed_mps=ASKED_MPS, reported_at_s=0.5)
    for now_s, probed in ((0.95, False), (1.0, True)):
        watched = watch(
            BeltWatch(matched_since_s=0.0), heard, LIMITS, asked_mps=ASKED_MPS, moved=True,
            elapsed_s=TURN_S, now_s=now_s,
        )  # fmt: skip
        assert watched.probed is probed


@pytest.mark.parametrize(("slower_mps", "obeys"), [(0.019, False), (0.021, True)])
def test_two_centimetres_a_second_are_progress(slower_mps: float, obeys: bool) -> None:
    before = after(UNSEEN, [0.5], 0.2)
    now = after(before, [0.5 - slower_mps] * 2, 0.2)
    assert (now.excess_mps == 0.5 - slower_mps) is obeys


@pytest.mark.parametrize(("speed_mps", "fast_s"), [(0.65, 0.0), (0.67, 0.0), (0.68, TURN_S)])
def test_a_mile_and_a_half_an_hour_is_where_time_is_limited(
    speed_mps: float, fast_s: float
) -> None:
    assert after(UNSEEN, [speed_mps], speed_mps).fast_s == fast_s


def test_a_belt_that_tells_of_running_back_covers_no_distance() -> None:
    assert after(UNSEEN, [-0.5]).walked_m == 0
    assert after(UNSEEN, [math.inf]).walked_m == 0


def test_what_is_told_before_the_first_motion_proves_nothing() -> None:
    assert after(UNSEEN, [ASKED_MPS] * 8, moved=False).matched_since_s is None


def lifted(
    watched: BeltWatch,
    *reported_pct: float | None,
    lift_pct: float | None = None,
    moved: bool = True,
) -> BeltWatch:
    """The watch after turns with a report of each incline, a second apart."""
    for turn, incline_pct in enumerate(reported_pct, 1):
        now_s = NOW_S + turn
        watched = watch(
            watched,
            BeltReport(speed_mps=ASKED_MPS, reported_at_s=now_s, inclination_pct=incline_pct),
            LIMITS,
            asked_mps=ASKED_MPS,
            moved=moved,
            elapsed_s=1.0,
            now_s=now_s,
            lift_pct=lift_pct,
        )
    return watched


def test_a_deck_is_on_its_way_until_it_has_got_there() -> None:
    rests = lifted(UNSEEN, 1.0, moved=False)
    assert (rests.incline_pct, rests.lift_pct, rests.lifts_since_s) == (1.0, None, None)
    on_its_way = lifted(rests, 1.0, 1.4, lift_pct=2.0)
    assert (on_its_way.incline_pct, on_its_way.lift_pct) == (1.0, 2.0)
    assert on_its_way.lifts_since_s == NOW_S + 1
    there = lifted(rests, 1.0, 1.4, 1.5, lift_pct=2.0)
    assert (there.incline_pct, there.lift_pct, there.lifts_since_s) == (2.0, 2.0, None)
    assert lifted(rests, 2.5, lift_pct=2.0).incline_pct == 2.0
    assert lifted(rests, 2.54, lift_pct=2.0).incline_pct == 1.0


def test_a_deck_that_says_nothing_has_not_got_anywhere() -> None:
    rests = lifted(UNSEEN, 0.0, moved=False)
    assert lifted(rests, None, lift_pct=1.0).lifts_since_s == NOW_S + 1


def test_a_deck_that_was_asked_for_nothing_stays_where_it_was() -> None:
    rests = lifted(UNSEEN, 1.0, moved=False)
    assert lifted(rests, 4.0).incline_pct == 1.0
    assert lifted(rests, 4.0).lifts_since_s is None


def test_at_rest_nothing_is_asked_of_a_deck() -> None:
    rests = lifted(UNSEEN, 1.0, lift_pct=3.0, moved=False)
    assert (rests.incline_pct, rests.lift_pct, rests.lifts_since_s) == (1.0, None, None)


def test_a_belt_at_rest_runs_at_nothing_at_all() -> None:
    assert after(UNSEEN, [0.0]).walked_m == 0.0
    assert after(UNSEEN, [0.0] * 5, PROBE_MPS).probed
    assert not after(UNSEEN, [0.0] * 5, PROBE_MPS + 1e-6).probed


def test_a_belt_at_the_edge_of_what_may_differ_is_not_in_excess() -> None:
    edge_mps = 0.3 + LIMITS.mismatch_mps
    assert after(UNSEEN, [edge_mps], 0.3).excess_since_s is None
    assert after(UNSEEN, [0.6, edge_mps], 0.3).excess_mps == 0.0


def test_a_belt_slower_by_no_more_than_a_step_makes_no_progress() -> None:
    watched = after(UNSEEN, [0.5, 0.5 - PROGRESS_MPS], 0.2)
    assert (watched.excess_since_s, watched.excess_mps) == (NOW_S + TURN_S, 0.5)

"""What only time can tell, on a hand-moved clock."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.safety.evidence import Evidence, Hands
from controller.safety.limits import Limits, grace_s
from controller.safety.monitors import Monitors, grace_ends_s, watch
from controller.safety.view import Phase
from protocols.units import mps_from_mph
from tests.controller.bedside import GRID, LIMITS, NOW_S, Story, changed, healthy

SLOW_MPS = 0.2
"""Below 0.5 mph: the grace is half a second."""


def room(now_s: float, *, hands: bool, speed_mps: float = SLOW_MPS) -> Evidence:
    return changed(healthy(now_s, left=hands, right=hands), belt={"speed_mps": speed_mps})


def after(
    monitors: Monitors, times: list[tuple[float, bool]], limits: Limits = LIMITS
) -> tuple[Monitors, float]:
    """The monitors after turns of (seconds later, hands hold), and when that is."""
    now_s = monitors.turn_at_s or NOW_S
    for later_s, hands in times:
        now_s += later_s
        evidence = room(now_s, hands=hands)
        monitors = watch(monitors, evidence, limits, set_point_mps=SLOW_MPS, now_s=now_s)
    return monitors, now_s


HELD, _ = after(Monitors(), [(0.0, True), (0.05, True)])


def test_the_grace_is_spent_by_hands_that_stay_off() -> None:
    monitors, _ = after(HELD, [(0.01, False), *[(0.05, False)] * 9])
    assert 0 < monitors.grace_left < 0.2
    monitors, _ = after(monitors, [(0.05, False)])
    assert monitors.grace_left == pytest.approx(0)


def test_the_grace_begins_with_the_turn_that_saw_the_release() -> None:
    monitors, now_s = after(HELD, [(0.05, False)])
    assert monitors.grace_left == 1
    assert grace_ends_s(monitors, room(now_s, hands=False), LIMITS, SLOW_MPS) == now_s + 0.5


def test_the_grace_of_held_rails_never_ends() -> None:
    assert grace_ends_s(HELD, room(NOW_S, hands=True), LIMITS, SLOW_MPS) == math.inf
    assert grace_ends_s(Monitors(), Evidence(), LIMITS, 0.0) == math.inf


@pytest.mark.parametrize(("mph", "grace"), [(0.4, 0.5), (0.9, 0.3), (1.4, 0.22), (1.9, 0.17)])
def test_the_grace_is_that_of_the_speed_asked_or_run_whichever_is_higher(
    mph: float, grace: float
) -> None:
    for asked, runs in ((mph, 0.0), (0.0, mph)):
        evidence = room(NOW_S, hands=False, speed_mps=mps_from_mph(runs))
        released = replace(HELD, hands=Hands(), turn_at_s=NOW_S)
        ends_s = grace_ends_s(released, evidence, LIMITS, mps_from_mph(asked))
        assert ends_s == pytest.approx(NOW_S + grace)


def test_the_grace_comes_back_at_a_quarter_of_the_rate() -> None:
    monitors, _ = after(HELD, [(0.01, False), (0.25, False), (0.0, True)])
    assert monitors.grace_left == pytest.approx(0.5)
    monitors, _ = after(monitors, [(0.5, True)])
    assert monitors.grace_left == pytest.approx(0.75)
    monitors, _ = after(monitors, [(5.0, True)])
    assert monitors.grace_left == 1


@pytest.mark.parametrize("off_s", [0.005, 0.02, 0.04, 0.1])
def test_hands_that_flap_faster_than_the_loop_still_spend_the_grace(off_s: float) -> None:
    """20 Hz chatter and faster (F23): each change is news, so each change is a turn."""
    flaps = round(3.0 / (2 * off_s))
    monitors, _ = after(HELD, [(off_s, False), (off_s, True)] * flaps)
    assert monitors.grace_left < 0.1


def test_without_any_grace_a_release_counts_at_once() -> None:
    none = replace(LIMITS, grace_factor=0.0)
    monitors, _ = after(HELD, [(0.05, False)], none)
    assert monitors.grace_left == 0
    monitors, _ = after(monitors, [(0.05, True)], none)
    assert monitors.grace_left == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30))
def test_the_grace_is_a_share_that_falls_only_while_hands_are_off(
    times: list[tuple[float, bool]],
) -> None:
    monitors = HELD
    for time in times:
        before, (monitors, _) = monitors, after(monitors, [time])
        assert 0 <= monitors.grace_left <= 1
        if before.hands.any:
            assert monitors.grace_left >= before.grace_left
        else:
            assert monitors.grace_left <= before.grace_left


def test_a_turn_is_late_by_what_it_exceeds_the_period() -> None:
    assert after(HELD, [(0.05, True)])[0].late_s == pytest.approx(0)
    assert after(HELD, [(0.02, True)])[0].late_s == 0
    assert after(HELD, [(0.3, True)])[0].late_s == pytest.approx(0.25)
    assert Monitors().late_s == 0


def test_a_clock_that_goes_back_makes_no_turn_early() -> None:
    monitors, _ = after(HELD, [(-10.0, True)])
    assert monitors.late_s == 0


def test_the_sensors_are_proven_by_release_and_then_hold() -> None:
    monitors, _ = after(Monitors(), [(0.0, True), (0.05, True)])
    assert not monitors.proven
    monitors, _ = after(monitors, [(0.05, False)])
    assert monitors.seen_released
    assert not monitors.proven
    monitors, _ = after(monitors, [(0.05, True)])
    assert monitors.proven


def test_silence_proves_no_sensor() -> None:
    """A unit that is not plugged in has not let go of anything (F22)."""
    monitors = watch(Monitors(), Evidence(), LIMITS, set_point_mps=0.0, now_s=NOW_S)
    assert not monitors.seen_released


def test_one_hand_is_timed_apart_from_both() -> None:
    one = changed(healthy(NOW_S, right=False))
    monitors = watch(HELD, one, LIMITS, set_point_mps=SLOW_MPS, now_s=NOW_S)
    assert (monitors.both_since_s, monitors.one_hand_since_s) == (None, NOW_S)


@pytest.mark.parametrize("speed_mps", [0.6, math.inf, math.nan])
def test_too_fast_and_no_number_at_all_are_overspeed(speed_mps: float) -> None:
    evidence = room(NOW_S, hands=True, speed_mps=speed_mps)
    monitors = watch(HELD, evidence, LIMITS, set_point_mps=0.44, now_s=NOW_S)
    assert monitors.overspeed_since_s == NOW_S


def test_up_to_a_tenth_of_a_mile_per_hour_over_the_cap_is_no_overspeed() -> None:
    evidence = room(NOW_S, hands=True, speed_mps=LIMITS.cap_mps + mps_from_mph(0.1))
    monitors = watch(HELD, evidence, LIMITS, set_point_mps=0.44, now_s=NOW_S)
    assert monitors.overspeed_since_s is None


@pytest.mark.parametrize(
    ("runs_mps", "mismatch"),
    [(0.2, False), (0.28, False), (0.3, True), (0.1, True), (math.nan, True)],
)
def test_a_belt_that_moves_must_run_as_asked(runs_mps: float, mismatch: bool) -> None:
    moving = replace(HELD, moved_at_s=NOW_S - 1)
    evidence = room(NOW_S, hands=True, speed_mps=runs_mps)
    monitors = watch(moving, evidence, LIMITS, set_point_mps=0.2, now_s=NOW_S)
    assert (monitors.mismatch_since_s == NOW_S) is mismatch


def test_before_its_first_motion_a_belt_does_not_mismatch() -> None:
    evidence = room(NOW_S, hands=True, speed_mps=0.0)
    monitors = watch(
        replace(HELD, moved_at_s=None), evidence, LIMITS, set_point_mps=0.2, now_s=NOW_S
    )
    assert monitors.mismatch_since_s is None
    assert monitors.moved_at_s is None


def test_a_coarse_grid_is_no_mismatch() -> None:
    """Asked for 0.44 m/s, a machine that knows steps of 1 km/h runs 0.28."""
    coarse = replace(GRID, minimum=100, increment=100)
    evidence = changed(healthy(), belt={"speed_mps": coarse.mps(100), "grid": coarse})
    moving = replace(HELD, moved_at_s=NOW_S - 1)
    monitors = watch(moving, evidence, LIMITS, set_point_mps=0.44, now_s=NOW_S)
    assert monitors.mismatch_since_s is None
    unknown = changed(evidence, belt={"grid": None})
    assert watch(moving, unknown, LIMITS, set_point_mps=0.44, now_s=NOW_S).mismatch_since_s


def test_first_motion_is_remembered_and_only_when_asked_for() -> None:
    still = replace(HELD, moved_at_s=None)
    evidence = room(NOW_S, hands=True)
    assert watch(still, evidence, LIMITS, set_point_mps=0.0, now_s=NOW_S).moved_at_s is None
    moved = watch(still, evidence, LIMITS, set_point_mps=0.2, now_s=NOW_S)
    assert moved.moved_at_s == NOW_S
    later = watch(moved, evidence, LIMITS, set_point_mps=0.2, now_s=NOW_S + 5)
    assert later.moved_at_s == NOW_S


@pytest.mark.parametrize("mph", [0.6, 1.0])
def test_a_release_in_a_walk_stops_it_within_the_grace_and_one_turn(mph: float) -> None:
    story = Story(replace(LIMITS, start_mps=0.2, cap_mps=mps_from_mph(mph))).walking(20.0)
    story.state = replace(story.state, ceiling_mps=mps_from_mph(mph))
    story.wait(10.0)
    assert story.set_point_mps == pytest.approx(mps_from_mph(mph))
    released_s = story.now_s
    story.release()
    while story.phase is Phase.WALKING:
        story.turn()
    grace = grace_s(story.state.stop_speed_mps, LIMITS)
    assert grace <= story.now_s - released_s <= grace + 0.1


def test_the_watches_of_the_grip_unit_and_of_the_witness_are_kept_up() -> None:
    damaged = changed(healthy(), belt={"speed_mps": SLOW_MPS})
    damaged = replace(
        damaged,
        grip=damaged.grip._replace(rejected=1),
        witness_mps=1.0, witness_at_s=NOW_S, witness_due=True,
    )  # fmt: skip
    now = watch(HELD, damaged, LIMITS, set_point_mps=SLOW_MPS, now_s=NOW_S)
    assert now.grip.damaged_at_s == (NOW_S,)
    assert now.witness_since_s == NOW_S


def test_the_first_turn_is_not_late_and_spends_no_grace() -> None:
    now = watch(Monitors(), room(NOW_S, hands=False), LIMITS, set_point_mps=0.0, now_s=NOW_S)
    assert now.late_s == 0
    assert now.belt.walked_m == 0


def test_the_first_turn_covers_no_distance_and_neither_does_a_clock_that_goes_back() -> None:
    evidence = room(NOW_S, hands=True)
    first = watch(Monitors(), evidence, LIMITS, set_point_mps=SLOW_MPS, now_s=NOW_S)
    assert (first.moved_at_s, first.belt.walked_m) == (NOW_S, 0.0)
    later = watch(first, evidence, LIMITS, set_point_mps=SLOW_MPS, now_s=NOW_S + 1.0)
    assert later.belt.walked_m == pytest.approx(SLOW_MPS)
    back = watch(later, evidence, LIMITS, set_point_mps=SLOW_MPS, now_s=NOW_S - 9.0)
    assert back.belt.walked_m == later.belt.walked_m


def test_a_belt_at_rest_may_differ_by_as_much_as_any() -> None:
    evidence = changed(healthy(), belt={"speed_mps": 0.0, "grid": None})
    moving, asked_mps = replace(HELD, moved_at_s=NOW_S - 1), LIMITS.mismatch_mps
    now = watch(moving, evidence, LIMITS, set_point_mps=asked_mps, now_s=NOW_S)
    assert now.mismatch_since_s is None
    more = watch(moving, evidence, LIMITS, set_point_mps=asked_mps + 1e-6, now_s=NOW_S)
    assert more.mismatch_since_s == NOW_S


@pytest.mark.parametrize(("runs_mps", "asked_mps"), [(0.2, 0.44), (0.44, 0.2)])
def test_the_grace_is_spent_as_fast_as_the_higher_of_the_two_speeds_wants(
    runs_mps: float, asked_mps: float
) -> None:
    released = replace(HELD, hands=Hands(), turn_at_s=NOW_S - 0.1)
    evidence = room(NOW_S, hands=False, speed_mps=runs_mps)
    now = watch(released, evidence, LIMITS, set_point_mps=asked_mps, now_s=NOW_S)
    assert now.grace_left == pytest.approx(1 - 0.1 / 0.3)


def test_no_hand_is_not_one_hand() -> None:
    off, _ = after(HELD, [(0.05, False)])
    assert off.one_hand_since_s is None


def test_what_was_proven_stays_so_and_a_release_alone_proves_nothing() -> None:
    off, _ = after(Monitors(), [(0.0, False), (0.05, False)])
    assert (off.seen_released, off.proven) == (True, False)
    held, _ = after(off, [(0.05, True), (0.05, True)])
    assert (held.seen_released, held.proven) == (True, True)
    again, _ = after(replace(held, seen_released=False), [(0.05, False)])
    assert again.proven


@pytest.mark.parametrize("hand", ["left", "right"])
def test_one_hand_off_is_no_release_of_both(hand: str) -> None:
    one = healthy(NOW_S, left=hand != "left", right=hand != "right")
    now = watch(Monitors(), one, LIMITS, set_point_mps=0.0, now_s=NOW_S)
    assert not now.seen_released


def test_the_incline_that_was_asked_for_is_watched_while_the_belt_moves() -> None:
    evidence = room(NOW_S, hands=True)
    moving = replace(HELD, moved_at_s=NOW_S - 1)
    asked = {"set_point_mps": SLOW_MPS, "now_s": NOW_S, "lift_pct": 2.0}
    now = watch(moving, evidence, LIMITS, **asked)  # type: ignore[arg-type]
    assert (now.belt.lift_pct, now.belt.lifts_since_s) == (2.0, NOW_S)


def test_a_heart_is_timed_while_it_is_unknown_and_while_it_is_above_its_limit() -> None:
    def heard(bpm: int | None, limit_bpm: int | None = 120) -> tuple[float | None, float | None]:
        evidence = changed(healthy(), other={"heart_rate_bpm": bpm, "heart_rate_at_s": NOW_S})
        now = watch(
            HELD, evidence, LIMITS, set_point_mps=0.0, now_s=NOW_S, heart_limit_bpm=limit_bpm
        )
        return now.heart_lost_since_s, now.heart_high_since_s

    assert heard(None) == (NOW_S, None)
    assert heard(120) == (None, None)
    assert heard(121) == (None, NOW_S)
    assert heard(121, None) == (None, None)


def test_the_grace_of_a_belt_that_was_never_heard_is_that_of_the_speed_asked() -> None:
    released = replace(HELD, hands=Hands(), turn_at_s=NOW_S)
    assert grace_ends_s(released, Evidence(), LIMITS, 0.44) == pytest.approx(NOW_S + 0.3)

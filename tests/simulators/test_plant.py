"""The belt moves as its drive allows, and only when it is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.plant import BeltInput, BeltState, Drive, step

DT_S = 0.01
AT_REST = BeltState()
DRIVE = Drive()
RUN = BeltInput(running=True, set_point_mps=0.447)


def after(
    seconds: float, ask: BeltInput, belt: BeltState = AT_REST, drive: Drive = DRIVE
) -> BeltState:
    for _ in range(round(seconds / DT_S)):
        belt = step(belt, ask, DT_S, drive)
    return belt


def test_a_belt_that_is_told_nothing_rests() -> None:
    assert after(5, BeltInput()) == BeltState()


def test_the_belt_waits_for_its_countdown() -> None:
    drive = DRIVE._replace(countdown_s=3.0)
    assert after(2.99, RUN, drive=drive).speed_mps == 0
    assert after(3.2, RUN, drive=drive).speed_mps > 0


def test_the_belt_reaches_its_set_point_at_its_own_rate_and_does_not_pass_it() -> None:
    nearly_s = DRIVE.countdown_s + 0.447 / DRIVE.up_mps2
    assert after(nearly_s, RUN).speed_mps < 0.44
    assert after(nearly_s + 2, RUN).speed_mps == pytest.approx(0.447, abs=0.001)


def test_a_stop_is_quicker_than_a_slow_down() -> None:
    walking = after(8, RUN)
    stopped = after(1.0, BeltInput(stopping=True), walking)
    slowed = after(1.0, BeltInput(), walking)
    assert stopped.speed_mps < 0.1 < slowed.speed_mps
    assert after(2.0, BeltInput(stopping=True), walking).speed_mps == 0


def test_a_stop_from_one_mph_carries_about_a_third_of_a_metre() -> None:
    walking = after(8, RUN)
    rested = after(3.0, BeltInput(stopping=True), walking)
    assert rested.distance_m - walking.distance_m == pytest.approx(0.30, abs=0.03)


def test_a_walker_slows_the_belt_a_little() -> None:
    assert 0.43 < after(8, RUN._replace(load_n=60.0)).speed_mps < 0.44


def test_without_mains_the_belt_coasts_and_does_not_start_again_by_itself() -> None:
    walking = after(8, RUN)
    coasting = after(0.5, RUN._replace(powered=False), walking)
    assert coasting.speed_mps == pytest.approx(walking.speed_mps - 0.5 * DRIVE.coast_mps2)
    assert after(2.0, RUN._replace(powered=False), coasting).speed_mps == 0


asks = st.builds(
    BeltInput,
    running=st.booleans(),
    set_point_mps=st.floats(0, 2),
    stopping=st.booleans(),
    load_n=st.floats(0, 200),
    powered=st.booleans(),
)


@given(st.lists(st.tuples(asks, st.floats(0.001, 0.1)), max_size=60))
def test_no_history_moves_the_belt_backward_past_its_limits_or_faster_than_asked(
    history: list[tuple[BeltInput, float]],
) -> None:
    belt, highest_mps = BeltState(), 0.0
    for ask, dt_s in history:
        before, belt = belt, step(belt, ask, dt_s, DRIVE)
        highest_mps = max(highest_mps, ask.set_point_mps if ask.running else 0.0)
        assert 0 <= belt.speed_mps <= highest_mps + 1e-9
        assert belt.distance_m >= before.distance_m
        assert belt.reference_mps - before.reference_mps <= DRIVE.up_mps2 * dt_s + 1e-9

"""Speeds on a machine's grid, and what a report knows of rest."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.belt import (
    PERMIT_S,
    REST_GAP_S,
    REST_PROOF_S,
    BeltOrder,
    BeltReport,
    Control,
    InclineGrid,
    Level,
    SpeedGrid,
)

UNIT_SIZES = (360.0, 100 / 0.44704, 36.0, 10 / 0.44704)
"""0.01 km/h, 0.01 mph, 0.1 km/h, 0.1 mph."""


@st.composite
def grids(draw: st.DrawFn) -> SpeedGrid:
    minimum = draw(st.integers(0, 0xFFFF))
    maximum = draw(st.integers(minimum, 0xFFFF))
    increment = draw(st.integers(1, 1000))
    return SpeedGrid(minimum, maximum, increment, draw(st.sampled_from(UNIT_SIZES)))


SPEEDS_MPS = st.one_of(st.floats(0, 4), st.floats(0, allow_infinity=False))


@given(grids(), SPEEDS_MPS)
def test_a_set_point_is_never_above_the_speed_asked_for(grid: SpeedGrid, speed_mps: float) -> None:
    assert grid.mps(grid.floor(speed_mps)) <= speed_mps


@given(grids(), SPEEDS_MPS)
def test_a_set_point_is_nothing_or_on_the_grid(grid: SpeedGrid, speed_mps: float) -> None:
    units = grid.floor(speed_mps)
    assert units == 0 or grid.minimum <= units <= grid.maximum
    assert units == 0 or (units - grid.minimum) % grid.increment == 0


@given(grids(), SPEEDS_MPS)
def test_no_higher_speed_on_the_grid_would_do(grid: SpeedGrid, speed_mps: float) -> None:
    units = grid.floor(speed_mps)
    higher = units + grid.increment if units else grid.minimum or grid.increment
    assert higher > grid.maximum or grid.mps(higher) > speed_mps


@pytest.mark.parametrize("units_per_mps", UNIT_SIZES)
def test_every_code_of_the_wire_is_its_own_floor(units_per_mps: float) -> None:
    grid = SpeedGrid(0, 0xFFFF, 1, units_per_mps)
    assert [n for n in range(0x10000) if grid.floor(grid.mps(n)) != n] == []


@pytest.mark.parametrize("speed_mps", [0.0, -0.0, -1.0, math.nan, math.inf, -math.inf])
def test_what_is_no_positive_finite_speed_is_a_stop(speed_mps: float) -> None:
    assert SpeedGrid(1, 600, 1, 360).floor(speed_mps) == 0


def test_below_the_minimum_is_a_stop_and_never_the_minimum() -> None:
    grid = SpeedGrid(100, 600, 10, 360)
    assert grid.floor(math.nextafter(grid.mps(100), 0)) == 0
    assert grid.floor(grid.mps(100)) == 100


def test_a_machine_that_names_no_speeds_has_only_stop() -> None:
    assert SpeedGrid(0, 0, 1, 360).floor(1.0) == 0


def test_a_default_order_asks_for_nothing_and_was_decided_long_ago() -> None:
    order = BeltOrder()
    assert (order.level, order.speed_mps, order.decided_at_s) == (Level.WATCH, 0.0, -math.inf)
    assert (order.reverse, order.incline_pct) == (False, None)


def test_a_default_report_knows_nothing_and_nothing_is_not_rest() -> None:
    report = BeltReport()
    assert (report.linked, report.control, report.grid) == (False, Control.NONE, None)
    assert report.age_s(1e9) == math.inf
    assert report.at_rest_for_s(1e9) == 0.0
    assert (report.set_point_mps, report.lowered_mps, report.repeats) == (0.0, 0.0, 0)


def test_a_decision_and_a_rest_have_the_times_that_were_chosen() -> None:
    assert (PERMIT_S, REST_PROOF_S) == (0.25, 1.0)


def heard(*records: tuple[float, float | None, float]) -> BeltReport:
    """A report that has heard (speed, distance, time) in turn."""
    report = BeltReport()
    for record in records:
        report = report.heard(*record)
    return report


def test_rest_counts_from_the_first_zero_of_an_unbroken_run() -> None:
    report = heard((0.3, 5, 1.0), (0.0, 5, 2.0), (0.0, 5, 3.0), (0.0, 5, 4.0))
    assert report.at_rest_for_s(4.5) == 2.5
    assert report.age_s(4.5) == 0.5


def test_rest_is_shown_up_to_the_newest_record_and_since_what_it_shall_prove() -> None:
    report = heard((0.3, 5, 1.0), (0.0, 5, 2.0), (0.0, 5, 3.0), (0.0, 5, 4.0))
    assert report.rest_shown_s(-math.inf, 4.5) == 2.0
    assert report.rest_shown_s(3.25, 4.5) == 0.75
    assert report.rest_shown_s(4.25, 4.5) == 0.0
    assert report.rest_shown_s(math.inf, 4.5) == 0.0
    assert report.rest_shown_s(2.5, 4.0) == report.rest_shown_s(2.5, 4.0 + REST_GAP_S) == 1.5
    assert report.rest_shown_s(2.5, 4.1 + REST_GAP_S) == report.rest_shown_s(2.5, 3.9) == 0.0
    assert report.heard(0.1, 5, 5.0).rest_shown_s(-math.inf, 5.0) == 0.0
    assert BeltReport().rest_shown_s(-math.inf, 5.0) == 0.0


def test_any_speed_ends_rest() -> None:
    report = heard((0.0, 5, 1.0), (0.0, 5, 2.0), (0.1, 5, 3.0))
    assert report.at_rest_for_s(3.0) == 0.0
    assert report.heard(0.0, 5, 4.0).at_rest_for_s(5.0) == 1.0


def test_a_belt_that_reports_zero_while_its_distance_advances_is_coasting() -> None:
    report = heard((0.0, 5, 1.0), (0.0, 6, 2.0), (0.0, 7, 3.0))
    assert report.at_rest_for_s(3.0) == 0.0


def test_a_record_without_distance_does_not_hide_that_it_advanced() -> None:
    report = heard((0.0, 5, 1.0), (0.0, None, 2.0), (0.0, 6, 3.0))
    assert report.at_rest_for_s(3.0) == 0.0
    assert report.distance_m == 6


def test_a_record_without_distance_does_not_end_rest() -> None:
    report = heard((0.0, 5, 1.0), (0.0, None, 2.0), (0.0, 5, 3.0))
    assert report.at_rest_for_s(3.0) == 2.0


def test_a_machine_that_tells_no_distance_can_be_at_rest() -> None:
    assert heard((0.0, None, 1.0), (0.0, None, 2.0)).at_rest_for_s(2.0) == 1.0


def test_rest_is_not_believed_across_a_long_silence() -> None:
    report = heard((0.0, 5, 1.0), (0.0, 5, 1.0 + REST_GAP_S + 0.1))
    assert report.at_rest_for_s(5.0) == pytest.approx(5.0 - 3.6)


@pytest.mark.parametrize("now_s", [1.0 + REST_GAP_S + 0.1, 0.9])
def test_rest_is_not_believed_when_the_report_is_stale_or_from_the_future(now_s: float) -> None:
    assert heard((0.0, 5, 0.0), (0.0, 5, 1.0)).at_rest_for_s(now_s) == 0.0


def running(*records: tuple[float, int | None, float]) -> BeltReport:
    """A report that has heard (speed, elapsed seconds, time) in turn."""
    report = BeltReport()
    for speed_mps, elapsed_s, at_s in records:
        report = report.heard(speed_mps, None, at_s, elapsed_s=elapsed_s, inclination_pct=1.0)
    return report


def test_a_machine_that_counts_seconds_and_repeats_itself_is_frozen() -> None:
    report = running((0.3, 7, 1.0), (0.3, 7, 1.5), (0.3, 7, 2.0))
    assert report.frozen_for_s(9.0) == 0.0
    report = report.heard(0.3, None, 2.5, elapsed_s=7, inclination_pct=1.0)
    assert (report.repeats, report.changed_at_s) == (3, 1.0)
    assert report.frozen_for_s(9.0) == 8.0
    later = report.heard(0.3, None, 3.0, elapsed_s=8, inclination_pct=1.0)
    assert (later.repeats, later.changed_at_s, later.frozen_for_s(9.0)) == (0, 3.0, 0.0)


@pytest.mark.parametrize("change", ["speed", "distance", "elapsed", "incline"])
def test_anything_new_is_news(change: str) -> None:
    report = BeltReport().heard(0.3, 5, 1.0, elapsed_s=7, inclination_pct=1.0)
    later = report.heard(
        0.4 if change == "speed" else 0.3,
        6 if change == "distance" else 5,
        2.0,
        elapsed_s=8 if change == "elapsed" else 7,
        inclination_pct=1.5 if change == "incline" else 1.0,
    )
    assert (later.repeats, later.changed_at_s) == (0, 2.0)


def test_a_machine_that_counts_nothing_may_repeat_itself() -> None:
    assert running(*((0.3, None, float(at_s)) for at_s in range(9))).frozen_for_s(20.0) == 0.0


def test_a_machine_at_rest_may_repeat_itself() -> None:
    assert running(*((0.0, 7, float(at_s)) for at_s in range(9))).frozen_for_s(20.0) == 0.0
    assert BeltReport(repeats=9, elapsed_s=7, speed_mps=0.3).frozen_for_s(20.0) == 0.0


@st.composite
def lifts(draw: st.DrawFn) -> InclineGrid:
    minimum = draw(st.integers(-300, 300))
    maximum = draw(st.integers(minimum, 600))
    return InclineGrid(minimum, maximum, draw(st.integers(1, 50)), draw(st.sampled_from((1, 10))))


@given(lifts(), st.floats(0, 70))
def test_an_incline_is_never_steeper_than_asked_for_and_never_a_decline(
    lift: InclineGrid, incline_pct: float
) -> None:
    units = lift.floor(incline_pct)
    on_grid = [
        each
        for each in range(lift.minimum, lift.maximum + 1, lift.increment)
        if each >= 0 and lift.pct(each) <= incline_pct
    ]
    assert units == (on_grid[-1] if on_grid else None)


@pytest.mark.parametrize("incline_pct", [-0.1, math.nan, math.inf, -math.inf])
def test_what_is_no_incline_from_level_up_has_no_place_on_a_lift(incline_pct: float) -> None:
    assert InclineGrid(-30, 100, 5, 10).floor(incline_pct) is None


def test_a_record_that_has_not_changed_since_time_began_is_as_old_as_time() -> None:
    report = BeltReport(speed_mps=0.5, elapsed_s=9, changed_at_s=0.0, repeats=3)
    assert report.frozen_for_s(5.0) == 5.0


def test_rest_is_believed_across_a_silence_of_two_and_a_half_seconds_and_no_longer() -> None:
    rested = BeltReport().heard(0.0, 1.0, 10.0)
    assert rested.at_rest_for_s(12.5) == 2.5
    assert rested.at_rest_for_s(12.6) == 0.0
    assert rested.heard(0.0, 1.0, 12.5).rest_since_s == 10.0
    assert rested.heard(0.0, 1.0, 12.6).rest_since_s == 12.6


@pytest.mark.parametrize(
    ("minimum", "maximum", "increment", "incline_pct", "units"),
    [
        (-1, 100, 5, 0.0, None),
        (-1, 100, 5, 0.3, None),
        (-1, 100, 5, 0.4, 4),
        (-30, -1, 1, 9.0, None),
        (-30, 0, 1, 9.0, 0),
        (-30, 100, 5, 0.0, 0),
        (10, 100, 5, 0.9, None),
        (10, 100, 5, 1.0, 10),
        (10, 100, 5, 1.4, 10),
        (10, 100, 5, 99.0, 100),
    ],
)
def test_a_lift_stands_on_its_grid_from_level_up(
    minimum: int, maximum: int, increment: int, incline_pct: float, units: int | None
) -> None:
    assert InclineGrid(minimum, maximum, increment, 10).floor(incline_pct) == units

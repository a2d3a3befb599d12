"""The curve of a stop, and the cap that follows from it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.commissioning.cap import (
    CARRY_M,
    REST_LIMIT_S,
    cap_mps,
    carry_m,
    escalate_s,
    fastest_mps,
)
from controller.commissioning.stopping import Curve, Point, fitted
from protocols.units import mps_from_mph

CURVE = Curve(delay_s=0.1, slope_mps2=0.5, lag_s=0.2)
curves = st.builds(Curve, st.floats(0.001, 2.0), st.floats(0.03, 3.0), st.floats(0.01, 1.0))


def seen(curve: Curve, from_mps: float = 0.4, every_s: float = 0.13) -> list[Point]:
    return [Point(n * every_s, curve.speed_mps(n * every_s, from_mps), from_mps) for n in range(60)]


def test_until_the_delay_is_over_the_belt_runs_on_and_in_the_end_it_rests() -> None:
    assert CURVE.speed_mps(0.1, 0.4) == 0.4
    assert CURVE.speed_mps(CURVE.rest_s(0.4) + 0.001, 0.4) == 0.0
    assert CURVE.speed_mps(CURVE.rest_s(0.4) - 0.01, 0.4) > 0.0


def test_the_way_to_rest_is_that_of_a_belt_that_brakes_at_once_after_delay_and_lag() -> None:
    step_s = 0.001
    walked_m = sum(CURVE.speed_mps(n * step_s, 0.4) * step_s for n in range(6000))
    assert walked_m == pytest.approx(0.4 * CURVE.onset_s + 0.4**2 / (2 * 0.5), abs=0.004)


@pytest.mark.parametrize(
    "curve", [CURVE, Curve(0.4, 0.2, 0.1), Curve(0.02, 1.0, 0.3), Curve(1.2, 0.4, 0.3)]
)
def test_the_fit_finds_the_curve_that_was_seen(curve: Curve) -> None:
    found = fitted(seen(curve))
    assert found is not None
    assert found.slope_mps2 == pytest.approx(curve.slope_mps2, rel=0.05)
    assert found.rest_s(0.4) == pytest.approx(curve.rest_s(0.4), rel=0.03)
    assert found.onset_s == pytest.approx(curve.onset_s, abs=0.04)


def test_without_a_report_between_full_speed_and_rest_there_is_no_curve() -> None:
    assert fitted([]) is None
    assert fitted([Point(0.1, 0.4, 0.4), Point(0.6, 0.0, 0.4)]) is None


@pytest.mark.parametrize(
    ("delay_s", "slope_mps2", "mph"),
    [(0.25, 1.0, 1.75), (0.3, 0.8, 1.53), (0.5, 0.8, 1.30), (0.5, 0.5, 1.12), (1.5, 0.25, 0.56)],
)
def test_the_formula_gives_the_published_table(
    delay_s: float, slope_mps2: float, mph: float
) -> None:
    assert fastest_mps(delay_s, slope_mps2) == pytest.approx(mps_from_mph(mph), abs=0.003)


@given(curves, st.floats(0, 1))
def test_at_the_cap_and_at_every_speed_below_it_the_carry_is_bounded(
    curve: Curve, share: float
) -> None:
    cap = cap_mps(curve)
    assert 0 <= cap <= mps_from_mph(2.0)
    assert cap == pytest.approx(math.floor(round(cap * 100, 6)) / 100)
    assert carry_m(cap * share, curve) <= CARRY_M + 1e-9
    assert cap * 0.999 / curve.slope_mps2 + curve.onset_s <= REST_LIMIT_S or cap == 0


def test_a_stop_is_given_half_as_long_again_and_never_more_than_three_seconds() -> None:
    assert escalate_s(1.0) == 1.5
    assert escalate_s(2.5) == 3.0


def test_the_belt_of_a_gentle_clinic_treadmill_may_run_at_1_mph() -> None:
    assert cap_mps(Curve(0.01, 0.5, 0.25)) > mps_from_mph(1.0)

"""Turn by turn, at the exact moment: set-points and inclines, their pauses, and whose they are."""

import pytest

from tests.protocols.ftms.exact_point import (
    AT_80,
    AT_100,
    AT_120,
    AT_ONE_PCT,
    AT_TWO_PCT,
    BASES,
    LIFTED,
    NOT_LIFTED,
    NOT_SET,
    RUN,
    Point,
)


def test_the_set_point_that_stands_is_told_in_wire_units_and_in_metres_per_second() -> None:
    line = Point().walks(0.0)
    assert line.point.set_units == 100
    assert line.point.set_point_mps == 100 / 360


@pytest.mark.parametrize("base_s", BASES)
def test_a_set_point_without_an_answer_is_awaited_for_three_seconds(base_s: float) -> None:
    line = Point().walks(base_s - 1.0)
    assert line.turn(base_s, RUN, 120) == AT_120
    assert line.turn(base_s + 2.9999, RUN, 80) == ""
    assert line.turn(base_s + 3.0, RUN, 80) == AT_80


@pytest.mark.parametrize("base_s", BASES)
def test_an_incline_without_an_answer_is_awaited_for_half_a_second(base_s: float) -> None:
    line = Point().walks(base_s - 1.0)
    assert line.turn(base_s, RUN, 100, 1.0) == AT_ONE_PCT
    assert line.turn(base_s + 0.4999, RUN, 80, 1.0) == ""
    assert line.turn(base_s + 0.5, RUN, 80, 1.0) == AT_80


@pytest.mark.parametrize("base_s", BASES)
def test_a_raise_waits_for_half_a_second_and_a_lower_speed_does_not(base_s: float) -> None:
    line = Point().walks(base_s)
    assert line.turn(base_s + 0.4999, RUN, 120) == ""
    assert line.turn(base_s + 0.4999, RUN, 80) == AT_80
    other = Point().walks(base_s)
    assert other.turn(base_s + 0.5, RUN, 120) == AT_120


@pytest.mark.parametrize("base_s", BASES)
def test_the_first_set_point_waits_for_half_a_second_after_start(base_s: float) -> None:
    line = Point().started(base_s).moves()
    assert line.turn(base_s + 0.4999, RUN, 100) == ""
    assert line.turn(base_s + 0.5, RUN, 100) == AT_100


@pytest.mark.parametrize(("units", "octets"), [(80, AT_80), (120, AT_120)])
@pytest.mark.parametrize("base_s", BASES)
def test_a_measured_pause_is_kept_before_a_raise_and_before_a_lower_speed(
    base_s: float, units: int, octets: str
) -> None:
    line = Point(spacing_s=1.0).walks(base_s)
    assert line.turn(base_s + 0.9999, RUN, units) == ""
    assert line.turn(base_s + 1.0, RUN, units) == octets


def test_a_measured_pause_shorter_than_that_of_a_raise_leaves_a_raise_its_own() -> None:
    line = Point(spacing_s=0.25).walks(0.0)
    assert line.turn(0.4999, RUN, 120) == ""
    assert line.turn(0.2499, RUN, 80) == ""
    assert line.turn(0.25, RUN, 80) == AT_80


def test_an_incline_waits_for_half_a_second_after_a_set_point() -> None:
    line = Point().walks(0.0)
    assert line.turn(0.4999, RUN, 100, 1.0) == ""
    assert line.turn(0.5, RUN, 100, 1.0) == AT_ONE_PCT
    assert line.point.unanswered_since_s is None


def test_a_measured_pause_is_kept_on_both_sides_of_an_incline() -> None:
    line = Point(spacing_s=1.0).walks(-1.0)
    assert line.turn(-0.0001, RUN, 100, 1.0) == ""
    assert line.turn(0.0, RUN, 100, 1.0) == AT_ONE_PCT
    line.hear(0.0, LIFTED)
    assert line.turn(0.9999, RUN, 80) == ""
    assert line.turn(1.0, RUN, 80) == AT_80


@pytest.mark.parametrize("base_s", BASES)
def test_without_a_measured_pause_a_set_point_follows_an_incline_at_once(base_s: float) -> None:
    line = Point().walks(base_s - 1.0)
    assert line.turn(base_s, RUN, 100, 1.0) == AT_ONE_PCT
    line.hear(base_s, LIFTED)
    assert line.turn(base_s, RUN, 120, 1.0) == AT_120


def test_a_refused_incline_is_written_again_two_seconds_later() -> None:
    line = Point().walks(-1.0)
    assert line.turn(0.0, RUN, 100, 1.0) == AT_ONE_PCT
    line.hear(0.0, NOT_LIFTED)
    assert line.turn(1.9999, RUN, 100, 1.0) == ""
    assert line.turn(2.0, RUN, 100, 1.0) == AT_ONE_PCT
    line.hear(2.0, LIFTED)
    assert line.turn(4.0, RUN, 100, 1.0) == ""
    assert line.turn(4.0, RUN, 100, 2.0) == AT_TWO_PCT


@pytest.mark.parametrize("base_s", BASES)
@pytest.mark.parametrize(
    ("stood_s", "target_units", "lowered"),
    [
        (2.9999, 99, False),
        (3.0, 99, True),
        (3.0, 1, True),
        (3.0, 0, False),
        (3.0, 100, False),
        (60.0, 99, True),
    ],
)
def test_a_lower_target_is_somebody_s_once_ours_had_three_seconds(
    base_s: float, stood_s: float, target_units: int, lowered: bool
) -> None:
    assert Point().walks(base_s).point.lowered(target_units, base_s + stood_s) is lowered


@pytest.mark.parametrize(("target_units", "raised"), [(50, False), (51, True)])
def test_a_higher_target_than_the_lowest_speed_is_somebody_s(
    target_units: int, raised: bool
) -> None:
    assert Point().point.raised(target_units) is raised


def test_a_refused_set_point_no_longer_stands_and_is_written_again_like_a_raise() -> None:
    line = Point().walks(-1.0)
    assert line.turn(0.0, RUN, 80) == AT_80
    line.hear(0.0, NOT_SET)
    assert (line.point.set_units, line.point.refusals) == (0, 1)
    assert line.turn(0.4999, RUN, 80) == ""
    assert line.turn(0.5, RUN, 80) == AT_80

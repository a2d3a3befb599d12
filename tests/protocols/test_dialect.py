"""What all serial dialects share: grids in tenths, news that says nothing, what moves a belt."""

import pytest

from protocols.belt import SpeedGrid
from protocols.dialect import MOTION, News, Purpose, tenths


@pytest.mark.parametrize(
    ("minimum", "units"),
    [(0.0, 1), (0.01, 1), (0.1, 1), (0.11, 2), (0.2, 2), (0.5, 5), (0.51, 6), (0.8, 8), (3.0, 30)],
)
def test_the_lowest_speed_is_rounded_up_and_never_rest(minimum: float, units: int) -> None:
    assert tenths("mph", minimum, 4.0).minimum == units


@pytest.mark.parametrize(
    ("maximum", "units"), [(3.99, 39), (4.0, 40), (4.01, 40), (4.09, 40), (6.4, 64), (25, 250)]
)
def test_the_highest_speed_is_rounded_down(maximum: float, units: int) -> None:
    assert tenths("kmh", 0.8, maximum).maximum == units


@pytest.mark.parametrize(
    ("units", "tenth", "mps"),
    [("mph", 10, 0.44704), ("mph", 25, 1.1176), ("kmh", 36, 1.0), ("kmh", 9, 0.25)],
)
def test_a_tenth_is_of_the_machine_s_own_unit(units: str, tenth: int, mps: float) -> None:
    grid = tenths(units, 0.1, 10.0)
    assert grid.mps(tenth) == pytest.approx(mps)
    assert grid.increment == 1
    assert grid.floor(mps * 1.0001) == tenth


def test_a_grid_in_kilometres_an_hour_counts_36_units_in_a_metre_a_second() -> None:
    assert tenths("kmh", 0.8, 6.4) == SpeedGrid(8, 64, 1, 36.0)


def test_units_that_no_machine_counts_in_have_no_grid() -> None:
    with pytest.raises(KeyError):
        tenths("knots", 0.5, 4.0)


def test_news_that_is_told_nothing_says_nothing() -> None:
    news = News()
    assert news.refused is False
    assert news.expired is False
    assert news.guarded is True
    unsaid = (news.answers, news.speed_mps, news.reverse, news.running, news.set_units)
    assert unsaid == (None,) * 5
    assert news.incline_pct is None


def test_only_start_and_a_set_point_move_a_belt() -> None:
    assert {purpose for purpose in Purpose if purpose in MOTION} == {
        Purpose.START,
        Purpose.SET_SPEED,
    }

"""How long a decision to move counts, at the exact moment."""

import math

import pytest

from protocols.belt import BeltOrder, Level
from protocols.permit import Permit

STILL = [Level.WATCH, Level.READY, Level.STOP]


def run(decided_at_s: float) -> BeltOrder:
    return BeltOrder(Level.RUN, 0.5, decided_at_s)


def given() -> Permit:
    """One that an order which does not move has freed."""
    permit = Permit()
    permit.level(BeltOrder(Level.READY), 0.0)
    return permit


def test_a_moving_order_that_already_stands_is_a_stop() -> None:
    permit = Permit()
    assert permit.withdrawn
    assert permit.level(run(0.0), 0.0) is Level.STOP
    assert permit.withdrawn


@pytest.mark.parametrize("level", STILL)
def test_an_order_that_does_not_move_stands_at_any_age_and_frees_the_next(level: Level) -> None:
    permit = Permit()
    assert permit.level(BeltOrder(level), 1000.0) is level
    assert not permit.withdrawn
    assert permit.level(run(1000.0), 1000.0) is Level.RUN
    assert not permit.withdrawn


@pytest.mark.parametrize(
    ("decided_at_s", "now_s", "level"),
    [
        (0.0, 0.0, Level.RUN),
        (0.0, 0.25, Level.RUN),
        (0.0, math.nextafter(0.25, 1), Level.STOP),
        (0.0, 1.0, Level.STOP),
        (0.0, math.nextafter(0.0, -1), Level.STOP),
        (1.0, 0.0, Level.STOP),
        (1000.0, 1000.25, Level.RUN),
        (1000.0, 1000.26, Level.STOP),
        (1000.0, 999.99, Level.STOP),
        (-math.inf, 0.0, Level.STOP),
        (math.nan, 0.0, Level.STOP),
    ],
)
def test_a_decision_to_move_counts_for_a_quarter_of_a_second(
    decided_at_s: float, now_s: float, level: Level
) -> None:
    permit = given()
    assert permit.level(run(decided_at_s), now_s) is level
    assert permit.withdrawn is (level is Level.STOP)


@pytest.mark.parametrize("level", STILL)
def test_a_permit_that_lapsed_returns_with_an_order_that_does_not_move(level: Level) -> None:
    permit = given()
    assert permit.level(run(0.0), 1.0) is Level.STOP
    assert permit.level(run(1.0), 1.0) is Level.STOP
    assert permit.level(BeltOrder(level), 1.0) is level
    assert permit.level(run(1.0), 1.0) is Level.RUN

"""Which incline is due, at the exact moment."""

import math

import pytest

from protocols.belt import BeltOrder, InclineGrid, Level
from protocols.incline import InclineTarget

GRID = InclineGrid(minimum=0, maximum=100, increment=5, units_per_pct=10)


def to(incline_pct: float | None) -> BeltOrder:
    return BeltOrder(Level.RUN, 0.5, incline_pct=incline_pct)


def test_a_machine_without_inclines_is_asked_for_none() -> None:
    assert InclineTarget().grid is None
    assert InclineTarget().due(to(1.0), 0.0) is None


def test_an_order_without_an_incline_asks_for_none() -> None:
    assert InclineTarget(GRID).due(to(None), 0.0) is None


@pytest.mark.parametrize("now_s", [0.0, 1.0, -5.0])
def test_the_first_incline_is_due_at_once_and_taken_to_be_written(now_s: float) -> None:
    target = InclineTarget(GRID)
    assert target.written_at_s == -math.inf
    assert target.due(to(1.74), now_s) == 15
    assert target.written_at_s == now_s
    assert target.due(to(1.74), now_s + 100.0) is None
    assert target.written_at_s == now_s


def test_level_is_due_like_any_other() -> None:
    assert InclineTarget(GRID).due(to(0.0), 0.0) == 0


def test_what_the_deck_cannot_do_is_not_due() -> None:
    target = InclineTarget(GRID)
    assert target.due(to(-1.0), 0.0) is None
    assert target.written_at_s == -math.inf


def test_what_the_deck_cannot_do_takes_nothing_from_what_it_can() -> None:
    """No pause, no try; and what was written is not written again."""
    target = InclineTarget(InclineGrid(10, 150, 5, 10.0))
    assert target.due(to(0.5), 0.0) is None
    assert target.due(to(1.0), 0.0) == 10
    assert target.due(to(0.5), 5.0) is None
    assert target.due(to(1.0), 5.0) is None
    assert target.due(to(1.5), 5.0) == 15


@pytest.mark.parametrize(
    ("first_s", "now_s", "units"),
    [
        (0.0, 1.0, None),
        (0.0, math.nextafter(2.0, 0), None),
        (0.0, 2.0, 20),
        (1000.0, 1001.9, None),
        (1000.0, 1002.0, 20),
    ],
)
def test_the_next_incline_waits_two_seconds(
    first_s: float, now_s: float, units: int | None
) -> None:
    target = InclineTarget(GRID)
    assert target.due(to(1.0), first_s) == 10
    assert target.due(to(2.0), now_s) == units
    assert target.written_at_s == (first_s if units is None else now_s)


def test_an_incline_that_is_not_taken_is_written_three_times() -> None:
    target = InclineTarget(GRID)
    for at_s in (0.0, 2.0, 4.0):
        assert target.due(to(1.0), at_s) == 10
        target.failed()
        assert target.due(to(1.0), at_s + 1.0) is None
    assert target.due(to(1.0), 6.0) is None
    assert target.due(to(1.0), 99.0) is None


def test_another_incline_has_three_tries_of_its_own() -> None:
    target = InclineTarget(GRID)
    for at_s in (0.0, 2.0):
        assert target.due(to(1.0), at_s) == 10
        target.failed()
    for at_s in (4.0, 6.0, 8.0):
        assert target.due(to(2.0), at_s) == 20
        target.failed()
    assert target.due(to(2.0), 10.0) is None
    assert target.due(to(1.0), 10.0) == 10


def test_what_was_wanted_while_it_waited_is_counted_anew() -> None:
    target = InclineTarget(GRID)
    for at_s in (0.0, 2.0, 4.0):
        assert target.due(to(1.0), at_s) == 10
        target.failed()
    assert target.due(to(2.0), 5.0) is None
    assert target.due(to(1.0), 6.0) == 10


def test_after_a_walk_the_same_incline_is_due_again_with_all_its_tries() -> None:
    target = InclineTarget(GRID)
    assert target.due(to(1.0), 0.0) == 10
    target.over()
    assert target.due(to(1.0), 1.0) is None
    for at_s in (2.0, 4.0, 6.0):
        assert target.due(to(1.0), at_s) == 10
        target.failed()
    target.over()
    assert target.written_at_s == 6.0
    assert target.due(to(1.0), 8.0) == 10

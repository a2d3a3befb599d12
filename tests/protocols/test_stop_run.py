"""A run of Stops, at the exact moment."""

import math

import pytest

from protocols.stop_run import StopRun

BASES_S = [0.0, 1000.0]


def test_the_next_stop_is_due_fifteen_hundredths_of_a_second_after_the_last() -> None:
    stops = StopRun()
    assert stops.due(0.0) is True
    assert stops.due(0.0) is False
    assert stops.due(math.nextafter(0.15, 0)) is False
    assert stops.due(0.15) is True


@pytest.mark.parametrize("base_s", BASES_S)
def test_each_stop_counts_from_the_one_before(base_s: float) -> None:
    stops = StopRun()
    assert stops.due(base_s) is True
    assert stops.due(base_s + 0.125) is False
    assert stops.due(base_s + 0.25) is True
    assert stops.due(base_s + 0.375) is False
    assert stops.due(base_s + 0.5) is True


def test_a_stop_that_the_port_did_not_take_is_due_again_a_tick_later_and_once() -> None:
    stops = StopRun()
    assert stops.due(0.0) is True
    stops.failed()
    assert stops.due(0.0) is False
    assert stops.due(math.nextafter(0.05, 0)) is False
    assert stops.due(0.05) is True
    assert stops.due(0.125) is False


def test_a_run_that_begins_after_a_failure_begins_at_once() -> None:
    stops = StopRun()
    stops.due(0.0)
    stops.failed()
    stops.over()
    assert stops.due(0.01) is True


@pytest.mark.parametrize("base_s", BASES_S)
def test_a_run_lasts_from_its_first_stop(base_s: float) -> None:
    stops = StopRun()
    assert (stops.first_at_s, stops.since_s) == (None, math.inf)
    for at_s in (base_s, base_s + 0.25, base_s + 0.5):
        assert stops.due(at_s) is True
        assert (stops.first_at_s, stops.since_s) == (base_s, base_s)


def test_a_run_that_is_over_lasts_no_longer_and_its_first_stop_is_remembered() -> None:
    stops = StopRun()
    stops.due(1.0)
    stops.over()
    assert (stops.first_at_s, stops.since_s) == (1.0, math.inf)


def test_after_a_run_is_over_the_next_begins_at_once_with_a_first_stop_of_its_own() -> None:
    stops = StopRun()
    stops.due(1.0)
    stops.over()
    assert stops.due(1.0625) is True
    assert (stops.first_at_s, stops.since_s) == (1.0625, 1.0625)
    assert stops.due(1.125) is False

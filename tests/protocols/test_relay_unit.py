"""A relay unit's contact, at the exact moment and at the exact number."""

import math

import pytest

from protocols.relay import Order, Word
from protocols.relay_unit import Unit, heard, waited

BEAT, OPEN, CLOSE = Word.BEAT, Word.OPEN, Word.CLOSE
JUST_BEFORE_HALF = math.nextafter(0.5, 0)
BASES_S = [0.0, 1000.0]


def closed(at_s: float = 0.0, sequence: int = 7) -> Unit:
    """Closed in trip 41, with its last heartbeat at `at_s`."""
    return Unit(closed=True, trip=41, beat_at_s=at_s, sequence=sequence)


def test_a_unit_with_power_is_open_in_trip_0_and_has_heard_nothing() -> None:
    unit = Unit()
    assert (unit.closed, unit.trip, unit.beat_at_s, unit.sequence) == (False, 0, -math.inf, None)


@pytest.mark.parametrize("base_s", BASES_S)
def test_the_contact_opens_half_a_second_after_the_last_heartbeat(base_s: float) -> None:
    assert waited(closed(base_s), base_s) == closed(base_s)
    assert waited(closed(base_s), base_s + 0.499).closed
    opened = waited(closed(base_s), base_s + 0.5)
    assert opened == Unit(closed=False, trip=42, beat_at_s=base_s, sequence=7)


def test_the_contact_holds_until_just_before_half_a_second() -> None:
    assert waited(closed(), JUST_BEFORE_HALF) == closed()


def test_a_unit_that_is_open_waits_without_a_trip() -> None:
    unit = Unit(trip=41, beat_at_s=0.0, sequence=7)
    assert waited(unit, 100.0) == unit


@pytest.mark.parametrize("base_s", BASES_S)
def test_a_heartbeat_leaves_its_time_and_its_number_and_nothing_else(base_s: float) -> None:
    unit = heard(Unit(trip=41), Order(300, BEAT, 9), base_s)
    assert unit == Unit(closed=False, trip=41, beat_at_s=base_s, sequence=300)
    held = heard(closed(base_s), Order(8, BEAT), base_s + 0.25)
    assert held == Unit(closed=True, trip=41, beat_at_s=base_s + 0.25, sequence=8)


@pytest.mark.parametrize("base_s", BASES_S)
def test_a_heartbeat_that_comes_too_late_finds_the_contact_open(base_s: float) -> None:
    late = heard(closed(base_s), Order(8, BEAT), base_s + 0.5)
    assert late == Unit(closed=False, trip=42, beat_at_s=base_s + 0.5, sequence=8)


@pytest.mark.parametrize(
    ("last", "sequence", "counts"),
    [
        (7, 7, False),
        (7, 8, True),
        (7, 6, False),
        (0, 0, False),
        (0, 1, True),
        (0, 0x7FFF, True),
        (0, 0x8000, False),
        (0, 0x8001, False),
        (0, 0xFFFF, False),
        (0xFFFF, 0, True),
        (0xFFFF, 0x7FFE, True),
        (0xFFFF, 0x7FFF, False),
        (0xFFFF, 0xFFFE, False),
        (0x8000, 0xFFFF, True),
        (0x8000, 0, False),
    ],
)
def test_a_closed_unit_takes_a_number_up_to_32767_ahead(
    last: int, sequence: int, counts: bool
) -> None:
    unit = heard(closed(0.0, last), Order(sequence, BEAT), 0.25)
    assert unit.beat_at_s == (0.25 if counts else 0.0)
    assert unit.sequence == (sequence if counts else last)


def test_an_open_unit_takes_the_number_that_it_had_last() -> None:
    unit = heard(Unit(trip=41, beat_at_s=0.0, sequence=7), Order(7, BEAT), 0.25)
    assert unit == Unit(trip=41, beat_at_s=0.25, sequence=7)


def test_a_closed_unit_that_has_no_number_takes_any() -> None:
    unit = heard(Unit(closed=True, beat_at_s=0.0), Order(0, BEAT), 0.25)
    assert (unit.beat_at_s, unit.sequence) == (0.25, 0)


@pytest.mark.parametrize("base_s", BASES_S)
def test_a_close_counts_less_than_half_a_second_after_a_heartbeat(base_s: float) -> None:
    beating = Unit(trip=41, beat_at_s=base_s, sequence=7)
    after = heard(beating, Order(8, CLOSE, 41), base_s + 0.25)
    assert after == Unit(closed=True, trip=41, beat_at_s=base_s, sequence=8)
    assert heard(beating, Order(8, CLOSE, 41), base_s + 0.499).closed
    late = heard(beating, Order(8, CLOSE, 41), base_s + 0.5)
    assert late == Unit(closed=False, trip=41, beat_at_s=base_s, sequence=8)


def test_a_close_counts_until_just_before_half_a_second() -> None:
    beating = Unit(trip=41, beat_at_s=0.0, sequence=7)
    assert heard(beating, Order(8, CLOSE, 41), JUST_BEFORE_HALF).closed


@pytest.mark.parametrize("trip", [0, 40, 42])
def test_a_close_for_another_trip_leaves_the_contact_as_it_is(trip: int) -> None:
    beating = Unit(trip=41, beat_at_s=0.0, sequence=7)
    assert not heard(beating, Order(8, CLOSE, trip), 0.25).closed
    assert heard(closed(), Order(8, CLOSE, trip), 0.25).closed


def test_the_number_of_a_close_is_used_up() -> None:
    unit = heard(closed(), Order(8, CLOSE, 41), 0.25)
    assert heard(unit, Order(8, BEAT), 0.25).beat_at_s == 0.0


def test_a_repeated_close_closes_nothing_anew() -> None:
    assert heard(closed(), Order(7, CLOSE, 41), 0.25) == closed()


@pytest.mark.parametrize(
    ("trip", "next_trip"), [(0, 1), (1, 2), (41, 42), (0xFFFE, 0xFFFF), (0xFFFF, 0)]
)
@pytest.mark.parametrize("is_closed", [True, False])
def test_each_open_is_a_trip_of_16_bits(trip: int, next_trip: int, is_closed: bool) -> None:
    before = Unit(closed=is_closed, trip=trip, beat_at_s=0.0, sequence=7)
    after = heard(before, Order(7, OPEN, 5), 0.25)
    assert after == Unit(closed=False, trip=next_trip, beat_at_s=0.0, sequence=7)


def test_an_open_that_comes_too_late_is_a_second_trip() -> None:
    assert heard(closed(), Order(8, OPEN), 0.5).trip == 43

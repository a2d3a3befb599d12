"""The relay unit's lines, whole, damaged and in pieces; and the rules of its contact."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import ProtocolError
from protocols.lines import line
from protocols.relay import (
    Order,
    Status,
    Word,
    encode_order,
    encode_status,
    order_parser,
    status_parser,
)
from protocols.relay_unit import AHEAD, HOLD_S, Unit, heard, waited

numbers = st.integers(0, 0xFFFF)
orders = st.builds(Order, numbers, st.sampled_from(Word), numbers)
statuses = st.builds(Status, numbers, st.booleans(), numbers)
JUST = 0.001


def test_the_lines_are_as_documented() -> None:
    assert encode_order(Order(7, Word.BEAT)) == b"$RR,1,7,B,0*B3F4\r\n"
    assert encode_order(Order(65535, Word.CLOSE, 1042)) == b"$RR,1,65535,C,1042*8A41\r\n"
    assert encode_status(Status(12, True, 1042)) == b"$RU,1,12,C,1042*B2FA\r\n"


@given(st.lists(orders, max_size=5), st.integers(1, 40))
def test_what_is_sent_to_the_unit_is_what_it_hears_in_pieces_of_any_size(
    sent: list[Order], size: int
) -> None:
    octets = b"".join(map(encode_order, sent))
    parser = order_parser()
    pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
    assert [order for piece in pieces for order in parser.feed(piece)] == sent
    assert parser.rejected == 0


@given(statuses)
def test_what_the_unit_sends_is_what_the_host_hears(status: Status) -> None:
    assert status_parser().feed(b"noise" + encode_status(status)) == [status]


@given(orders, st.data())
def test_no_damaged_octet_passes(order: Order, data: st.DataObject) -> None:
    octets = bytearray(encode_order(order))
    at = data.draw(st.integers(1, len(octets) - 2))
    octets[at] ^= 1 << data.draw(st.integers(0, 7))
    assert order_parser().feed(bytes(octets)) == []


@pytest.mark.parametrize(
    "body",
    [
        b"RR,1,65536,B,0",
        b"RR,1,0,C,65536",
        b"RR,2,0,B,0",
        b"RR,1,0,X,0",
        b"RU,1,0,C,0",
        b"RR,1,0,B",
    ],
)
def test_a_whole_line_that_means_nothing_is_counted(body: bytes) -> None:
    parser = order_parser()
    assert parser.feed(line(body)) == []
    assert parser.rejected == 1
    assert status_parser().feed(line(body.replace(b"RU", b"RX"))) == []


@pytest.mark.parametrize("number", [-1, 0x10000])
def test_a_number_that_does_not_fit_is_not_sent(number: int) -> None:
    with pytest.raises(ProtocolError, match="counts 0 to 65535"):
        encode_order(Order(number, Word.BEAT))
    with pytest.raises(ProtocolError, match="counts 0 to 65535"):
        encode_status(Status(0, True, number))


def told(unit: Unit, word: Word, now_s: float, sequence: int = 1, trip: int | None = None) -> Unit:
    return heard(unit, Order(sequence, word, unit.trip if trip is None else trip), now_s)


def closed(now_s: float = 10.0) -> Unit:
    """A unit closed at `now_s`, whose last number is 2."""
    unit = told(Unit(trip=41), Word.BEAT, now_s, 1)
    return told(unit, Word.CLOSE, now_s, 2)


def test_a_unit_that_has_got_its_power_is_open_and_heartbeats_alone_never_close_it() -> None:
    unit = Unit()
    for number in range(100):
        unit = told(unit, Word.BEAT, number / 10, number)
        assert not unit.closed


def test_close_closes_while_heartbeats_arrive_and_for_this_trip_alone() -> None:
    assert closed().closed
    beating = told(Unit(trip=41), Word.BEAT, 10.0)
    assert not told(Unit(trip=41), Word.CLOSE, 10.0).closed
    assert not told(beating, Word.CLOSE, 10.0, 2, trip=40).closed
    assert not told(beating, Word.CLOSE, 10.0 + HOLD_S, 2).closed
    assert told(beating, Word.CLOSE, 10.0 + HOLD_S - JUST, 2).closed


def test_without_a_heartbeat_it_opens_in_half_a_second_and_not_before() -> None:
    assert waited(closed(), 10.0 + HOLD_S - JUST).closed
    assert not waited(closed(), 10.0 + HOLD_S).closed


def test_each_heartbeat_holds_it_for_half_a_second_more() -> None:
    unit, now_s = closed(), 10.0
    for number in range(3, 200):
        now_s += HOLD_S - JUST
        unit = told(unit, Word.BEAT, now_s, number)
        assert unit.closed


def test_open_is_obeyed_at_once_whatever_its_number() -> None:
    for sequence in (0, 1, 2, 3, 40000):
        assert not told(closed(), Word.OPEN, 10.0, sequence).closed


def test_after_it_opened_only_a_close_for_the_new_trip_closes_it() -> None:
    opened = told(closed(), Word.OPEN, 10.1, 3)
    assert opened.trip == 42
    beating = told(opened, Word.BEAT, 10.2, 4)
    assert not beating.closed
    assert not told(beating, Word.CLOSE, 10.2, 5, trip=41).closed
    assert told(beating, Word.CLOSE, 10.2, 5, trip=42).closed


def test_the_count_of_trips_wraps() -> None:
    assert told(Unit(trip=0xFFFF), Word.OPEN, 1.0).trip == 0


def test_repeated_and_late_heartbeats_hold_nothing() -> None:
    unit = closed()
    for sequence in (2, 1, 0, 2 + AHEAD, 0xFFFF):
        assert told(unit, Word.BEAT, 10.3, sequence).beat_at_s == 10.0
    assert told(unit, Word.BEAT, 10.3, 3).beat_at_s == 10.3
    assert told(unit, Word.BEAT, 10.3, 1 + AHEAD).beat_at_s == 10.3


def test_the_numbers_wrap_without_a_trip() -> None:
    unit = told(Unit(), Word.BEAT, 10.0, 0xFFFE)
    unit = told(unit, Word.CLOSE, 10.0, 0xFFFF)
    assert told(unit, Word.BEAT, 10.4, 0).beat_at_s == 10.4


def test_an_open_unit_takes_any_number_for_the_host_may_have_begun_anew() -> None:
    opened = waited(closed(), 11.0)
    assert told(opened, Word.BEAT, 11.0, 0).beat_at_s == 11.0


def test_a_second_close_is_no_heartbeat() -> None:
    unit = told(closed(), Word.CLOSE, 10.4, 3)
    assert unit.closed
    assert not waited(unit, 10.0 + HOLD_S).closed


steps = st.lists(st.tuples(st.floats(0, 0.3), st.none() | orders), max_size=40)


@given(steps)
def test_whatever_arrives_a_closed_contact_has_had_a_heartbeat_within_half_a_second(
    steps: list[tuple[float, Order | None]],
) -> None:
    now_s, units = 0.0, [Unit()]
    for dt_s, order in steps:
        now_s += dt_s
        unit = waited(units[-1], now_s)
        units.append(unit if order is None else heard(unit, order, now_s))
        assert not units[-1].closed or now_s - units[-1].beat_at_s < HOLD_S
    for before, after in pairwise(units):
        assert not before.closed or after.closed or after.trip != before.trip

"""A relay unit's lines, octet by octet and at the ends of their numbers."""

import pytest

from protocols.errors import ProtocolError
from protocols.relay import (
    BAUD,
    Order,
    Status,
    Word,
    encode_order,
    encode_status,
    order_parser,
    status_parser,
)


def test_the_port_runs_at_115200_baud() -> None:
    assert BAUD == 115200


@pytest.mark.parametrize(
    ("octets", "order"),
    [
        (b"$RR,1,0,B,0*D420\r\n", Order(0, Word.BEAT)),
        (b"$RR,1,1,O,0*3C20\r\n", Order(1, Word.OPEN, 0)),
        (b"$RR,1,300,C,2*B9A3\r\n", Order(300, Word.CLOSE, 2)),
        (b"$RR,1,65535,C,65535*C8A4\r\n", Order(65535, Word.CLOSE, 65535)),
    ],
)
def test_an_order_has_these_octets_both_ways(octets: bytes, order: Order) -> None:
    assert encode_order(order) == octets
    ear = order_parser()
    assert (ear.feed(octets), ear.rejected) == ([order], 0)
    assert status_parser().feed(octets) == []


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"$RU,1,0,O,0*27DA\r\n", Status(0, False, 0)),
        (b"$RU,1,5,O,7*746A\r\n", Status(5, False, 7)),
        (b"$RU,1,12,C,1042*B2FA\r\n", Status(12, True, 1042)),
        (b"$RU,1,65535,C,65535*BA0A\r\n", Status(65535, True, 65535)),
    ],
)
def test_a_status_has_these_octets_both_ways(octets: bytes, status: Status) -> None:
    assert encode_status(status) == octets
    ear = status_parser()
    assert (ear.feed(octets), ear.rejected) == ([status], 0)
    assert order_parser().feed(octets) == []


@pytest.mark.parametrize(
    "octets",
    [
        b"$RU,1,65536,C,0*D677\r\n",
        b"$RU,1,0,C,65536*E372\r\n",
        b"$RU,1,0,B,0*658B\r\n",
        b"$RU,2,0,C,0*8A39\r\n",
    ],
)
def test_a_whole_line_that_is_no_status_is_counted(octets: bytes) -> None:
    ear = status_parser()
    assert (ear.feed(octets), ear.rejected) == ([], 1)


@pytest.mark.parametrize(
    "octets",
    [b"$RR,1,65536,B,0*2B4F\r\n", b"$RR,1,0,B,65536*911B\r\n", b"$RR,1,0,X,0*5082\r\n"],
)
def test_a_whole_line_that_is_no_order_is_counted(octets: bytes) -> None:
    ear = order_parser()
    assert (ear.feed(octets), ear.rejected) == ([], 1)


@pytest.mark.parametrize("number", [-1, 65536])
def test_a_number_outside_its_range_is_refused_by_name(number: int) -> None:
    what = f"A relay's line counts 0 to 65535, not {number}."
    for order in (Order(number, Word.BEAT, 5), Order(5, Word.CLOSE, number)):
        with pytest.raises(ProtocolError) as refused:
            encode_order(order)
        assert str(refused.value) == what
    for status in (Status(number, True, 5), Status(5, False, number)):
        with pytest.raises(ProtocolError) as refused:
            encode_status(status)
        assert str(refused.value) == what


def test_of_two_numbers_outside_their_range_the_sequence_is_named() -> None:
    with pytest.raises(ProtocolError, match="not -1\\."):
        encode_order(Order(-1, Word.CLOSE, 65536))
    with pytest.raises(ProtocolError, match="not 65536\\."):
        encode_status(Status(65536, True, -1))

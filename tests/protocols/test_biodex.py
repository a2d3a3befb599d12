"""A Biodex RTM 400 in octets as its manual has them."""

import pytest

from protocols import biodex
from protocols.biodex import Biodex
from protocols.dialect import Heading, News, Purpose, tenths
from protocols.op_codes import Message, OpCodeParser

GRID = tenths("mph", 0.5, 4.0)


@pytest.mark.parametrize(
    ("purpose", "units", "octets"),
    [
        (Purpose.START, 0, "80"),
        (Purpose.STOP, 0, "81"),
        (Purpose.SET_SPEED, 40, "82303430"),
        (Purpose.SET_SPEED, 999, "82393939"),
        (Purpose.SET_SPEED, 1000, "82393939"),
        (Purpose.SET_INCLINE, 5, "833035"),
        (Purpose.SET_INCLINE, 15, "833135"),
        (Purpose.SET_INCLINE, 100, "833939"),
        (Purpose.SPEED, 0, "a0"),
        (Purpose.INCLINE, 0, "a1"),
        (Purpose.DIRECTION, 0, "a2"),
        (Purpose.STATUS, 0, "a7"),
    ],
)
def test_a_request_is_its_op_code_and_its_digits(purpose: Purpose, units: int, octets: str) -> None:
    assert biodex.request(purpose, units).hex() == octets
    assert Biodex(GRID).octets(purpose, units).hex() == octets


def test_what_is_left_open_is_level_at_rest_and_forward() -> None:
    assert biodex.request(Purpose.SET_SPEED).hex() == "82303030"
    assert biodex.request(Purpose.SET_INCLINE).hex() == "833030"
    assert biodex.request(Purpose.TURN).hex() == "8446"
    dialect = Biodex(GRID)
    assert dialect.octets(Purpose.SET_SPEED).hex() == "82303030"
    assert dialect.octets(Purpose.SET_INCLINE).hex() == "833030"
    assert dialect.octets(Purpose.TURN).hex() == "8446"


def test_a_belt_is_turned_by_a_letter() -> None:
    assert biodex.request(Purpose.TURN, reverse=True).hex() == "8452"
    assert Biodex(GRID).octets(Purpose.TURN, reverse=True).hex() == "8452"


@pytest.mark.parametrize("purpose", [Purpose.SET_POINT, Purpose.PREPARE])
def test_what_a_biodex_has_no_op_code_for_cannot_be_asked(purpose: Purpose) -> None:
    with pytest.raises(KeyError):
        biodex.request(purpose)


@pytest.mark.parametrize(
    ("octets", "news"),
    [
        ("80", News(Purpose.START)),
        ("81", News(Purpose.STOP)),
        ("82", News(Purpose.SET_SPEED)),
        ("83", News(Purpose.SET_INCLINE)),
        ("84", News(Purpose.TURN)),
        ("a0303235", News(Purpose.SPEED, speed_mps=GRID.mps(25))),
        ("a0313030", News(Purpose.SPEED, speed_mps=GRID.mps(100))),
        ("a13030", News(Purpose.INCLINE, incline_pct=0.0)),
        ("a13135", News(Purpose.INCLINE, incline_pct=15.0)),
        ("a246", News(Purpose.DIRECTION, reverse=False)),
        ("a252", News(Purpose.DIRECTION, reverse=True)),
        ("a7303030", News(Purpose.STATUS)),
        ("a7414243", News(Purpose.STATUS)),
    ],
)
def test_an_answer_is_an_op_code_and_what_it_reads(octets: str, news: News) -> None:
    dialect = Biodex(GRID)
    assert dialect.hear(bytes.fromhex(octets)) == [news]
    assert dialect.rejected == 0


@pytest.mark.parametrize(
    ("octets", "rejected"),
    [
        ("a258", 1),
        ("a266", 1),
        ("a0302e35", 1),
        ("a13046", 1),
        ("7f", 1),
        ("85", 1),
        ("9f", 1),
        ("a3", 1),
        ("a6", 1),
        ("a8", 1),
        ("a258a258", 2),
        ("a258a25885", 3),
    ],
)
def test_what_is_no_answer_is_counted(octets: str, rejected: int) -> None:
    dialect = Biodex(GRID)
    assert dialect.hear(bytes.fromhex(octets)) == []
    assert dialect.rejected == rejected


def test_the_two_ways_have_the_lengths_of_the_manual_s_table() -> None:
    requests = {0x80: 0, 0x81: 0, 0x82: 3, 0x83: 2, 0x84: 1, 0xA0: 0, 0xA1: 0, 0xA2: 0, 0xA7: 0}
    answers = {0x80: 0, 0x81: 0, 0x82: 0, 0x83: 0, 0x84: 0, 0xA0: 3, 0xA1: 2, 0xA2: 1, 0xA7: 3}
    assert requests == biodex.REQUEST_LENGTHS
    assert answers == biodex.ANSWER_LENGTHS


def test_a_machine_reads_requests_by_their_lengths() -> None:
    parser = OpCodeParser(biodex.REQUEST_LENGTHS)
    assert parser.feed(b"\x82010\x8303\x84R\x80") == [
        Message(0x82, b"010"),
        Message(0x83, b"03"),
        Message(0x84, b"R"),
        Message(0x80),
    ]


def test_a_biodex_s_deck_goes_from_level_to_five_per_cent_in_whole_ones() -> None:
    deck = biodex.INCLINES
    asked_pct = (0.0, 0.9, 0.99, 1.0, 1.99, 4.0, 4.9, 4.99, 5.0, 5.01, 6.0, 15.0)
    assert [deck.floor(pct) for pct in asked_pct] == [0, 0, 0, 1, 1, 4, 4, 4, 5, 5, 5, 5]
    assert [deck.pct(units) for units in (0, 1, 5)] == [0.0, 1.0, 5.0]
    assert (deck.minimum, deck.maximum) == (0, 5)


def test_what_a_biodex_can_be_told_and_how_it_is_read() -> None:
    dialect = Biodex(GRID)
    assert dialect.heading is Heading.BY_COMMAND
    assert dialect.says_running is False
    assert dialect.must_prove is False
    assert dialect.inclines is biodex.INCLINES
    assert dialect.prepare() is None
    assert dialect.grid is GRID
    assert [purpose.value for purpose in dialect.polls] == [
        *("speed", "direction", "speed", "direction"),
        *("speed", "incline"),
    ]

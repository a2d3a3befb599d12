"""A Trackmaster in octets as its manuals have them."""

import pytest

from protocols import trackmaster
from protocols.dialect import Heading, News, Purpose, tenths
from protocols.op_codes import Message, OpCodeParser
from protocols.trackmaster import Trackmaster

GRID = tenths("mph", 0.5, 4.0)


@pytest.mark.parametrize(
    ("purpose", "units", "octets"),
    [
        (Purpose.START, 0, "a0"),
        (Purpose.STOP, 0, "a2"),
        (Purpose.SET_SPEED, 40, "a330303430"),
        (Purpose.SET_SPEED, 9999, "a339393939"),
        (Purpose.SET_SPEED, 10000, "a339393939"),
        (Purpose.SET_INCLINE, 50, "a430303530"),
        (Purpose.STATUS, 0, "c0"),
        (Purpose.SPEED, 0, "c1"),
        (Purpose.INCLINE, 0, "c2"),
        (Purpose.SET_POINT, 0, "c3"),
    ],
)
def test_a_request_is_its_op_code_and_its_digits(purpose: Purpose, units: int, octets: str) -> None:
    assert trackmaster.request(purpose, units).hex() == octets
    assert Trackmaster(GRID).octets(purpose, units).hex() == octets


def test_what_is_left_open_is_rest_and_level() -> None:
    assert trackmaster.request(Purpose.SET_SPEED).hex() == "a330303030"
    assert trackmaster.request(Purpose.SET_INCLINE).hex() == "a430303030"
    dialect = Trackmaster(GRID)
    assert dialect.octets(Purpose.SET_SPEED).hex() == "a330303030"
    assert dialect.octets(Purpose.SET_INCLINE).hex() == "a430303030"


def test_a_belt_that_knows_no_direction_is_told_none() -> None:
    assert Trackmaster(GRID).octets(Purpose.SET_SPEED, 10, reverse=True).hex() == "a330303130"
    with pytest.raises(KeyError):
        trackmaster.request(Purpose.TURN)


@pytest.mark.parametrize(
    ("octets", "news"),
    [
        ("b0", News(Purpose.START)),
        ("b2", News(Purpose.STOP)),
        ("b3", News(Purpose.SET_SPEED)),
        ("b4", News(Purpose.SET_INCLINE)),
        ("d031", News(Purpose.STATUS, running=False, guarded=True)),
        ("d032", News(Purpose.STATUS, running=True, guarded=True)),
        ("d033", News(Purpose.STATUS, running=True, guarded=False)),
        ("d130303235", News(Purpose.SPEED, speed_mps=GRID.mps(25))),
        ("d131303030", News(Purpose.SPEED, speed_mps=GRID.mps(1000))),
        ("d230303435", News(Purpose.INCLINE, incline_pct=4.5)),
        ("d330303430", News(Purpose.SET_POINT, set_units=40)),
        ("be", News(refused=True)),
        ("bf", News(refused=True)),
    ],
)
def test_an_answer_is_an_op_code_and_what_it_reads(octets: str, news: News) -> None:
    dialect = Trackmaster(GRID)
    assert dialect.hear(bytes.fromhex(octets)) == [news]
    assert dialect.rejected == 0


@pytest.mark.parametrize(
    "octets",
    [
        *("af", "b1", "b5", "b9", "ba", "bb", "bc", "bd", "c0"),
        *("d030", "d034", "d13030412e", "d23030412e", "d33030412e", "d430303135", "d5"),
    ],
)
def test_what_is_no_answer_to_what_is_asked_is_counted(octets: str) -> None:
    dialect = Trackmaster(GRID)
    assert dialect.hear((bytes.fromhex(octets) + b"\xb2") * 2) == [News(Purpose.STOP)] * 2
    assert dialect.rejected == 2


def test_both_ways_have_the_lengths_of_the_manual_s_table() -> None:
    requests = {
        **{0xA0: 0, 0xA1: 0, 0xA2: 0, 0xA3: 4, 0xA4: 4, 0xAA: 0, 0xAB: 0, 0xAC: 0},
        **{0xC0: 0, 0xC1: 0, 0xC2: 0, 0xC3: 0, 0xC4: 0},
    }
    answers = {
        **dict.fromkeys(range(0xB0, 0xBD), 0),
        **{0xBE: 0, 0xBF: 0, 0xD0: 1, 0xD1: 4, 0xD2: 4, 0xD3: 4, 0xD4: 4},
    }
    assert requests == trackmaster.REQUEST_LENGTHS
    assert answers == trackmaster.ANSWER_LENGTHS


@pytest.mark.parametrize(
    ("op", "octet"),
    [
        (trackmaster.START, 0xA0),
        (trackmaster.START_UNGUARDED, 0xA1),
        (trackmaster.STOP, 0xA2),
        (trackmaster.SET_SPEED, 0xA3),
        (trackmaster.SET_ELEVATION, 0xA4),
        (trackmaster.AUTO_STOP, 0xAA),
        (trackmaster.COOL_DOWN, 0xAB),
        (trackmaster.TOGGLE_ECHO, 0xAC),
        (trackmaster.STATUS, 0xC0),
        (trackmaster.SPEED, 0xC1),
        (trackmaster.ELEVATION, 0xC2),
        (trackmaster.SET_POINT, 0xC3),
        (trackmaster.SET_ELEVATION_READ, 0xC4),
    ],
)
def test_a_machine_reads_an_op_code_and_answers_sixteen_above(op: int, octet: int) -> None:
    data = b"0015" if octet in (0xA3, 0xA4) else b""
    parser = OpCodeParser(trackmaster.REQUEST_LENGTHS)
    assert parser.feed(bytes([octet]) + data) == [Message(op, data)]
    assert trackmaster.answer(op) == bytes([octet + 16])
    assert trackmaster.answer(op, b"0015") == bytes([octet + 16]) + b"0015"


@pytest.mark.parametrize(
    ("digit", "news"),
    [
        (b"1", News(Purpose.STATUS, running=False)),
        (b"2", News(Purpose.STATUS, running=True)),
        (b"3", News(Purpose.STATUS, running=True, guarded=False)),
        *((digit, None) for digit in (b"0", b"4", b"9", b"", b"12")),
    ],
)
def test_a_state_is_one_of_three_digits(digit: bytes, news: News | None) -> None:
    assert trackmaster.state_news(digit) == news


def test_a_trackmaster_s_deck_goes_from_level_to_five_per_cent_in_halves() -> None:
    deck = trackmaster.INCLINES
    asked_pct = (0.0, 0.49, 0.5, 0.99, 1.0, 4.99, 5.0, 5.5, 15.0)
    assert [deck.floor(pct) for pct in asked_pct] == [0, 0, 5, 5, 10, 45, 50, 50, 50]
    assert [deck.pct(units) for units in (0, 5, 50)] == [0.0, 0.5, 5.0]
    assert (deck.minimum, deck.maximum) == (0, 50)


def test_a_started_belt_is_stopped_by_half_a_second_of_silence() -> None:
    assert trackmaster.SILENCE_S == 0.5


def test_what_a_trackmaster_can_be_told_and_how_it_is_read() -> None:
    dialect = Trackmaster(GRID)
    assert dialect.heading is Heading.FORWARD_ONLY
    assert dialect.says_running is True
    assert dialect.must_prove is False
    assert dialect.inclines is trackmaster.INCLINES
    assert dialect.prepare() is None
    assert dialect.grid is GRID
    assert [purpose.value for purpose in dialect.polls] == [
        *("speed", "status", "speed", "set point"),
        *("speed", "status", "speed", "incline"),
    ]

"""A Woodway in octets as the one known source has them."""

import pytest

from protocols import woodway
from protocols.dialect import Heading, News, Purpose, tenths
from protocols.op_codes import Message, OpCodeParser
from protocols.woodway import Woodway

GRID = tenths("mph", 0.5, 4.0)


@pytest.mark.parametrize(
    ("purpose", "units", "reverse", "octets"),
    [
        (Purpose.START, 0, False, "a0"),
        (Purpose.START, 0, True, "a0"),
        (Purpose.STOP, 0, False, "a2"),
        (Purpose.SET_SPEED, 10, False, "a330303130"),
        (Purpose.SET_SPEED, 10, True, "a333303130"),
        (Purpose.SET_SPEED, 999, False, "a330393939"),
        (Purpose.SET_SPEED, 1000, False, "a330393939"),
        (Purpose.SET_SPEED, 1000, True, "a333393939"),
        (Purpose.SET_SPEED, -1, True, "a333303030"),
        (Purpose.STATUS, 0, False, "c0"),
        (Purpose.SPEED, 0, False, "c1"),
    ],
)
def test_a_request_is_its_op_code_and_a_speed_its_direction_and_digits(
    purpose: Purpose, units: int, reverse: bool, octets: str
) -> None:
    assert woodway.request(purpose, units, reverse=reverse).hex() == octets
    assert Woodway(GRID).octets(purpose, units, reverse=reverse).hex() == octets


def test_what_is_left_open_is_rest_and_forward() -> None:
    assert woodway.request(Purpose.SET_SPEED).hex() == "a330303030"
    assert Woodway(GRID).octets(Purpose.SET_SPEED).hex() == "a330303030"
    assert Woodway(GRID).octets(Purpose.SET_SPEED, 7).hex() == "a330303037"


@pytest.mark.parametrize("purpose", [Purpose.INCLINE, Purpose.SET_INCLINE, Purpose.TURN])
def test_a_deck_that_nobody_can_see_is_never_moved(purpose: Purpose) -> None:
    with pytest.raises(KeyError):
        woodway.request(purpose)


@pytest.mark.parametrize(
    ("octets", "news"),
    [
        ("b0", News(Purpose.START)),
        ("b2", News(Purpose.STOP)),
        ("b3", News(Purpose.SET_SPEED)),
        ("d031", News(Purpose.STATUS, running=False)),
        ("d032", News(Purpose.STATUS, running=True)),
        ("d033", News(Purpose.STATUS, running=True, guarded=False)),
        ("d130303235", News(Purpose.SPEED, speed_mps=GRID.mps(25), reverse=False)),
        ("d133303031", News(Purpose.SPEED, speed_mps=GRID.mps(1), reverse=True)),
        ("d130303030", News(Purpose.SPEED, speed_mps=0.0)),
        ("d133303030", News(Purpose.SPEED, speed_mps=0.0)),
        ("bd", News(expired=True)),
        ("be", News(refused=True)),
        ("bf", News(refused=True)),
    ],
)
def test_an_answer_is_an_op_code_and_what_it_reads(octets: str, news: News) -> None:
    dialect = Woodway(GRID)
    assert dialect.hear(bytes.fromhex(octets)) == [news]
    assert dialect.rejected == 0


@pytest.mark.parametrize(
    "octets",
    [
        *("af", "b1", "b4", "b9", "ba", "bb", "bc", "c0", "d2"),
        *("d030", "d034", "d131303035", "d132303035", "d134303035", "d130304135", "d330313032"),
    ],
)
def test_what_is_no_answer_to_what_is_asked_is_counted(octets: str) -> None:
    dialect = Woodway(GRID)
    assert dialect.hear((bytes.fromhex(octets) + b"\xb2") * 2) == [News(Purpose.STOP)] * 2
    assert dialect.rejected == 2


def test_both_ways_have_the_lengths_of_the_source_s_table() -> None:
    requests = {
        **{0xA0: 0, 0xA2: 0, 0xA3: 4, 0xA4: 4, 0xA9: 0, 0xAA: 0},
        **{0xC0: 0, 0xC1: 0, 0xC3: 0},
    }
    answers = {
        **{0xB0: 0, 0xB2: 0, 0xB3: 0, 0xB4: 0, 0xB9: 0, 0xBA: 0, 0xBD: 0, 0xBE: 0, 0xBF: 0},
        **{0xD0: 1, 0xD1: 4, 0xD3: 4},
    }
    assert requests == woodway.REQUEST_LENGTHS
    assert answers == woodway.ANSWER_LENGTHS


@pytest.mark.parametrize(
    ("op", "octet"),
    [
        (woodway.START, 0xA0),
        (woodway.START_UNTIMED, 0xA9),
        (woodway.STOP, 0xA2),
        (woodway.SET_SPEED, 0xA3),
        (woodway.SET_ELEVATION, 0xA4),
        (woodway.AUTO_STOP, 0xAA),
        (woodway.STATUS, 0xC0),
        (woodway.SPEED, 0xC1),
        (woodway.FIRMWARE, 0xC3),
    ],
)
def test_a_machine_reads_an_op_code_and_answers_sixteen_above(op: int, octet: int) -> None:
    data = b"3015" if octet in (0xA3, 0xA4) else b""
    parser = OpCodeParser(woodway.REQUEST_LENGTHS)
    assert parser.feed(bytes([octet]) + data) == [Message(op, data)]
    assert woodway.answer(op) == bytes([octet + 16])
    assert woodway.answer(op, b"0015") == bytes([octet + 16]) + b"0015"


@pytest.mark.parametrize(
    ("units", "reverse", "digits"),
    [(0, False, b"0000"), (0, True, b"3000"), (999, False, b"0999"), (1000, True, b"3999")],
)
def test_a_speed_s_first_digit_is_its_direction(units: int, reverse: bool, digits: bytes) -> None:
    assert woodway.signed(units, reverse=reverse) == digits


@pytest.mark.parametrize(
    ("digits", "speed"),
    [
        (b"0000", (0, False)),
        (b"3000", (0, True)),
        (b"0123", (123, False)),
        (b"3999", (999, True)),
        (b"1005", None),
        (b"2005", None),
        (b"4005", None),
        (b"-005", None),
        (b"0 05", None),
        (b"0", None),
        (b"", None),
    ],
)
def test_a_speed_of_no_known_direction_or_number_is_none(
    digits: bytes, speed: tuple[int, bool] | None
) -> None:
    assert woodway.unsigned(digits) == speed


def test_the_simulated_timer_waits_one_second_of_silence() -> None:
    assert woodway.SILENCE_S == 1.0


def test_what_a_woodway_can_be_told_and_how_it_is_read() -> None:
    dialect = Woodway(GRID)
    assert dialect.heading is Heading.FORWARD_ONLY
    assert Woodway(GRID, reverse=True).heading is Heading.WITH_SPEED
    assert dialect.says_running is True
    assert dialect.must_prove is False
    assert dialect.inclines is None
    assert dialect.prepare() is None
    assert dialect.grid is GRID
    assert [purpose.value for purpose in dialect.polls] == ["speed", "status"]

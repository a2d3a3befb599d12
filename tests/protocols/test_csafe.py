"""CSAFE frames and answers, and the treadmill behind them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import csafe
from protocols.csafe import Answer, Command, FrameParser
from protocols.csafe_machine import CsafeMachine
from protocols.dialect import News, Purpose, tenths

ROWS = tomllib.loads((Path(__file__).parents[1] / "vectors" / "csafe.toml").read_text())["row"]
GRID = tenths("kmh", 0.8, 6.4)


def contents_of(row: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(row["contents"])] if "contents" in row else []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["frame"])
def test_a_frame_is_read_whole_octet_by_octet_and_with_a_tail(row: dict[str, Any]) -> None:
    octets, good = bytes.fromhex(row["frame"]), csafe.frame(b"\x81")
    whole, slow, tailed = FrameParser(), FrameParser(), FrameParser()
    assert whole.feed(octets) == contents_of(row)
    assert [c for octet in octets for c in slow.feed(bytes([octet]))] == contents_of(row)
    assert tailed.feed(octets + good[:2]) == contents_of(row)
    assert tailed.feed(good[2:]) == [b"\x81"]
    assert whole.rejected == slow.rejected == tailed.rejected == ("contents" not in row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["frame"])
def test_contents_are_framed_as_the_specification_has_it(row: dict[str, Any]) -> None:
    for contents in [] if row.get("extended") else contents_of(row):
        assert csafe.frame(contents).hex() == row["frame"]


def test_a_speed_of_three_kilometres_an_hour_is_set_as_published() -> None:
    dialect = CsafeMachine(GRID)
    assert dialect.octets(Purpose.SET_SPEED, 30).hex() == "f125031e003109f2"
    assert dialect.octets(Purpose.SPEED).hex() == "f1a5a5f2"
    assert dialect.octets(Purpose.START).hex() == "f18585f2"
    assert dialect.octets(Purpose.STOP).hex() == "f18686f2"
    assert CsafeMachine(tenths("mph", 0.5, 4)).octets(Purpose.SET_SPEED, 10)[5] == csafe.TENTH_MPH


@given(st.binary(min_size=1, max_size=40))
def test_what_is_framed_is_read_back_and_holds_no_frame_octet(contents: bytes) -> None:
    octets = csafe.frame(contents)
    assert not set(octets[1:-1]) & {csafe.START, csafe.START_EXTENDED, csafe.END}
    parser = FrameParser()
    assert parser.feed(octets) == [contents]


@given(st.lists(st.binary(max_size=150), max_size=10))
def test_no_octets_raise_and_the_next_frame_is_read(pieces: list[bytes]) -> None:
    dialect = CsafeMachine(GRID)
    for piece in pieces:
        dialect.hear(piece)
    speed = Command(csafe.GET_SPEED, csafe.speed_data(10, csafe.TENTH_KMH))
    (news,) = dialect.hear(csafe.answer(csafe.IN_USE, speed))
    assert news == News(Purpose.SPEED, speed_mps=GRID.mps(10), running=True)


def test_a_frame_without_an_end_is_given_up() -> None:
    parser = FrameParser()
    assert parser.feed(bytes([csafe.START]) + bytes(200)) == []
    assert parser.rejected > 1
    assert parser.feed(csafe.frame(b"\x80") + csafe.frame(b"\x81")) == [b"\x80", b"\x81"]


def test_rubbish_outside_of_frames_goes_on_counting() -> None:
    parser = FrameParser()
    assert parser.feed(b"\xff" * 24) == []
    assert parser.rejected == 3


def test_commands_and_answers_read_back() -> None:
    commands = (Command(csafe.GET_SPEED), Command(csafe.SET_SPEED, b"\x1e\x00\x31"))
    (contents,) = FrameParser().feed(csafe.request(*commands))
    assert csafe.read_request(contents) == commands
    (contents,) = FrameParser().feed(csafe.answer(0x95, Command(csafe.GET_SPEED, b"\x00\x00\x31")))
    speed = (Command(csafe.GET_SPEED, b"\x00\x00\x31"),)
    assert csafe.read_answer(contents) == Answer(csafe.REJECTED, csafe.IN_USE, speed)


@pytest.mark.parametrize("contents", ["25", "2503", "25031e"])
def test_a_part_cut_off_is_nothing(contents: str) -> None:
    assert csafe.read_request(bytes.fromhex(contents)) is None
    assert csafe.read_answer(b"\x05" + bytes.fromhex(contents)) is None
    assert csafe.read_answer(b"") is None


@pytest.mark.parametrize(
    ("units", "code", "mps"),
    [(10, 17, 0.44704), (36, 49, 1.0), (100, 51, 100 / 60), (1, 48, 1 / 3.6), (100, 19, 0.508)],
)
def test_speeds_come_in_many_units(units: int, code: int, mps: float) -> None:
    assert csafe.speed_mps(csafe.speed_data(units, code)) == pytest.approx(mps)


def test_a_speed_in_no_unit_of_speed_is_none_and_counted() -> None:
    assert csafe.speed_mps(b"\x00\x00\x4a") is None
    assert csafe.speed_mps(b"\x00\x31") is None
    dialect = CsafeMachine(GRID)
    (news,) = dialect.hear(csafe.answer(csafe.IDLE, Command(csafe.GET_SPEED, b"\x00\x00\x4a")))
    assert news.speed_mps is None
    assert dialect.rejected == 1


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (csafe.READY, csafe.GO_IDLE),
        (csafe.FINISHED, csafe.GO_READY),
        (csafe.PAUSED, csafe.GO_FINISHED),
        (csafe.ERROR, csafe.GET_STATUS),
        (csafe.OFFLINE, csafe.GET_STATUS),
        (csafe.IDLE, None),
        (csafe.HAVE_ID, None),
    ],
)
def test_each_state_has_its_step_towards_start(state: int, step: int | None) -> None:
    dialect = CsafeMachine(GRID)
    dialect.hear(csafe.answer(state))
    expected = None if step is None else csafe.request(Command(step))
    assert dialect.prepare() == expected


def test_a_refusal_may_come_with_the_answer_or_with_the_next() -> None:
    dialect = CsafeMachine(GRID)
    refused = csafe.answer(csafe.REJECTED << 4 | csafe.IN_USE)
    dialect.octets(Purpose.SET_SPEED, 10)
    assert News(Purpose.SET_SPEED, refused=True) in dialect.hear(refused)
    dialect.octets(Purpose.SPEED)
    assert News(Purpose.SET_SPEED, refused=True) in dialect.hear(refused)
    dialect.octets(Purpose.SPEED)
    assert dialect.hear(refused) == [News(running=True)]


def test_a_frame_that_the_machine_could_not_read_is_counted() -> None:
    dialect = CsafeMachine(GRID)
    assert dialect.hear(csafe.answer(csafe.BAD << 4 | csafe.READY)) == []
    assert dialect.hear(csafe.frame(b"\x05\x25")) == []
    assert dialect.rejected == 2

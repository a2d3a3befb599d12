"""Op codes and characters: whole, octet by octet, with a tail, and damaged."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import biodex, op_codes, trackmaster, woodway
from protocols.biodex import Biodex
from protocols.dialect import News, OpCodeDialect, Purpose, tenths
from protocols.op_codes import Message, OpCodeParser
from protocols.trackmaster import Trackmaster
from protocols.woodway import Woodway

VECTORS = Path(__file__).parents[1] / "vectors"
GRID = tenths("mph", 0.5, 4.0)
DIALECTS: dict[str, type[OpCodeDialect]] = {
    "trackmaster": Trackmaster,
    "woodway": Woodway,
    "biodex": Biodex,
}


def rows(way: str) -> list[Any]:
    return [
        pytest.param(kind, row, id=f"{kind} {row['octets']}")
        for kind in DIALECTS
        for row in tomllib.loads((VECTORS / f"{kind}.toml").read_text())["row"]
        if row["way"] == way
    ]


def expected(row: dict[str, Any]) -> list[News]:
    if not ({"answers", "refused", "expired"} & row.keys()):
        return []
    units = row.get("units")
    answers = Purpose[row["answers"]] if "answers" in row else None
    return [
        News(
            answers,
            refused=row.get("refused", False),
            speed_mps=None if units is None else GRID.mps(units),
            reverse=row.get("said_reverse"),
            running=row.get("running"),
            guarded=row.get("guarded", True),
            set_units=row.get("set_units"),
            expired=row.get("expired", False),
            incline_pct=row.get("incline_pct"),
        )
    ]


def made(kind: str) -> Any:
    return DIALECTS[kind](GRID)  # type: ignore[call-arg]


@pytest.mark.parametrize(("kind", "row"), rows("out"))
def test_a_request_is_written_as_the_manual_has_it(kind: str, row: dict[str, Any]) -> None:
    dialect, reverse = made(kind), row.get("reverse", False)
    octets = dialect.octets(Purpose[row["purpose"]], row.get("units", 0), reverse=reverse)
    assert octets.hex() == row["octets"]


@pytest.mark.parametrize(("kind", "row"), rows("in"))
def test_an_answer_is_read_whole(kind: str, row: dict[str, Any]) -> None:
    dialect = made(kind)
    assert dialect.hear(bytes.fromhex(row["octets"])) == expected(row)
    assert (dialect.rejected > 0) is row.get("rejected", False)
    assert dialect.prepare() is None


@pytest.mark.parametrize(("kind", "row"), rows("in"))
def test_an_answer_is_read_octet_by_octet(kind: str, row: dict[str, Any]) -> None:
    dialect = made(kind)
    octets = bytes.fromhex(row["octets"])
    news = [one for octet in octets for one in dialect.hear(bytes([octet]))]
    assert news == expected(row)


@pytest.mark.parametrize(("kind", "row"), rows("in"))
def test_a_tail_waits_for_its_rest(kind: str, row: dict[str, Any]) -> None:
    dialect = made(kind)
    speed = dialect.octets(Purpose.SPEED)[0] + (0 if kind == "biodex" else 0x10)
    digits = b"007" if kind == "biodex" else b"0007"
    news = dialect.hear(bytes.fromhex(row["octets"]) + bytes([speed]) + digits[:2])
    assert news == expected(row)
    (last,) = dialect.hear(digits[2:])
    assert last.speed_mps == GRID.mps(7)


@given(st.sampled_from(sorted(DIALECTS)), st.lists(st.binary(max_size=12), max_size=12))
def test_no_octets_raise_and_the_next_answer_is_read(kind: str, pieces: list[bytes]) -> None:
    dialect = made(kind)
    for piece in pieces:
        for news in dialect.hear(piece):
            assert news.speed_mps is None or news.speed_mps >= 0
    before = dialect.rejected
    answer = b"\xa0012" if kind == "biodex" else b"\xd10012"
    assert dialect.hear(answer)[-1].speed_mps == GRID.mps(12)
    assert dialect.rejected - before <= 1


@given(st.integers(-(10**6), 10**6), st.integers(1, 6))
def test_digits_never_wrap_and_read_back(value: int, width: int) -> None:
    written = op_codes.digits(value, width)
    assert len(written) == width
    assert op_codes.number(written) == min(max(value, 0), 10**width - 1)


def test_what_is_no_number_is_none() -> None:
    assert op_codes.number(b"") is None
    assert op_codes.number(b"1 2") is None
    assert op_codes.number("²".encode()) is None


def test_an_unbroken_run_of_rubbish_counts_once() -> None:
    parser = OpCodeParser({0xC1: 0})
    assert parser.feed(b"rub\xff\x00\xc1") == [Message(0xC1)]
    assert parser.rejected == 1
    parser.feed(b"x\xc1x")
    assert parser.rejected == 3


def test_rubbish_without_an_end_goes_on_counting() -> None:
    parser = OpCodeParser({0xC1: 0})
    parser.feed(b"\xff" * 33)
    assert parser.rejected == 5


@pytest.mark.parametrize(
    ("requests", "answers"),
    [
        (trackmaster.REQUEST_LENGTHS, trackmaster.ANSWER_LENGTHS),
        (woodway.REQUEST_LENGTHS, woodway.ANSWER_LENGTHS),
    ],
)
def test_every_request_has_an_answer(requests: dict[int, int], answers: dict[int, int]) -> None:
    assert {op + trackmaster.ANSWER for op in requests} <= answers.keys()
    assert biodex.REQUEST_LENGTHS.keys() <= biodex.ANSWER_LENGTHS.keys()


@pytest.mark.parametrize("module", [trackmaster, woodway])
def test_a_machine_s_answer_is_its_request_s_op_code_and_sixteen(module: Any) -> None:
    assert module.answer(0xA3) == b"\xb3"
    assert module.answer(0xC1, b"0010") == b"\xd10010"


@pytest.mark.parametrize("reverse", [False, True])
@given(units=st.integers(0, 999))
def test_a_woodway_speed_reads_back(units: int, reverse: bool) -> None:
    assert woodway.unsigned(woodway.signed(units, reverse=reverse)) == (units, reverse)


def test_a_grid_in_tenths_rounds_to_the_safe_side() -> None:
    grid = tenths("mph", 0.44, 3.99)
    assert (grid.minimum, grid.maximum) == (5, 39)
    assert tenths("kmh", 0.8, 6.4).mps(8) == pytest.approx(0.8 / 3.6)
    assert tenths("mph", 0.5, 4.0).mps(5) <= 0.22352

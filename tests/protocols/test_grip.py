"""The grip unit's lines: what is taken, what is refused, and what silence and repetition mean."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import ProtocolError
from protocols.grip import GripFrame, GripParser, GripReport, encode, fold
from protocols.lines import LINE_LIMIT

ROOT = Path(__file__).parents[2]
ROWS: list[dict[str, Any]] = tomllib.loads((ROOT / "tests/vectors/grip.toml").read_text())["row"]
GOOD = [row for row in ROWS if "sequence" in row]
BAD = [row for row in ROWS if "sequence" not in row]

forces = st.none() | st.integers(0, 65535).map(lambda tenths: tenths / 10)
frames = st.builds(
    GripFrame,
    sequence=st.integers(0, 65535),
    left_held=st.booleans(),
    right_held=st.booleans(),
    left_force_n=forces,
    right_force_n=forces,
    tether=st.booleans(),
    fall=st.booleans(),
    battery_pct=st.none() | st.integers(0, 100),
)


def octets_of(row: dict[str, Any]) -> bytes:
    return str(row["line"]).encode() + b"\r\n"


def frame_of(row: dict[str, Any]) -> GripFrame:
    return GripFrame(**{name: row[name] for name in row if name not in ("source", "line")})


def fed_singly(octets: bytes) -> tuple[list[GripFrame], int]:
    parser = GripParser()
    found = [frame for octet in octets for frame in parser.feed(bytes([octet]))]
    return found, parser.rejected


def fed_whole(octets: bytes) -> tuple[list[GripFrame], int]:
    parser = GripParser()
    return parser.feed(octets), parser.rejected


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row["source"])
def test_a_good_line_is_one_frame_whole_singly_and_with_a_tail(row: dict[str, Any]) -> None:
    octets = octets_of(row)
    assert fed_whole(octets) == ([frame_of(row)], 0)
    assert fed_singly(octets) == ([frame_of(row)], 0)
    assert fed_whole(octets + b"$RG,1,9") == ([frame_of(row)], 0)
    assert fed_whole(b"\x00,*9\n" + octets + octets) == ([frame_of(row)] * 2, 0)


@pytest.mark.parametrize("row", BAD, ids=lambda row: row["source"])
def test_a_bad_line_is_counted_and_the_next_one_is_taken(row: dict[str, Any]) -> None:
    octets = octets_of(row) + octets_of(GOOD[0])
    assert fed_whole(octets) == ([frame_of(GOOD[0])], 1)
    assert fed_singly(octets) == ([frame_of(GOOD[0])], 1)


def test_the_example_in_the_document_is_a_frame() -> None:
    page = (ROOT / "docs/grip-unit.md").read_text()
    lines = re.findall(r"^\$RG,1,[0-9].*$", page, flags=re.MULTILINE)
    assert fed_whole("".join(f"{line}\r\n" for line in lines).encode()) == ([frame_of(GOOD[0])], 0)


def test_the_checksum_printed_in_the_document_is_the_one_the_parser_checks() -> None:
    page = (ROOT / "docs/grip-unit.md").read_text()
    (source,) = re.findall(r"```python\n(def crc.*?)```", page, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102 - the page's own code is what is under test
    body = encode(GripFrame(sequence=300, fall=True))[1:].partition(b"*")[0]
    assert encode(GripFrame(sequence=300, fall=True)) == b"$%b*%04X\r\n" % (
        body,
        names["crc"](body),
    )
    assert names["crc"](b"123456789") == 0x29B1


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row["source"])
def test_no_single_flipped_bit_passes(row: dict[str, Any]) -> None:
    octets = octets_of(row)
    for place in range(len(octets) * 8):
        damaged = bytearray(octets)
        damaged[place // 8] ^= 1 << place % 8
        assert fed_whole(bytes(damaged))[0] == []


def test_a_lost_line_ending_costs_that_line_alone() -> None:
    first, second = encode(GripFrame(sequence=1)), encode(GripFrame(sequence=2))
    assert fed_whole(first[:-1] + second) == ([GripFrame(sequence=2)], 1)
    assert fed_whole(first[:-2] + second) == ([GripFrame(sequence=2)], 1)


def test_a_line_without_an_end_is_dropped_at_the_limit() -> None:
    parser = GripParser()
    for _ in range(1000):
        parser.feed(b"$" + b"9" * LINE_LIMIT)
        assert len(parser._pending) <= LINE_LIMIT
    assert parser.rejected == 1000
    assert parser.feed(encode(GripFrame(sequence=4))) == [GripFrame(sequence=4)]


@given(frames)
def test_what_is_encoded_is_decoded(frame: GripFrame) -> None:
    assert fed_whole(encode(frame)) == ([frame], 0)


@given(st.lists(st.one_of(frames.map(encode), st.binary(max_size=200), st.just(b"$RG,1,"))))
def test_garbage_never_raises_and_every_start_is_a_frame_or_counted(chunks: list[bytes]) -> None:
    octets = b"".join(chunks)
    parser = GripParser()
    found = [frame for chunk in chunks for frame in parser.feed(chunk)]
    assert len(found) + parser.rejected + bool(parser._pending) == octets.count(b"$")
    assert (found, parser.rejected) == fed_whole(octets) == fed_singly(octets)


@given(st.binary(max_size=200), frames)
def test_after_any_garbage_the_next_whole_line_is_taken(garbage: bytes, frame: GripFrame) -> None:
    parser = GripParser()
    parser.feed(garbage)
    assert parser.feed(encode(frame))[-1:] == [frame]


@pytest.mark.parametrize(
    "frame",
    [
        GripFrame(sequence=-1),
        GripFrame(sequence=65536),
        GripFrame(left_force_n=-0.1),
        GripFrame(right_force_n=6553.6),
        GripFrame(left_force_n=float("nan")),
        GripFrame(right_force_n=float("inf")),
        GripFrame(battery_pct=101),
    ],
    ids=repr,
)
def test_a_value_outside_its_range_is_not_encoded(frame: GripFrame) -> None:
    with pytest.raises(ProtocolError, match="must be 0 to"):
        encode(frame)


def test_a_report_that_heard_nothing_has_both_hands_off() -> None:
    report = GripReport()
    assert not report.frame.left_held
    assert not report.frame.right_held
    assert report.received_at_s is None
    assert report.advanced_at_s is None


def test_a_frame_that_repeats_its_number_does_not_advance() -> None:
    held = GripFrame(sequence=7, left_held=True, right_held=True)
    report = fold(GripReport(), held, 10.0)
    assert (report.received_at_s, report.advanced_at_s) == (10.0, None)
    report = fold(report, held._replace(sequence=8), 10.02)
    report = fold(report, held._replace(sequence=8), 10.04)
    assert (report.received_at_s, report.advanced_at_s) == (10.04, 10.02)


def test_the_sequence_advances_over_its_wrap() -> None:
    report = fold(GripReport(), GripFrame(sequence=65535), 1.0)
    assert fold(report, GripFrame(sequence=0), 1.02).advanced_at_s == 1.02


def test_a_report_keeps_the_count_of_rejected_lines_until_told_a_new_one() -> None:
    report = fold(GripReport(), GripFrame(sequence=1), 1.0, rejected=3)
    assert fold(report, GripFrame(sequence=2), 1.1).rejected == 3
    assert fold(report, GripFrame(sequence=2), 1.1, rejected=5).rejected == 5


NOTHING = GripFrame(0, False, False, None, None, False, False, None)


@pytest.mark.parametrize(
    ("octets", "frame"),
    [
        (b"$RG,1,0,-,-,00,-*15B3\r\n", NOTHING),
        (b"$RG,1,0,-,-,01,-*2283\r\n", NOTHING._replace(left_held=True)),
        (b"$RG,1,0,-,-,02,-*7BD3\r\n", NOTHING._replace(right_held=True)),
        (b"$RG,1,0,-,-,04,-*C973\r\n", NOTHING._replace(tether=True)),
        (b"$RG,1,0,-,-,08,-*BC12\r\n", NOTHING._replace(fall=True)),
        (b"$RG,1,65535,-,-,00,-*C1B5\r\n", NOTHING._replace(sequence=65535)),
        (b"$RG,1,1,1,-,00,-*56F5\r\n", NOTHING._replace(sequence=1, left_force_n=0.1)),
        (b"$RG,1,1,-,65535,00,-*B21F\r\n", NOTHING._replace(sequence=1, right_force_n=6553.5)),
        (b"$RG,1,0,0,65535,00,0*28BB\r\n", GripFrame(0, False, False, 0, 6553.5, battery_pct=0)),
        (
            b"$RG,1,0,65535,0,00,100*B99C\r\n",
            GripFrame(0, False, False, 6553.5, 0, battery_pct=100),
        ),
        (b"$RG,1,1,2,3,0F,1*BDB2\r\n", GripFrame(1, True, True, 0.2, 0.3, True, True, 1)),
    ],
)
def test_a_frame_has_these_octets_both_ways(octets: bytes, frame: GripFrame) -> None:
    assert encode(frame) == octets
    assert fed_whole(octets) == ([frame], 0)


def test_a_right_force_above_sixteen_bits_is_no_frame() -> None:
    assert fed_whole(b"$RG,1,1,0,65536,03,50*3A6E\r\n") == ([], 1)


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        (GripFrame(sequence=65536), "The sequence must be 0 to 65535, it is 65536."),
        (GripFrame(left_force_n=-0.1), "The left force must be 0 to 6553.5 N, it is -0.1."),
        (GripFrame(right_force_n=7e3), "The right force must be 0 to 6553.5 N, it is 7000.0."),
        (GripFrame(battery_pct=-1), "The battery must be 0 to 100, it is -1."),
    ],
)
def test_a_refusal_names_the_field_and_its_range(frame: GripFrame, what: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        encode(frame)
    assert str(refused.value) == what


def test_a_default_frame_holds_nothing_and_a_default_report_has_heard_nothing() -> None:
    assert GripFrame() == NOTHING
    assert GripReport() == GripReport(NOTHING, None, None, 0, 0.0)


def test_the_first_frame_is_received_and_has_not_advanced() -> None:
    frame = GripFrame(sequence=7)
    assert fold(GripReport(), frame, 0.0) == GripReport(frame, 0.0, None, 0, 0.0)
    assert fold(GripReport(), frame, 0.0, 0) == GripReport(frame, 0.0, None, 0, 0.0)


@pytest.mark.parametrize("latency_s", [None, 0.0, 0.02])
def test_a_report_keeps_what_the_way_here_adds(latency_s: float | None) -> None:
    report = GripReport(GripFrame(sequence=7), 0.0, None, 4, latency_s)
    after = fold(report, GripFrame(sequence=8, fall=True), 0.5)
    assert after == GripReport(GripFrame(sequence=8, fall=True), 0.5, 0.5, 4, latency_s)

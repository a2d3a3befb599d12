"""The chain: what was changed, lost or broken off is found, and each is told apart."""

import hashlib
import json

import pytest

from controller.records.chain import Checked, check, sealed, seed

BEGIN = {"n": 0, "t": 1.0, "wall": 1.7e9, "kind": "begin", "session": "s", "version": "1"}
RECORDS = [
    BEGIN,
    {"n": 1, "t": 1.0, "wall": 1.7e9, "kind": "phase", "phase": "armed", "cause": None},
    {"n": 2, "t": 2.5, "wall": 1.7e9, "kind": "wire", "octets": "0801"},
    {"n": 3, "t": 3.0, "wall": 1.7e9, "kind": "end"},
]


def chained(records: list[dict[str, object]], after: str = "") -> list[bytes]:
    lines, after = [], after or seed("s", "1")
    for record in records:
        line, after = sealed(record, after)
        lines.append(line)
    return lines


LINES = chained(RECORDS)
WHOLE = b"".join(LINES)


def kinds(checked: Checked) -> list[tuple[str, int]]:
    return [(found.kind, found.line) for found in checked.findings]


def test_a_record_that_nobody_touched_has_no_findings() -> None:
    checked = check(WHOLE)
    assert (checked.findings, checked.whole) == ((), True)
    assert [record["n"] for record in checked.records] == [0, 1, 2, 3]
    for line, before in zip(LINES[1:], LINES, strict=False):
        assert json.loads(line)["after"] == json.loads(before)["sha256"]


def test_every_single_flipped_bit_is_found() -> None:
    for place in range(len(WHOLE)):
        for bit in range(8):
            octets = bytearray(WHOLE)
            octets[place] ^= 1 << bit
            checked = check(bytes(octets))
            assert checked.findings, f"bit {bit} of octet {place}"
            last = place == len(WHOLE) - 1
            assert checked.whole is False or (last and kinds(checked)[0][0] == "torn")


def test_every_octet_that_is_missing_or_added_is_found() -> None:
    for place in range(len(WHOLE)):
        assert check(WHOLE[:place] + WHOLE[place + 1 :]).findings, place
        assert check(WHOLE[:place] + b"\n" + WHOLE[place:]).findings, place
        assert check(WHOLE[:place] + b" " + WHOLE[place:]).findings, place


def test_a_record_cut_anywhere_is_torn_and_not_broken_and_readable_up_to_there() -> None:
    for place in range(len(LINES[0]), len(WHOLE)):
        checked = check(WHOLE[:place])
        assert checked.whole, place
        complete = WHOLE[:place].count(b"\n")
        assert len(checked.records) == complete
        torn = [] if WHOLE[:place].endswith(b"\n") else [("torn", complete + 1)]
        assert kinds(checked) == [*torn, ("open", complete)]


@pytest.mark.parametrize("octets", [b"", b"\n", b"{", b"\0" * 512, b"\xff\n\xfe\n", b"null\n[]\n"])
def test_what_is_no_record_at_all_is_broken(octets: bytes) -> None:
    checked = check(octets)
    assert (checked.whole, checked.records) == (False, ())


def test_zeros_after_a_power_cut_are_a_torn_line() -> None:
    assert kinds(check(WHOLE[:-1] + b"\n" + b"\0" * 100))[-1] == ("torn", 5)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([0, 2, 3], [("broken", 2)]),
        ([1, 2, 3], [("broken", 1)]),
        ([0, 2, 1, 3], [("broken", 2), ("broken", 3), ("broken", 4)]),
        ([0, 1, 1, 2, 3], [("broken", 3)]),
        ([0, 1, 2, 3, 3], [("broken", 5)]),
        ([0, 1], [("open", 2)]),
    ],
)
def test_lines_that_were_moved(lines: list[int], found: list[tuple[str, int]]) -> None:
    assert kinds(check(b"".join(LINES[line] for line in lines)))[: len(found)] == found


def test_a_break_is_told_once_and_nothing_after_it_is_relied_on() -> None:
    octets = WHOLE.replace(b"armed", b"amred")
    checked = check(octets)
    assert kinds(checked) == [("broken", 2)]
    assert [record["n"] for record in checked.records] == [0]


def test_records_that_were_never_written_are_missing_and_the_chain_is_whole() -> None:
    lines = chained([RECORDS[0], RECORDS[3]])
    checked = check(b"".join(lines))
    assert kinds(checked) == [("missing", 2)]
    assert checked.whole
    assert "1 to 2" in checked.findings[0].sentence


def test_numbers_do_not_go_back() -> None:
    assert kinds(check(b"".join(chained([BEGIN, RECORDS[2], RECORDS[1]]))))[-2:] == [
        ("broken", 3), ("open", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "first",
    [{**BEGIN, "session": "t"}, {**BEGIN, "version": "2"}, {**BEGIN, "n": 1}, RECORDS[1]],
)
def test_the_first_line_is_bound_to_its_session_and_version(first: dict[str, object]) -> None:
    """One that is sealed well, after the seed of another session."""
    assert kinds(check(b"".join(chained([first]))))[0] == ("broken", 1)


@pytest.mark.parametrize("body", [b"{no JSON", b'{"n":' + b"[" * 99999, b'{"n":0,"after":5'])
def test_a_line_that_is_sealed_well_and_is_no_record_is_broken(body: bytes) -> None:
    line = body + b',"sha256":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'
    assert kinds(check(line)) == [("broken", 1), ("open", 1)]


@pytest.mark.parametrize("record", [{"kind": "begin"}, {"n": "0", "kind": "begin"}, {"n": True}])
def test_a_line_without_a_number_is_none(record: dict[str, object]) -> None:
    assert kinds(check(b"".join(chained([record]))))[0] == ("broken", 1)


@pytest.mark.parametrize("figure", ["1.5", "1e999", "-1e999", "NaN", "Infinity", "1" + "0" * 400])
def test_a_line_with_an_endless_figure_was_not_written_here(figure: str) -> None:
    body = LINES[0].partition(b',"sha256"')[0].replace(b'"t":1.0', f'"t":{figure}'.encode())
    line = body + b',"sha256":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'
    assert check(line).whole is (figure == "1.5")

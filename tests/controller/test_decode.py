"""Every packet of the vectors, whole and broken, as `retrotread decode` shows it."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller import decode

VECTORS = Path(__file__).parents[1] / "vectors"
FILES = ("treadmill_data", "fitness_machine", "sensors")
Row = dict[str, Any]


def rows() -> list[Row]:
    return [
        row
        for name in FILES
        for row in tomllib.loads((VECTORS / f"{name}.toml").read_text())["row"]
    ]


def label(row: Row) -> str:
    return f"{row['characteristic']}-{row['packets'][-1]}"


def packets_of(row: Row) -> list[bytes]:
    return [bytes.fromhex(packet) for packet in row["packets"]]


@pytest.mark.parametrize("row", rows(), ids=label)
def test_every_packet_of_the_vectors_reads_as_its_row_says(row: Row) -> None:
    document = decode.document(row["characteristic"], packets_of(row))
    assert document["fields"] == {**row["fields"], **dict.fromkeys(row.get("null", []))}
    assert document["accepted"]
    assert row["source"]


@pytest.mark.parametrize("row", rows(), ids=label)
def test_every_prefix_of_a_packet_reads_without_inventing_a_field(row: Row) -> None:
    *earlier, last = packets_of(row)
    whole = decode.document(row["characteristic"], [*earlier, last])["fields"]
    for end in range(len(last)):
        document = decode.document(row["characteristic"], [*earlier, last[:end]])
        assert set(document["fields"]) <= set(whole) | {"truncated", "trailing_hex"}
        assert document["problems"] or document["accepted"]


@pytest.mark.parametrize("row", rows(), ids=label)
def test_a_tail_after_a_packet_is_shown_and_never_refused(row: Row) -> None:
    *earlier, last = packets_of(row)
    document = decode.document(row["characteristic"], [*earlier, last + b"\x00\x00\x00"])
    assert document["accepted"]


@pytest.mark.parametrize("row", rows(), ids=label)
def test_a_line_answers_as_the_document_does(row: Row) -> None:
    (answer,) = decode.lines([f"{row['characteristic']} {' '.join(row['packets'])}\n"])
    assert json.loads(answer) == decode.document(row["characteristic"], packets_of(row))


@pytest.mark.parametrize(
    ("characteristic", "octets", "told"),
    [
        ("2acd", "00c078000000", ["Reserved bits", "2 octets belong to no field"]),
        ("2acd", "9e1f5100", ["ends before all fields"]),
        ("2acd", "2000780000000000", ["8 or 16 bits", "2 octets"]),
        ("2acd", "0300aa00", ["More Data is set"]),
        ("2acd", "0100", ["1 led to no complete record"]),
        ("2acc", "0100008001000080", ["machine features: 0x80000000", "target settings"]),
        ("2acc", "01000000", ["target settings are missing"]),
        ("2ad4", "000000000000", ["range is empty"]),
        ("2ad4", "620232000a00", ["ends below its beginning"]),
        ("2ad4", "320062020000", ["no increment"]),
        ("2ad3", "830d41", ["Reserved bits", "longer than the packet"]),
        ("2ad3", "040d", ["Reserved bits"]),
        ("2ad3", "0010", ["Status 0x10 is reserved"]),
        ("2ad9", "806006", ["Op code 0x60", "Result code 0x06"]),
        ("2ad9", "02", ["A machine answers this with invalid_parameter"]),
        ("2ada", "08", ["ends before all fields"]),
        ("2ada", "7f", ["Op code 0x7F is reserved"]),
        ("2a37", "e046", ["Reserved bits"]),
        ("2a38", "09", ["Location 9 is reserved"]),
        ("2a53", "0100", ["ends before all fields", "1 octet belongs"]),
        ("2a19", "c8", ["A charge of 200 % cannot be"]),
        ("1826", "830100", ["Reserved bits"]),
        ("1826", "01", ["machine type is missing"]),
        ("1826", "010001", ["exchanged"]),
    ],
)
def test_a_defect_is_told_in_a_sentence(characteristic: str, octets: str, told: list[str]) -> None:
    problems = decode.document(characteristic, [bytes.fromhex(octets)])["problems"]
    assert len(problems) == len(told)
    for problem, words in zip(problems, told, strict=True):
        assert words in problem
        assert problem.endswith(".")


@pytest.mark.parametrize(("characteristic", "octets"), [("2ad3", "000f"), ("2ad3", "010d41")])
def test_what_the_specification_names_is_no_defect(characteristic: str, octets: str) -> None:
    assert decode.document(characteristic, [bytes.fromhex(octets)])["problems"] == []


@pytest.mark.parametrize(
    ("characteristic", "octets"),
    [
        *((name, "") for name in decode.CHARACTERISTICS),
        ("2acd", "01"),
        ("2acd", "0000"),
        ("2acc", "010000"),
        ("2ad3", "00"),
        ("2ad4", "32006202"),
        ("2ad9", "8002"),
        ("2a37", "00"),
        ("2a53", "0000"),
        ("2a54", "07"),
        ("2abc", "00"),
    ],
)
def test_a_packet_without_anything_useful_is_not_accepted(characteristic: str, octets: str) -> None:
    document = decode.document(characteristic, [bytes.fromhex(octets)])
    assert not document["accepted"]
    assert document["problems"]


def test_no_packets_are_one_empty_packet() -> None:
    assert decode.document("2acd", []) == decode.document("2acd", [b""])


def test_flags_too_short_to_be_any_are_left_out() -> None:
    assert decode.document("2acd", [b"\x01"])["fields"] == {"truncated": True, "trailing_hex": "01"}


def test_of_two_whole_records_the_last_one_is_shown() -> None:
    document = decode.document("2acd", [bytes.fromhex("00007800"), bytes.fromhex("00007900")])
    assert document["fields"]["instantaneous_speed_kmh"] == 1.21
    assert document["problems"] == ["These are 2 records; the last one is shown."]


def test_of_two_packets_that_stand_alone_the_last_one_is_shown() -> None:
    document = decode.document("2ada", [b"\x03", b"\xff"])
    assert document["fields"]["event"] == "control_permission_lost"
    assert document["problems"] == ["These are 2 packets; the last one is shown."]


@pytest.mark.parametrize(
    "name", ["2acd", "2ACD", "0x2ACD", "00002ACD-0000-1000-8000-00805F9B34FB", " 2acd "]
)
def test_a_characteristic_has_one_name_however_it_is_written(name: str) -> None:
    assert decode.document(name, [bytes.fromhex("00007800")])["characteristic"] == "2acd"


@pytest.mark.parametrize("text", ["00007800", "0x00007800", "00:00:78:00", "00-00-78-00"])
def test_octets_may_be_written_with_the_usual_signs_between(text: str) -> None:
    assert decode.octets_from_hex(text) == bytes.fromhex("00007800")


@pytest.mark.parametrize("text", ["0", "0g", "zz", "½½"])
def test_octets_that_are_none_are_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(ValueError, match="two hexadecimal digits for each octet"):
        decode.octets_from_hex(text)


def test_each_line_gets_one_answer_whatever_it_says() -> None:
    requests = ["2acd 00007800\n", "2acd\n", "\n", "nonsense\n", "2acd 0g\n"]
    answers = [json.loads(answer) for answer in decode.lines(requests)]
    assert [answer["accepted"] for answer in answers] == [True, False, False, False, False]
    assert [answer["characteristic"] for answer in answers] == [
        "2acd",
        "2acd",
        "",
        "nonsense",
        "2acd",
    ]


@given(st.sampled_from(decode.CHARACTERISTICS), st.lists(st.binary(max_size=40), max_size=4))
def test_no_octets_of_any_characteristic_raise(characteristic: str, packets: list[bytes]) -> None:
    document = decode.document(characteristic, packets)
    assert json.loads(json.dumps(document)) == document
    assert document["accepted"] or document["problems"]


@given(st.text(max_size=60))
def test_no_line_raises(line: str) -> None:
    assert len(list(decode.lines([line]))) == 1

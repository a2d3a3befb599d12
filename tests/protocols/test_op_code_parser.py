"""The wire of op codes and characters: where it begins, what it holds, what is counted as lost."""

import pytest

from protocols import op_codes
from protocols.op_codes import Message, OpCodeParser

LENGTHS = {0x7F: 0, 0x80: 0, 0xC0: 1, 0xC1: 4, 0xFF: 0}


@pytest.mark.parametrize(
    ("octets", "messages", "rejected"),
    [
        ("", [], 0),
        ("80", [Message(0x80)], 0),
        ("ff", [Message(0xFF)], 0),
        ("7f", [], 1),
        ("8080", [Message(0x80), Message(0x80)], 0),
        ("c031", [Message(0xC0, b"1")], 0),
        ("c020", [Message(0xC0, b" ")], 0),
        ("c07e", [Message(0xC0, b"~")], 0),
        ("c01f", [], 1),
        ("c07f", [], 1),
        ("c07f31", [], 1),
        ("c000c031", [Message(0xC0, b"1")], 1),
        ("c0c031", [Message(0xC0, b"1")], 1),
        ("c130303031", [Message(0xC1, b"0001")], 0),
        ("c130303080", [Message(0x80)], 1),
        ("c1303030c130303031", [Message(0xC1, b"0001")], 1),
        ("c13030303132", [Message(0xC1, b"0001")], 1),
        ("c130303031c032", [Message(0xC1, b"0001"), Message(0xC0, b"2")], 0),
        ("c130308130303031", [], 1),
        ("c13030811fc031", [Message(0xC0, b"1")], 1),
        ("81c031", [Message(0xC0, b"1")], 1),
        ("c181c031", [Message(0xC0, b"1")], 1),
        ("31c03131c031", [Message(0xC0, b"1"), Message(0xC0, b"1")], 2),
    ],
)
def test_a_message_is_an_op_code_and_so_many_characters(
    octets: str, messages: list[Message], rejected: int
) -> None:
    whole, slow = OpCodeParser(LENGTHS), OpCodeParser(LENGTHS)
    assert whole.feed(bytes.fromhex(octets)) == messages
    assert [m for octet in bytes.fromhex(octets) for m in slow.feed(bytes([octet]))] == messages
    assert whole.rejected == slow.rejected == rejected


@pytest.mark.parametrize("stray", [b"1", b"\x00", b"\x81"])
@pytest.mark.parametrize(
    ("length", "rejected"), [(0, 0), (1, 1), (2, 1), (8, 1), (9, 2), (16, 2), (17, 3)]
)
def test_a_run_of_what_is_lost_counts_once_for_every_eight(
    stray: bytes, length: int, rejected: int
) -> None:
    parser = OpCodeParser(LENGTHS)
    assert parser.feed(stray * length) == []
    assert parser.rejected == rejected


def test_a_message_ends_a_run_of_what_is_lost() -> None:
    parser = OpCodeParser(LENGTHS)
    assert parser.feed(b"11\x80" * 3) == [Message(0x80)] * 3
    assert parser.rejected == 3


@pytest.mark.parametrize(
    ("op", "data", "octets"), [(0xA0, b"", "a0"), (0x80, b"", "80"), (0xA3, b"0040", "a330303430")]
)
def test_a_message_is_written_op_code_first(op: int, data: bytes, octets: str) -> None:
    assert op_codes.encode(op, data).hex() == octets
    assert data or op_codes.encode(op).hex() == octets


@pytest.mark.parametrize(
    ("value", "width", "digits"),
    [
        (0, 4, b"0000"),
        (1, 4, b"0001"),
        (-1, 4, b"0000"),
        (9999, 4, b"9999"),
        (10000, 4, b"9999"),
        (123, 3, b"123"),
        (999, 3, b"999"),
        (1000, 3, b"999"),
        (99, 2, b"99"),
        (100, 2, b"99"),
        (9, 1, b"9"),
        (10, 1, b"9"),
    ],
)
def test_digits_are_as_many_as_the_wire_has_room_for(value: int, width: int, digits: bytes) -> None:
    assert op_codes.digits(value, width) == digits


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (b"0000", 0),
        (b"0010", 10),
        (b"9999", 9999),
        (b"", None),
        (b"001A", None),
        (b" 010", None),
        (b"-001", None),
        (b"+001", None),
        (b"1_00", None),
        (b"1.00", None),
    ],
)
def test_a_number_is_digits_and_nothing_else(data: bytes, number: int | None) -> None:
    assert op_codes.number(data) == number

"""Little-endian integers in a row: their octets, and what does not fit."""

import pytest

from protocols.errors import ProtocolError
from protocols.integers import Integer, pack, unpack

ROW = (Integer("a", 1), Integer("b", 2), Integer("c", 2, signed=True))


@pytest.mark.parametrize(
    ("values", "octets"),
    [
        ((0, 0, 0), "0000000000"),
        ((1, 2, 3), "0102000300"),
        ((255, 65535, 32767), "ffffffff7f"),
        ((1, 0x0203, -1), "010302ffff"),
        ((0, 0, -32768), "0000000080"),
    ],
)
def test_a_row_has_these_octets_both_ways(values: tuple[int, ...], octets: str) -> None:
    assert pack(ROW, values).hex() == octets
    assert unpack(ROW, bytes.fromhex(octets)) == (values, b"")


@pytest.mark.parametrize(
    ("octets", "values", "rest"),
    [
        ("", (), ""),
        ("01", (1,), ""),
        ("0102", (1,), "02"),
        ("010200", (1, 2), ""),
        ("010200ff", (1, 2), "ff"),
        ("0102000300abcd", (1, 2, 3), "abcd"),
    ],
)
def test_what_does_not_fill_a_number_is_left_over(
    octets: str, values: tuple[int, ...], rest: str
) -> None:
    assert unpack(ROW, bytes.fromhex(octets)) == (values, bytes.fromhex(rest))


def test_no_number_after_one_that_is_cut_short_is_read() -> None:
    assert unpack((Integer("a", 2), Integer("b", 1)), b"\x01") == ((), b"\x01")


def test_a_number_has_no_sign_unless_it_is_said() -> None:
    assert unpack([Integer("a", 1)], b"\xff") == ((255,), b"")
    assert unpack([Integer("a", 1, True)], b"\xff") == ((-1,), b"")


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ((256, 0, 0), "a 256 does not fit into its field."),
        ((-1, 0, 0), "a -1 does not fit into its field."),
        ((0, 65536, 0), "b 65536 does not fit into its field."),
        ((0, 0, 32768), "c 32768 does not fit into its field."),
        ((0, 0, -32769), "c -32769 does not fit into its field."),
        ((0, 0), "3 values are carried here, but 2 given."),
        ((0, 0, 0, 0), "3 values are carried here, but 4 given."),
    ],
)
def test_what_does_not_fit_is_refused_by_name(values: tuple[int, ...], what: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        pack(ROW, values)
    assert (str(refused.value), refused.value.what, refused.value.octets) == (what, what, b"")

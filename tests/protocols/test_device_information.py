"""Names, identities and charges of a device, in octets as devices send them."""

import pytest

from protocols import device_information


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"", ""),
        (b"\0", ""),
        (b"FS-BT-T4", "FS-BT-T4"),
        (b"FS\0BT\0T4", "FS"),
        (b"\0FS", ""),
        (b" 1.0\n", "1.0"),
        (b"1.0 \0", "1.0"),
        (b"caf\xc3\xa9", "caf\u00e9"),
        (b"caf\xe9!", "caf\ufffd!"),
    ],
)
def test_a_text_is_what_stands_before_the_first_nul(octets: bytes, text: str) -> None:
    assert device_information.text(octets) == text


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (b"", ""),
        (b"4A6F1234", "4A6F1234"),
        (b" ~", " ~"),
        (b"4A6F\x1f", "344136461f"),
        (b"4A6F\x7f", "344136467f"),
        (b"\x01\x02", "0102"),
        (b"4A6F\x80", "3441364680"),
        (b"\xe9\xe8", "e9e8"),
    ],
)
def test_a_system_id_is_text_only_if_all_of_it_prints(octets: bytes, shown: str) -> None:
    assert device_information.system_id(octets) == shown


@pytest.mark.parametrize(
    ("octets", "pct"),
    [("", None), ("00", 0), ("01", 1), ("63", 99), ("64", 100), ("65", None), ("ff", None)],
)
def test_a_charge_is_one_octet_from_empty_to_full(octets: str, pct: int | None) -> None:
    assert device_information.battery_pct(bytes.fromhex(octets)) == pct


def test_a_charge_is_the_first_octet_whatever_follows() -> None:
    assert device_information.battery_pct(b"\x40\x65") == 64


@pytest.mark.parametrize(("level_pct", "octets"), [(0, "00"), (64, "40"), (100, "64")])
def test_a_charge_is_written_as_one_octet(level_pct: int, octets: str) -> None:
    assert device_information.encode_battery(level_pct).hex() == octets

"""How people name devices, and what they are told when they misname one."""

import pytest

from drivers import address
from drivers.address import AddressError


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("ftms:aa:bb:cc:dd:ee:0f", "AA:BB:CC:DD:EE:0F"),
        ("ftms:name=Retrotread Sim", "name=Retrotread Sim"),
        ("ftms:name=a:b", "name=a:b"),
        (
            "ftms:12345678-9abc-def0-1234-56789abcdef0",
            "12345678-9ABC-DEF0-1234-56789ABCDEF0",
        ),
    ],
)
def test_a_treadmill_is_named_by_address_or_by_name(text: str, target: str) -> None:
    assert address.treadmill(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftms",
        "ftms:",
        "ftms:name=",
        "ftms:AA:BB:CC:DD:EE",
        "ftms:AA:BB:CC:DD:EE:FF:00",
        "ftms:AA:BB:CC:DD:EE:FG",
        "AA:BB:CC:DD:EE:FF",
        "grip:/dev/ttyACM0",
    ],
)
def test_a_misnamed_treadmill_is_told_the_two_forms(text: str) -> None:
    with pytest.raises(AddressError, match="Write ftms:AA:BB:CC:DD:EE:FF or ftms:name=NAME"):
        address.treadmill(text)


@pytest.mark.parametrize("rest", ["/dev/serial/by-id/usb-1", "socket://localhost:7000"])
def test_a_grip_unit_is_a_device_file_or_a_socket(rest: str) -> None:
    assert address.grip(f"grip:{rest}") == rest


@pytest.mark.parametrize("text", ["", "grip:", "grip:COM3", "/dev/ttyACM0", "ftms:/dev/ttyACM0"])
def test_a_misnamed_grip_unit_is_told_the_two_forms(text: str) -> None:
    with pytest.raises(AddressError, match="Write grip:/dev/serial/by-id/"):
        address.grip(text)

"""How people name devices, and what they are told when they misname one."""

import pytest

from drivers import address
from drivers.address import AddressError
from protocols.serial_machines import KINDS


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
    assert address.treadmill(text) == ("ftms", target)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", ["/dev/serial/by-id/usb-1", "socket://localhost:7000"])
def test_a_serial_treadmill_is_a_device_file_or_a_socket(kind: str, target: str) -> None:
    assert address.treadmill(f"{kind}:{target}") == (kind, target)
    assert str(address.treadmill(f"{kind}:{target}")) == f"{kind}:{target}"


@pytest.mark.parametrize("rest", ["", "COM3", "dev/ttyUSB0", "tcp://localhost:1"])
def test_a_misnamed_port_is_told_the_two_forms(rest: str) -> None:
    with pytest.raises(AddressError, match="Write biodex:/dev/serial/by-id/"):
        address.treadmill(f"biodex:{rest}")


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
def test_a_misnamed_treadmill_is_told_the_forms(text: str) -> None:
    with pytest.raises(AddressError, match=r"Write ftms:AA:BB:CC:DD:EE:FF(,| or) ftms:name=NAME"):
        address.treadmill(text)


@pytest.mark.parametrize("rest", ["/dev/serial/by-id/usb-1", "socket://localhost:7000"])
def test_a_grip_unit_is_a_device_file_or_a_socket(rest: str) -> None:
    assert address.grip(f"grip:{rest}") == rest


@pytest.mark.parametrize("text", ["", "grip:", "grip:COM3", "/dev/ttyACM0", "ftms:/dev/ttyACM0"])
def test_a_misnamed_grip_unit_is_told_the_two_forms(text: str) -> None:
    with pytest.raises(AddressError, match="Write grip:/dev/serial/by-id/"):
        address.grip(text)


@pytest.mark.parametrize(
    ("rest", "place"),
    [
        ("/dev/serial/by-id/usb-1", "/dev/serial/by-id/usb-1"),
        ("socket://localhost:7000", "socket://localhost:7000"),
        ("gpio:gpiochip0:17", "gpio:/dev/gpiochip0:17"),
        ("gpio:/dev/gpiochip4:0", "gpio:/dev/gpiochip4:0"),
    ],
)
def test_a_relay_is_a_device_file_a_socket_or_a_line_of_a_chip(rest: str, place: str) -> None:
    assert address.relay(f"relay:{rest}") == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "relay:",
        "relay:gpio",
        "relay:gpio:chip",
        "relay:gpio:chip:x",
        "relay:COM3",
        "grip:/dev/a",
    ],
)
def test_a_misnamed_relay_is_told_the_three_forms(text: str) -> None:
    with pytest.raises(AddressError, match="or relay:gpio:CHIP:LINE"):
        address.relay(text)

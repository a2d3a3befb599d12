"""Whatever bleak raises, a person reads one plain sentence."""

import sys

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from drivers.adapter import bleak_arguments
from drivers.ble import BleakLink
from drivers.ble_errors import link_error
from drivers.links import LinkError
from drivers.scan import scan

REASONS = BleakBluetoothNotAvailableReason
WHO = "The Bluetooth device Pad"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BleakBluetoothNotAvailableError("hci0 is off", REASONS.POWERED_OFF), "switch it on"),
        (BleakBluetoothNotAvailableError("no", REASONS.DENIED_BY_USER), "privacy settings"),
        (BleakBluetoothNotAvailableError("no", REASONS.DENIED_BY_SYSTEM), "administrator"),
        (BleakBluetoothNotAvailableError("usb:0 is gone", REASONS.NO_BLUETOOTH), "usb:0 is gone"),
        (BleakDeviceNotFoundError("Pad"), "Pad is not in reach"),
        (BleakCharacteristicNotFoundError("2ad9"), "lacks a characteristic"),
        (TimeoutError(), "did not answer in time"),
        (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort"]), "no longer linked"),
        (BleakError("the link was lost"), "the link was lost"),
        (EOFError(), "start the system's Bluetooth service"),
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
    ],
)
def test_every_error_becomes_one_sentence_that_names_the_way_out(
    error: Exception, words: str
) -> None:
    said = link_error(error, WHO)
    assert words in str(said)
    assert str(said).endswith(".")
    assert "\n" not in str(said)
    assert said.att_error is None


def test_an_att_error_keeps_its_code_and_a_pairing_error_says_to_pair() -> None:
    busy = link_error(BleakGATTProtocolError(0xFE), WHO)
    assert (busy.att_error, "0xFE" in str(busy)) == (0xFE, True)
    assert "pair it" in str(link_error(BleakGATTProtocolError(0x0F), WHO))


def test_a_link_error_stays_as_it_is() -> None:
    error = LinkError("Already said.", att_error=3)
    assert link_error(error, WHO) is error


@pytest.mark.parametrize("adapter", ["", "hci", "hci:", "bluez", "usb:0"])
def test_a_word_that_names_no_adapter_is_refused_with_the_three_forms(adapter: str) -> None:
    with pytest.raises(LinkError, match="system, system:hci1 or hci:<transport>"):
        bleak_arguments(adapter)


def test_one_of_several_system_adapters_can_be_named() -> None:
    assert bleak_arguments("system").client == {}
    assert bleak_arguments("system:hci1").client == {"bluez": {"adapter": "hci1"}}


def test_without_bumble_the_extra_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "drivers.bumble_backend.client", None)
    with pytest.raises(LinkError, match=r"install retrotread\[sim\]"):
        bleak_arguments("hci:usb:0")


@pytest.mark.parametrize("transport", ["foo", "unix:/nowhere/air", "tcp-client:nonsense", "file"])
async def test_a_transport_that_cannot_be_opened_is_one_sentence(transport: str) -> None:
    link = BleakLink("F0:00:00:00:00:01", f"hci:{transport}")
    with pytest.raises(LinkError, match=f"hci:{transport} cannot be opened"):
        await link.connect(lambda: None)


async def test_a_call_before_connecting_is_refused() -> None:
    link = BleakLink("F0:00:00:00:00:01")
    assert not link.connected
    with pytest.raises(LinkError, match="connect to it first"):
        await link.write("2ad9", b"", response=True)
    await link.disconnect()


async def test_a_system_without_a_bluetooth_service_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    with pytest.raises(LinkError, match="The system's Bluetooth service does not answer"):
        await BleakLink("F0:00:00:00:00:01").connect(lambda: None)
    with pytest.raises(LinkError, match="The system's Bluetooth service does not answer"):
        await scan("system", 0.1)

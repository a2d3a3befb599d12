"""Everything bleak and its backends raise, as one `LinkError` with one plain sentence."""

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from drivers.links import LinkError

BLEAK_ERRORS = (BleakError, OSError, TimeoutError, EOFError)
"""What an operation over bleak may raise; EOFError comes from a D-Bus connection that closed."""

ADAPTER_SENTENCES = {
    BleakBluetoothNotAvailableReason.POWERED_OFF: "Bluetooth is switched off: switch it on.",
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: (
        "This program may not use Bluetooth: allow it in the system's privacy settings."
    ),
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: (
        "The system does not let this program use Bluetooth: ask its administrator to allow it."
    ),
}
NO_ADAPTER = (
    "No Bluetooth adapter can be used ({error}): plug it in, or start the service behind it, and "
    "try again."
)
SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (
        BleakDeviceNotFoundError,
        "{who} is not in reach: switch it on, bring it closer, and close any app that is "
        "connected to it.",
    ),
    (
        BleakCharacteristicNotFoundError,
        "{who} lacks a characteristic ({error}): check that it is the right device.",
    ),
    (
        TimeoutError,
        "{who} did not answer in time: bring it closer, or switch it off and on again.",
    ),
    (BleakError, "{who} is no longer linked ({error}): bring it closer and connect again."),
    (EOFError, "{who} is no longer linked: start the system's Bluetooth service again."),
    (
        OSError,
        "The system's Bluetooth service does not answer ({error}): start it, or name another "
        "adapter, such as hci:usb:0.",
    ),
)
"""The first row whose type fits speaks. TimeoutError is an OSError, so it comes before it."""

PAIRING_ERRORS = {0x05, 0x08, 0x0C, 0x0F}
"""Insufficient authentication, authorization, key size, encryption (Vol 3, Part F, 3.4.1.1)."""


def link_error(error: Exception, who: str) -> LinkError:
    """The sentence for an error met while dealing with `who` ("The Bluetooth device …")."""
    if isinstance(error, LinkError):
        return error
    if isinstance(error, BleakGATTProtocolError):
        return _refusal(int(error.code), who)
    if isinstance(error, BleakBluetoothNotAvailableError):
        sentence = ADAPTER_SENTENCES.get(error.reason, NO_ADAPTER)
    else:
        sentence = next(text for kind, text in SENTENCES if isinstance(error, kind))
    return LinkError(sentence.format(who=who, error=_reason(error)))


def _refusal(code: int, who: str) -> LinkError:
    way_out = (
        "pair it with this computer first."
        if code in PAIRING_ERRORS
        else "try again, or switch it off and on."
    )
    return LinkError(f"{who} refused (ATT error 0x{code:02X}): {way_out}", att_error=code)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error.args[0] if error.args else error)

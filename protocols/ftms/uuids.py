"""Bluetooth UUIDs as 128-bit lower-case strings, the form every GATT stack here agrees on."""

_HEAD, _TAIL = "0000", "-0000-1000-8000-00805f9b34fb"
"""The Bluetooth Base UUID around a 16-bit one (Core Specification, volume 3 part B, 2.5.1)."""


def from_short(number: int) -> str:
    """The 128-bit form of a 16-bit UUID, 0…0xFFFF."""
    return f"{_HEAD}{number:04x}{_TAIL}"


def short(uuid: str) -> int | None:
    """The 16-bit number of `uuid`, or None if it is not built on the Bluetooth Base UUID."""
    text = uuid.lower()
    digits = text[4:8]
    if text != f"{_HEAD}{digits}{_TAIL}" or any(
        digit not in "0123456789abcdef" for digit in digits
    ):
        return None
    return int(digits, 16)


FITNESS_MACHINE_SERVICE = from_short(0x1826)
FEATURE = from_short(0x2ACC)
TREADMILL_DATA = from_short(0x2ACD)
TRAINING_STATUS = from_short(0x2AD3)
SPEED_RANGE = from_short(0x2AD4)
INCLINATION_RANGE = from_short(0x2AD5)
RESISTANCE_RANGE = from_short(0x2AD6)
HEART_RATE_RANGE = from_short(0x2AD7)
POWER_RANGE = from_short(0x2AD8)
CONTROL_POINT = from_short(0x2AD9)
MACHINE_STATUS = from_short(0x2ADA)

HEART_RATE_SERVICE = from_short(0x180D)
HEART_RATE_MEASUREMENT = from_short(0x2A37)
BODY_SENSOR_LOCATION = from_short(0x2A38)
HEART_RATE_CONTROL_POINT = from_short(0x2A39)

RUNNING_SPEED_SERVICE = from_short(0x1814)
RUNNING_SPEED_MEASUREMENT = from_short(0x2A53)
RUNNING_SPEED_FEATURE = from_short(0x2A54)

BATTERY_SERVICE = from_short(0x180F)
BATTERY_LEVEL = from_short(0x2A19)

DEVICE_INFORMATION_SERVICE = from_short(0x180A)
SYSTEM_ID = from_short(0x2A23)
MODEL_NUMBER = from_short(0x2A24)
SERIAL_NUMBER = from_short(0x2A25)
FIRMWARE_REVISION = from_short(0x2A26)
HARDWARE_REVISION = from_short(0x2A27)
SOFTWARE_REVISION = from_short(0x2A28)
MANUFACTURER_NAME = from_short(0x2A29)

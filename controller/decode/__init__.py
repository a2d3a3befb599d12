"""Packets of one characteristic as a document for people and scripts. Pure.

This is the one place above `protocols` that shows wire units: it exists to show the wire.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from controller.decode import machine, procedure, sensor, treadmill
from controller.decode.reading import Reading
from protocols.device_information import system_id
from protocols.ftms import ranges, uuids

Document = dict[str, Any]

TREADMILL_DATA = "2acd"
SINGLE: dict[str, Callable[[bytes], Reading]] = {
    "1826": machine.read_service_data,
    "2acc": machine.read_feature,
    "2ad3": machine.read_training_status,
    "2ad4": machine.range_reader(ranges.SpeedRange, "_kmh", 100),
    "2ad5": machine.range_reader(ranges.InclinationRange, "_pct", 10),
    "2ad6": machine.range_reader(ranges.ResistanceRange, "", 10),
    "2ad7": machine.range_reader(ranges.HeartRateRange, "_bpm", 1),
    "2ad8": machine.range_reader(ranges.PowerRange, "_w", 1),
    "2ad9": procedure.read_control_point,
    "2ada": procedure.read_machine_status,
    "2a37": sensor.read_heart_rate,
    "2a38": sensor.read_body_location,
    "2a53": sensor.read_running_speed,
    "2a54": sensor.read_running_speed_feature,
    "2a19": sensor.read_battery,
    "2a23": sensor.text_reader("system_id", system_id),
    "2a24": sensor.text_reader("model_number"),
    "2a25": sensor.text_reader("serial_number"),
    "2a26": sensor.text_reader("firmware_revision"),
    "2a27": sensor.text_reader("hardware_revision"),
    "2a28": sensor.text_reader("software_revision"),
    "2a29": sensor.text_reader("manufacturer_name"),
}
"""Characteristics whose packets stand alone; only Treadmill Data is sent in fragments."""
CHARACTERISTICS = (TREADMILL_DATA, *SINGLE)


def document(characteristic: str, packets: list[bytes]) -> Document:
    """What `packets` of `characteristic` ("2acd", "0x2ACD" or a whole UUID) say, ready for JSON.

    Several packets are one record if they are its fragments; otherwise the last one is shown. No
    packets are one empty packet. Never raises: what cannot be read is a problem, and a document
    without anything readable is not `accepted`.
    """
    name = canonical(characteristic)
    reading = _read(name, packets or [b""])
    return {
        "characteristic": name,
        "fields": reading.fields,
        "problems": reading.problems,
        "accepted": reading.accepted,
    }


def lines(requests: Iterable[str]) -> Iterator[str]:
    """One JSON document, on one line, for each line `CHARACTERISTIC HEX [HEX…]`."""
    for request in requests:
        yield json.dumps(_answer(request), separators=(",", ":"))


def canonical(characteristic: str) -> str:
    """The name used in documents: four hexadecimal digits if the Bluetooth SIG assigned it."""
    name = characteristic.strip().lower().removeprefix("0x")
    number = uuids.short(name)
    return name if number is None else f"{number:04x}"


def octets_from_hex(text: str) -> bytes:
    """The octets written as hexadecimal digits, with or without 0x, spaces, colons or dashes.

    Raises: `ValueError` with a sentence for the person who typed them.
    """
    digits = text.strip().lower().removeprefix("0x").translate({ord(sign): None for sign in " :-"})
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise ValueError(
            f"“{text}” is not a packet; write two hexadecimal digits for each octet, as in 8404."
        ) from None


def _read(name: str, packets: list[bytes]) -> Reading:
    if name == TREADMILL_DATA:
        return treadmill.read(packets)
    if name not in SINGLE:
        known = " ".join(CHARACTERISTICS)
        told = f"“{name}” is not a characteristic that can be read here; these are: {known}."
        return Reading({}, [told], accepted=False)
    reading = SINGLE[name](packets[-1])
    if len(packets) == 1:
        return reading
    told = f"These are {len(packets)} packets; the last one is shown."
    return reading._replace(problems=[told, *reading.problems])


def _answer(request: str) -> Document:
    name, *texts = request.split() or [""]
    try:
        return document(name, [octets_from_hex(text) for text in texts])
    except ValueError as error:
        problems = [str(error)]
    return {
        "characteristic": canonical(name),
        "fields": {},
        "problems": problems,
        "accepted": False,
    }

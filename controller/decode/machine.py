"""What a fitness machine says of itself: features, ranges, training status, advertising."""

from collections.abc import Callable

from controller.decode.reading import (
    NOTHING,
    Fields,
    Reading,
    name_of,
    reserved,
    scaled,
    with_surplus,
)
from protocols.errors import ProtocolError
from protocols.ftms import advertising, training_status
from protocols.ftms.features import Features
from protocols.ftms.ranges import Range

_KNOWN_BITS = 0x1FFFF


def read_feature(octets: bytes) -> Reading:
    try:
        features = Features.from_bytes(octets)
    except ProtocolError as error:
        return Reading({}, [error.what], accepted=False)
    fields: Fields = {
        "machine_features": features.machine_features,
        "machine_features_raw": features.machine_raw,
    }
    problems = reserved(features.machine_raw & ~_KNOWN_BITS, "machine features")
    if features.targets_raw is None:
        problems.append("The target settings are missing.")
    else:
        fields["target_settings"] = features.target_settings
        fields["target_settings_raw"] = features.targets_raw
        problems += reserved(features.targets_raw & ~_KNOWN_BITS, "target settings")
    return with_surplus(fields, problems, octets[8:])


def range_reader(kind: type[Range], unit: str, divisor: int) -> Callable[[bytes], Reading]:
    """A reader of ranges of one kind, whose keys end in `unit`."""

    def read(octets: bytes) -> Reading:
        try:
            claimed = kind.as_claimed(octets)
        except ProtocolError as error:
            return Reading({}, [error.what], accepted=False)
        layout = kind.layout(len(octets))
        scale = 1 if layout.size < kind.LAYOUT.size else divisor
        fields: Fields = {
            f"min{unit}": scaled(claimed.minimum, scale),
            f"max{unit}": scaled(claimed.maximum, scale),
            f"increment{unit}": scaled(claimed.increment, scale),
        }
        fault = [] if claimed.fault is None else [claimed.fault]
        return with_surplus(fields, fault, octets[layout.size :])

    return read


def read_training_status(octets: bytes) -> Reading:
    training = training_status.decode(octets)
    if training is None:
        return NOTHING
    if training.status is None:
        return Reading({}, ["The packet ends before the status."], accepted=False)
    fields: Fields = {
        "status": name_of(training.status, training_status.Status),
        "status_code": int(training.status),
    }
    if training.text is not None:
        fields["string"] = training.text
    problems = reserved(training.flags & training_status.RESERVED_FLAGS, "flags")
    if training.status >= training_status.FIRST_RESERVED:
        problems.append(f"Status 0x{training.status:02X} is reserved.")
    if training.flags & training_status.EXTENDED_STRING:
        problems.append("The string is longer than the packet; read the characteristic whole.")
    return with_surplus(fields, problems, training.trailing)


def read_service_data(octets: bytes) -> Reading:
    """Service data of 1826, with or without the UUID or the whole header of its advertising."""
    for header in (b"\x06\x16\x26\x18", b"\x26\x18"):
        octets = octets.removeprefix(header)
    advertisement = advertising.decode(octets)
    if advertisement is None:
        return NOTHING
    fields: Fields = {
        "available": advertisement.available,
        "machine_types": advertisement.machine_types,
    }
    problems = reserved(advertisement.flags & ~advertising.AVAILABLE, "flags")
    if advertisement.types_raw is None:
        problems.append("The machine type is missing.")
    if advertisement.swapped:
        problems.append("The octets of the machine type are exchanged.")
    return with_surplus(fields, problems, advertisement.trailing)

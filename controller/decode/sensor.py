"""What straps, foot pods and the device itself say: 2A37, 2A38, 2A53, 2A54, 2A19 and 180A."""

from collections.abc import Callable

from controller.decode.reading import NOTHING, Fields, Reading, cut_short, reserved, with_surplus
from protocols import device_information, heart_rate, running_speed


def read_heart_rate(octets: bytes) -> Reading:
    if not octets:
        return NOTHING
    measurement = heart_rate.decode(octets)
    fields: Fields = {
        "contact_supported": bool(measurement.flags & heart_rate.CONTACT_SUPPORTED),
        "contact_detected": measurement.contact,
    }
    if measurement.rate_bpm is not None:
        fields["heart_rate_bpm"] = measurement.rate_bpm
    if measurement.energy_kj is not None:
        fields["energy_kj"] = measurement.energy_kj
    if measurement.rr is not None:
        fields["rr_s"] = measurement.rr_s
    problems = cut_short(measurement.truncated)
    problems += reserved(measurement.flags & heart_rate.RESERVED_FLAGS, "flags")
    useful = measurement.rate_bpm is not None
    return with_surplus(fields, problems, measurement.trailing)._replace(accepted=useful)


def read_running_speed(octets: bytes) -> Reading:
    if not octets:
        return NOTHING
    measurement = running_speed.decode(octets)
    quantities = {
        "speed_mps": measurement.speed_mps,
        "cadence_per_min": measurement.cadence_per_min,
        "stride_length_m": measurement.stride_length_m,
        "total_distance_m": measurement.total_distance_m,
    }
    fields: Fields = {name: value for name, value in quantities.items() if value is not None}
    fields["running"] = measurement.running
    problems = cut_short(measurement.truncated)
    problems += reserved(measurement.flags & running_speed.RESERVED_FLAGS, "flags")
    useful = measurement.speed is not None
    return with_surplus(fields, problems, measurement.trailing)._replace(accepted=useful)


def read_running_speed_feature(octets: bytes) -> Reading:
    if len(octets) < 2:
        return Reading({}, ["The feature value ends before its second octet."], accepted=False)
    fields: Fields = {
        "features": running_speed.features(octets),
        "features_raw": int.from_bytes(octets[:2], "little"),
    }
    return with_surplus(fields, [], octets[2:])


def read_body_location(octets: bytes) -> Reading:
    if not octets:
        return NOTHING
    name = heart_rate.body_location(octets)
    problems = [f"Location {octets[0]} is reserved."] if name is None else []
    return with_surplus({"body_location": name or "reserved"}, problems, octets[1:])


def read_battery(octets: bytes) -> Reading:
    if not octets:
        return NOTHING
    level_pct = device_information.battery_pct(octets)
    problems = [f"A charge of {octets[0]} % cannot be."] if level_pct is None else []
    return with_surplus({"battery_pct": level_pct}, problems, octets[1:])


def text_reader(
    key: str, text: Callable[[bytes], str] = device_information.text
) -> Callable[[bytes], Reading]:
    """A reader of a characteristic that is one text, shown under `key`."""

    def read(octets: bytes) -> Reading:
        return Reading({key: text(octets)}, []) if octets else NOTHING

    return read

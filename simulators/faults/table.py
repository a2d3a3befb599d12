"""Treadmills whose GATT table or advertisement is not as it should be."""

from protocols.ftms import uuids
from protocols.ftms.ranges import SpeedRange
from simulators.faults.parts import SPEEDS, Fault

_MPH = tuple(
    round(units / 1.609344) for units in (SPEEDS.minimum, SPEEDS.maximum, SPEEDS.increment)
)

TABLE: dict[str, Fault] = {
    "write_without_response": Fault(
        "The control point takes writes without response only, and indicates.",
        "D13; UREVO",
        table={"control_point": frozenset({"write-without-response", "indicate"})},
    ),
    "answers_as_notifications": Fault(
        "The control point answers by notification.",
        "D13; Horizon Omega Z",
        table={"control_point": frozenset({"write", "notify"})},
    ),
    "no_control_point": Fault(
        "There is no control point: it can be watched only.",
        "F13; consoles that only report",
        table={"missing": frozenset({uuids.CONTROL_POINT})},
    ),
    "table_changes": Fault(
        "From the second connection on the control point is gone.",
        "F13; a firmware update",
        table={"missing_later": frozenset({uuids.CONTROL_POINT})},
    ),
    "no_speed_range": Fault(
        "It does not say which speeds it accepts.",
        "D25; consoles without 2AD4",
        table={"missing": frozenset({uuids.SPEED_RANGE})},
    ),
    "zero_speed_range": Fault(
        "It says that it accepts speeds from 0 to 0.",
        "D25; UREVO has such an inclination range",
        table={"speed_range": bytes(6)},
    ),
    "inverted_speed_range": Fault(
        "The lowest speed that it says it accepts is above the highest.",
        "D25, F7",
        table={"speed_range": bytes(SpeedRange(600, 50, 10))},
    ),
    "short_speed_range": Fault(
        "Its speed range has four octets instead of six.",
        "D25, F7",
        table={"speed_range": bytes(SpeedRange(50, 600, 10))[:4]},
    ),
    "speed_range_in_mph": Fault(
        "Its speed range is in mph, what it executes in km/h.",
        "D1; FS-BT-T4, justintout/treadmill",
        table={"speed_range": bytes(SpeedRange(*_MPH))},
    ),
    "features_wrong": Fault(
        "It claims resistance and power, and no speed target.",
        "D27; UREVO claims what a bike has",
        table={"features": bytes.fromhex("4556000004000000")},
    ),
    "features_short": Fault(
        "Its features have four octets instead of eight.",
        "D27; Nordic DevZone 56389",
        table={"features": bytes.fromhex("45560000")},
    ),
    "bike_too": Fault(
        "It offers an indoor bike's data beside the treadmill's.",
        "D27; Horizon, qdomyos-zwift #175; UREVO",
        table={"surplus": (uuids.from_short(0x2AD2),)},
    ),
    "no_machine_status": Fault(
        "There is no Machine Status: the console's doings are not told.",
        "F42; consoles without 2ADA",
        table={"missing": frozenset({uuids.MACHINE_STATUS})},
    ),
    "no_name": Fault(
        "It advertises no name.",
        "F10; Horizon Omega Z, treadmill-runner",
        table={"named": False},
    ),
    "service_data_byte": Fault(
        "It advertises its kind in one octet instead of two.",
        "D27; pyftms, TrackMyIndoorWorkout",
        table={"service_data": bytes.fromhex("0101")},
    ),
    "service_data_swapped": Fault(
        "It advertises the two octets of its kind in the other order.",
        "D27; pyftms, TrackMyIndoorWorkout",
        table={"service_data": bytes.fromhex("010001")},
    ),
    "no_service_data": Fault(
        "It advertises the service and nothing of its kind.",
        "D27; TrackMyIndoorWorkout",
        table={"service_data": b""},
    ),
}

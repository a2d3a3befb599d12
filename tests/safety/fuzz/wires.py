"""What devices send, over the radio and over wires. What was read can be written and reads the
same, whole or in pieces; and nothing that a device sends raises a speed.
"""

import contextlib
import json
import math

from controller.decode import CHARACTERISTICS, document
from protocols import (
    csafe,
    device_information,
    grip,
    heart_rate,
    relay,
    running_speed,
    serial_machines,
)
from protocols.belt import BeltOrder, BeltReport, Control, Level, SpeedGrid
from protocols.conversation import Conversation
from protocols.dialect import Purpose
from protocols.errors import ProtocolError
from protocols.ftms import (
    advertising,
    features,
    machine_status,
    procedures,
    ranges,
    training_status,
    treadmill_data,
)
from protocols.ftms.control_point import ControlPoint

RANGES = (
    ranges.InclinationRange,
    ranges.ResistanceRange,
    ranges.HeartRateRange,
    ranges.PowerRange,
)
FASTEST_MPS = 0.3
"""The most that the orders of these talks ask for."""


def grip_lines(octets: bytes) -> None:
    whole, bitten = grip.GripParser(), grip.GripParser()
    frames = whole.feed(octets)
    assert frames == [frame for octet in octets for frame in bitten.feed(bytes([octet]))]
    assert whole.rejected == bitten.rejected
    for frame in frames:
        assert grip.GripParser().feed(grip.encode(frame)) == [frame]


def relay_lines(octets: bytes) -> None:
    for order in relay.order_parser().feed(octets):
        assert relay.order_parser().feed(relay.encode_order(order)) == [order]
    for status in relay.status_parser().feed(octets):
        assert relay.status_parser().feed(relay.encode_status(status)) == [status]


def treadmill_records(octets: bytes) -> None:
    """A speed is a magnitude; fragments in any order leave the next record readable."""
    speed_mps = treadmill_data.decode(octets).speed_mps
    assert speed_mps is None or (math.isfinite(speed_mps) and speed_mps >= 0)
    merger = treadmill_data.Merger()
    for at in range(0, len(octets), 9):
        merger.feed(octets[at : at + 9])
    merger.reset()
    whole = merger.feed(bytes((0, 0, 0x64, 0)))
    assert whole is not None
    assert whole.speed_mps is not None
    assert abs(whole.speed_mps - 1 / 3.6) < 1e-9


def control_point(octets: bytes) -> None:
    answer, asked = procedures.decode_response(octets), procedures.decode_request(octets)
    if answer is not None:
        again = procedures.response(answer.request_op, answer.result, answer.parameter)
        assert again == octets
    assert (asked is None) == (not octets)
    if asked is not None and asked.fault is None:
        written = procedures.request(procedures.OpCode(asked.op), *asked.values)
        assert written + asked.trailing == octets


def _ordered(octet: int, now_s: float) -> BeltOrder:
    """One of a few orders, by an octet."""
    speed_mps = octet % 4 * FASTEST_MPS / 3
    return BeltOrder(Level.RUN if octet % 3 else Level.STOP, speed_mps, now_s)


def control_talk(octets: bytes) -> None:
    """Whatever a machine answers, nothing but what a client may write is written."""
    grid = SpeedGrid(50, 600, 10, 360.0)
    point, now_s = ControlPoint(grid), 100.0
    for at in range(0, len(octets), 5):
        now_s += octets[at] / 100
        point.hear_answer(octets[at : at + 5], now_s)
        report = BeltReport(
            linked=True,
            control=Control.GRANTED,
            speed_mps=0.0,
            reported_at_s=now_s,
            rest_since_s=now_s - 9,
            grid=grid,
        )
        asked = point.next_write(_ordered(octets[at], now_s), report, now_s)
        assert asked is None or procedures.decode_request(asked) is not None
        assert point.set_point_mps <= FASTEST_MPS + 1e-9


def status(octets: bytes) -> None:
    machine_status.decode(octets)
    training_status.decode(octets)


def claims(octets: bytes) -> None:
    """What a device says of itself. A range without a fault makes a grid that never rounds up."""
    with contextlib.suppress(ProtocolError):
        grid = ranges.SpeedRange.from_bytes(octets).grid()
        for speed_mps in (0.0, 0.1, 0.44704, 0.89408, 3.0):
            assert grid.mps(grid.floor(speed_mps)) <= speed_mps
    for kind in RANGES:
        with contextlib.suppress(ProtocolError):
            kind.from_bytes(octets)
        with contextlib.suppress(ProtocolError):
            kind.as_claimed(octets)
    with contextlib.suppress(ProtocolError):
        found = features.Features.from_bytes(octets)
        named = features.Features.naming(found.machine_features, found.target_settings)
        assert named.machine_features == found.machine_features
    advertised = advertising.decode(octets)
    assert advertised is None or isinstance(advertised.available, bool)
    assert device_information.text(octets).isprintable() or octets
    device_information.system_id(octets)
    battery_pct = device_information.battery_pct(octets)
    assert battery_pct is None or 0 <= battery_pct <= 100


def worn_sensors(octets: bytes) -> None:
    beat, step = heart_rate.decode(octets), running_speed.decode(octets)
    assert all(seconds >= 0 for seconds in beat.rr_s)
    assert step.speed_mps is None or step.speed_mps >= 0
    heart_rate.body_location(octets)
    running_speed.features(octets)


def serial_answers(octets: bytes) -> None:
    """Of every serial machine: whole or octet by octet, the same news, of possible speeds."""
    for kind in serial_machines.KINDS:
        whole, bitten = serial_machines.dialect(kind), serial_machines.dialect(kind)
        news = whole.hear(octets)
        assert news == [each for octet in octets for each in bitten.hear(bytes([octet]))]
        assert whole.rejected == bitten.rejected
        speeds_mps = [each.speed_mps for each in news if each.speed_mps is not None]
        assert all(math.isfinite(mps) and mps >= 0 for mps in speeds_mps)
    for contents in csafe.FrameParser().feed(octets):
        assert csafe.FrameParser().feed(csafe.frame(contents)) == [contents]
        commands = csafe.read_request(contents)
        assert not commands or csafe.request(*commands) == csafe.frame(contents)


def serial_talk(octets: bytes) -> None:
    """Whatever a serial machine answers: under a Stop it is stopped or read, no more; and no
    set-point is above what was ordered."""
    for kind in serial_machines.KINDS:
        words = serial_machines.dialect(kind)
        harmless = {words.octets(each) for each in (Purpose.STOP, *words.polls)}
        talk, report, now_s = Conversation(words), BeltReport(linked=True), 100.0
        for at in range(0, len(octets), 7):
            now_s += octets[at] / 200
            report = talk.hear(octets[at + 1 : at + 7], report, now_s)
            order = _ordered(octets[at], now_s)
            written = talk.next_write(order, report, now_s)
            assert order.level is Level.RUN or written is None or written in harmless
            assert report.set_point_mps <= FASTEST_MPS + 1e-9


def shown(octets: bytes) -> None:
    """Whatever a characteristic says can be shown as JSON."""
    name = CHARACTERISTICS[octets[0] % len(CHARACTERISTICS)] if octets else "2acd"
    json.dumps(document(name, [octets[1:]]), allow_nan=False)


PARSERS = (
    *(grip_lines, relay_lines, treadmill_records, control_point, control_talk, status, claims),
    *(worn_sensors, serial_answers, serial_talk, shown),
)

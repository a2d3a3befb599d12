"""Every parser of Retrotread, as a function of octets that must not raise.

Each knows the one error that its parser may raise, and asks for what else must hold: what was read
can be written again and reads the same, whole or in pieces.
"""

import contextlib
import json
import math
import tomllib
from collections.abc import Callable

from controller import hatch, settings
from controller.decode import CHARACTERISTICS, document
from controller.mqtt import incoming
from controller.mqtt.reading import read, request_id
from controller.mqtt.refusals import Refused
from controller.programs import library, program
from controller.web import messages
from drivers import address
from protocols import device_information, grip, heart_rate, relay, running_speed
from protocols.belt import BeltOrder, BeltReport, Control, Level, SpeedGrid
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

Parser = Callable[[bytes], None]


def grip_lines(octets: bytes) -> None:
    """Whole or octet by octet, the same frames; and each can be written and read again."""
    whole, bitten = grip.GripParser(), grip.GripParser()
    frames = whole.feed(octets)
    assert frames == [frame for octet in octets for frame in bitten.feed(bytes([octet]))]
    assert whole.rejected == bitten.rejected
    for frame in frames:
        assert grip.GripParser().feed(grip.encode(frame)) == [frame]


def relay_lines(octets: bytes) -> None:
    """Each message can be written and read again."""
    for order in relay.order_parser().feed(octets):
        assert relay.order_parser().feed(relay.encode_order(order)) == [order]
    for status_ in relay.status_parser().feed(octets):
        assert relay.status_parser().feed(relay.encode_status(status_)) == [status_]


def treadmill_record(octets: bytes) -> None:
    """A speed is a magnitude; a whole record that fits can be sent again."""
    record = treadmill_data.decode(octets)
    speed_mps = record.speed_mps
    assert speed_mps is None or (math.isfinite(speed_mps) and speed_mps >= 0)
    assert record == treadmill_data.decode(bytes(octets))


def treadmill_fragments(octets: bytes) -> None:
    """Any fragments in any order leave the merger able to read the next record."""
    merger = treadmill_data.Merger()
    for at in range(0, len(octets), 9):
        merger.feed(octets[at : at + 9])
    merger.reset()
    whole = merger.feed(bytes((0, 0, 0x64, 0)))
    assert whole is not None
    assert whole.speed_mps is not None
    assert abs(whole.speed_mps - 1 / 3.6) < 1e-9


def control_answer(octets: bytes) -> None:
    answer = procedures.decode_response(octets)
    if answer is not None:
        again = procedures.response(answer.request_op, answer.result, answer.parameter)
        assert again == octets


def control_request(octets: bytes) -> None:
    asked = procedures.decode_request(octets)
    assert (asked is None) == (not octets)
    if asked is not None and asked.fault is None:
        written = procedures.request(procedures.OpCode(asked.op), *asked.values)
        assert written + asked.trailing == octets


def control_talk(octets: bytes) -> None:
    """Whatever a machine answers, nothing but what a client may write is written."""
    grid = SpeedGrid(50, 600, 10, 360.0)
    point, now_s = ControlPoint(grid), 100.0
    for at in range(0, len(octets), 5):
        now_s += octets[at] / 100
        point.hear_answer(octets[at : at + 5], now_s)
        speed_mps = (octets[at] % 4) * 0.1
        order = BeltOrder(Level.RUN if octets[at] % 3 else Level.STOP, speed_mps, now_s)
        report = BeltReport(
            linked=True,
            control=Control.GRANTED,
            speed_mps=0.0,
            reported_at_s=now_s,
            rest_since_s=now_s - 9,
            grid=grid,
        )
        asked = point.next_write(order, report, now_s)
        assert asked is None or procedures.decode_request(asked) is not None
        assert point.set_point_mps <= max(speed_mps, 0.3) + 1e-9


def status(octets: bytes) -> None:
    machine_status.decode(octets)
    training_status.decode(octets)


def speed_range(octets: bytes) -> None:
    """A range without a fault makes a grid whose speeds are never rounded up."""
    with contextlib.suppress(ProtocolError):
        grid = ranges.SpeedRange.from_bytes(octets).grid()
        for speed_mps in (0.0, 0.1, 0.44704, 0.89408, 3.0):
            assert grid.mps(grid.floor(speed_mps)) <= speed_mps


def other_ranges(octets: bytes) -> None:
    for kind in (
        ranges.InclinationRange,
        ranges.ResistanceRange,
        ranges.HeartRateRange,
        ranges.PowerRange,
    ):
        with contextlib.suppress(ProtocolError):
            kind.from_bytes(octets)
        with contextlib.suppress(ProtocolError):
            kind.as_claimed(octets)


def machine_features(octets: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        found = features.Features.from_bytes(octets)
        named = features.Features.naming(found.machine_features, found.target_settings)
        assert named.machine_features == found.machine_features


def advertisement(octets: bytes) -> None:
    found = advertising.decode(octets)
    assert found is None or isinstance(found.available, bool)


def heart(octets: bytes) -> None:
    read_once = heart_rate.decode(octets)
    assert all(seconds >= 0 for seconds in read_once.rr_s)
    heart_rate.body_location(octets)


def steps(octets: bytes) -> None:
    found = running_speed.decode(octets)
    assert found.speed_mps is None or found.speed_mps >= 0
    running_speed.features(octets)


def device(octets: bytes) -> None:
    assert device_information.text(octets).isprintable() or octets
    device_information.system_id(octets)
    battery_pct = device_information.battery_pct(octets)
    assert battery_pct is None or 0 <= battery_pct <= 100


def shown(octets: bytes) -> None:
    """Whatever a characteristic says can be shown as JSON."""
    name = CHARACTERISTICS[octets[0] % len(CHARACTERISTICS)] if octets else "2acd"
    json.dumps(document(name, [octets[1:]]), allow_nan=False)


def hatch_line(octets: bytes) -> None:
    message = hatch.decode(octets)
    if message is not None:
        assert hatch.decode(hatch.encode(message)) is not None


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def program_text(octets: bytes) -> None:
    """A program that is taken can be walked: every phase lasts, at a speed within bounds."""
    with contextlib.suppress(program.ProgramError):
        found = library.parse(_text(octets)).program
        assert all(phase.duration_s > 0 for phase in found.phases)
        assert all(0 <= phase.speed_mps <= 0.89408 + 1e-9 for phase in found.phases)


def settings_text(octets: bytes) -> None:
    """Settings that are taken have limits within the hard ones."""
    try:
        table = tomllib.loads(_text(octets))
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    with contextlib.suppress(settings.SettingsError):
        settings.parse(table)


def device_address(octets: bytes) -> None:
    for read_address in (address.treadmill, address.grip, address.relay):
        with contextlib.suppress(address.AddressError):
            assert read_address(_text(octets))


def page_message(octets: bytes) -> None:
    with contextlib.suppress(messages.MessageError):
        messages.read(_text(octets))


def mqtt_payload(octets: bytes) -> None:
    """Every model that comes over a broker; what is refused has a sentence."""
    assert request_id(octets) is None or len(request_id(octets) or "") <= 64
    for model in (
        incoming.Pause,
        incoming.Lower,
        incoming.RequestStart,
        incoming.RequestSpeed,
        incoming.RequestProgram,
        incoming.GripReading,
        incoming.FallReading,
        incoming.HeartRateReading,
    ):
        with contextlib.suppress(Refused):
            read(model, octets)


PARSERS: dict[str, Parser] = {
    parser.__name__: parser
    for parser in (
        grip_lines, relay_lines, treadmill_record, treadmill_fragments, control_answer,
        control_request, control_talk, status, speed_range, other_ranges, machine_features,
        advertisement, heart, steps, device, shown, hatch_line, program_text, settings_text,
        device_address, page_message, mqtt_payload,
    )
}  # fmt: skip

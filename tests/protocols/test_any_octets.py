"""Whatever a peer sends, every decoder there is answers, or raises the protocol's own error.

Treadmill Data, which has a layout for each of its flags, has a test of its own: ftms/.
"""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from protocols import device_information, grip, heart_rate, relay, running_speed, serial_machines
from protocols.belt import SpeedGrid
from protocols.errors import ProtocolError
from protocols.ftms import (
    advertising,
    features,
    machine_status,
    procedures,
    ranges,
    training_status,
)
from protocols.ftms.control_point import ControlPoint

LONGEST, BATCH = 40, 10_000
PIECE = 8
"""Octets of each packet that a wire's parser gets: it goes through them one by one."""
NOW_S = 100.0


def characteristics() -> dict[str, Callable[[bytes], object]]:
    """Each takes a packet: the first octets are its flags, its op code or its lowest figure."""
    point = ControlPoint(SpeedGrid(50, 600, 10, 360.0))
    kinds = (
        ranges.SpeedRange,
        ranges.InclinationRange,
        ranges.ResistanceRange,
        ranges.HeartRateRange,
        ranges.PowerRange,
    )
    return {
        "machine status": machine_status.decode,
        "training status": training_status.decode,
        "request": procedures.decode_request,
        "response": procedures.decode_response,
        "control point": lambda octets: point.hear_answer(octets, NOW_S),
        "features": features.Features.from_bytes,
        "advertisement": advertising.decode,
        "heart rate": heart_rate.decode,
        "body location": heart_rate.body_location,
        "running speed": running_speed.decode,
        "running speed features": running_speed.features,
        "text": device_information.text,
        "system": device_information.system_id,
        "battery": device_information.battery_pct,
        **{kind.__name__: kind.from_bytes for kind in kinds},
        **{f"{kind.__name__} as claimed": kind.as_claimed for kind in kinds},
    }


def wires() -> dict[str, Callable[[bytes], object]]:
    """Each takes pieces of one stream, and keeps what it has not understood yet."""
    return {
        "grip unit": grip.GripParser().feed,
        "relay, orders": relay.order_parser().feed,
        "relay, status": relay.status_parser().feed,
        **{kind: serial_machines.dialect(kind).hear for kind in serial_machines.KINDS},
    }


def packets(rng: Random, count: int) -> list[bytes]:
    """Of any length, and any octets."""
    lengths = rng.choices(range(LONGEST + 1), k=count)
    octets = rng.randbytes(sum(lengths))
    return list(_cut(octets, lengths))


def _cut(octets: bytes, lengths: list[int]) -> Iterator[bytes]:
    at = 0
    for length in lengths:
        yield octets[at : at + length]
        at += length


def survive(decode: Callable[[bytes], object], heard: list[bytes]) -> None:
    for octets in heard:
        try:
            decode(octets)
        except ProtocolError:
            pass
        except Exception as error:
            raise AssertionError(f"{octets.hex()} is {error!r}") from error


@pytest.mark.parametrize("count", [20_000, pytest.param(10_000_000, marks=pytest.mark.deep)])
@pytest.mark.timeout(7200)
def test_no_packet_is_an_error_of_any_other_kind(count: int) -> None:
    rng, by_packet, by_wire = Random(count), characteristics(), wires()
    for _ in range(count // BATCH):
        heard = packets(rng, BATCH)
        pieces = [octets[:PIECE] for octets in heard]
        for decode in by_packet.values():
            survive(decode, heard)
        for feed in by_wire.values():
            survive(feed, pieces)


def test_a_decoder_that_raises_anything_else_is_told_with_its_packet() -> None:
    with pytest.raises(AssertionError, match="00ff is ZeroDivisionError"):
        survive(lambda octets: octets[0] // octets[0], [b"\x01", b"\x00\xff"])

"""Times decoders of Treadmill Data and prints nanoseconds a packet as JSON.

    python -m benchmarks.parts.codec_rows [pyftms]

Standard library and `protocols` alone, so that the Python of a peer's environment can run it, too:
what is compared ran in one process, by turns.
"""

import json
import struct
import sys
import timeit
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from itertools import cycle
from typing import Any

from protocols.ftms import treadmill_data

NUMBER, REPEATS, ROUNDS = 200, 20, 20
"""Windows of a tenth of a millisecond: some of so many are not interrupted, and the least counts.
"""
FLAGS = 0x058C
"""Speed, distance, inclination, energy, heart rate, elapsed: what a home treadmill sends."""
PACKETS = [
    struct.pack("<HHHBhhHHBBH", FLAGS, 400 + n, n, 0, 5, 0, n, 90, 4, 96, n) for n in range(64)
]
FULL = [struct.pack("<H", 0x1FFE) + bytes([n, 1] + [7] * 30) for n in range(64)]

_LAYOUTS = {FLAGS: struct.Struct("<2xHHBhhHHBBH")}
Call = Callable[[], object]


def floor(octets: bytes) -> tuple[Any, ...]:
    """What no decoder can do without: look the layout up, and unpack."""
    return _LAYOUTS[octets[0] | octets[1] << 8].unpack(octets)


def best_ns(calls: dict[str, Call]) -> dict[str, float]:
    """Of one call each, the least over all windows, without what it takes to fetch a packet."""
    least = dict.fromkeys(("fetch", *calls), float("inf"))
    for _ in range(ROUNDS):
        for name, call in {"fetch": cycle(PACKETS).__next__, **calls}.items():
            taken_s = min(timeit.repeat(call, number=NUMBER, repeat=REPEATS))
            least[name] = min(least[name], taken_s / NUMBER * 1e9)
    fetch_ns = least.pop("fetch")
    return {name: round(ns - fetch_ns, 1) for name, ns in least.items()}


def of(decode: Callable[[Any], object], packets: Sequence[Any]) -> Call:
    following = cycle(packets).__next__
    return lambda: decode(following())


def rows() -> dict[str, Call]:
    record = treadmill_data.decode(PACKETS[0])
    return {
        "struct floor": of(floor, PACKETS),
        "decode, 19 octets": of(treadmill_data.decode, PACKETS),
        "decode, 34 octets": of(treadmill_data.decode, FULL),
        "decode and merge, 19 octets": of(treadmill_data.Merger().feed, PACKETS),
        "encode, 19 octets": of(lambda _: treadmill_data.encode(record), PACKETS),
    }


def pyftms() -> dict[str, Call]:
    """What bleak calls there for a notification."""
    updater: Any = import_module("pyftms.client.backends.updater")
    models: Any = import_module("pyftms.models")
    peer = updater.DataUpdater(models.TreadmillData, lambda _event: None)
    arrays = [bytearray(packet) for packet in PACKETS]
    return {"pyftms notify, 19 octets": of(partial(peer._on_notify, None), arrays)}


if __name__ == "__main__":
    told = best_ns(rows() | (pyftms() if "pyftms" in sys.argv[1:] else {}))
    sys.stdout.write(json.dumps({"python": sys.version.split()[0], "ns": told}))

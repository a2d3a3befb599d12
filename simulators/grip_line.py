"""A grip unit's wire: frames in, parcels of octets out, as a serial line fails. Pure, seeded.

The effects of `simulators.channel` befall the octets of each line. The edits of `LINES` write a
wrong line with a right check sum, as faulty firmware would.
"""

from binascii import crc_hqx
from collections.abc import Callable, Sequence

from protocols.grip import GripFrame, encode
from simulators.channel import EFFECTS, Channel, Parcel
from simulators.trouble import Clocks, Trouble


class GripLine:
    """The same seed and calls give the same octets."""

    def __init__(self, seed: int = 0) -> None:
        self._channel = Channel(seed + 3)

    def honest(self, frame: GripFrame) -> list[Parcel]:
        return [Parcel(0.0, encode(frame))]

    def carry(
        self, frame: GripFrame, troubles: Sequence[Trouble], clocks: Clocks, now_s: float
    ) -> list[Parcel]:
        """What arrives of a frame sent at `now_s`; nothing from a unit that is unplugged."""
        octets = encode(frame)
        for trouble in troubles:
            if trouble.what in LINES and trouble.active(clocks):
                octets = _signed(LINES[trouble.what](_fields(octets)))
            elif trouble.what == "unplugged" and trouble.active(clocks):
                return []
        wire = [trouble for trouble in troubles if trouble.what in EFFECTS]
        return self._channel.carry(octets, wire, clocks, now_s)


def _fields(line: bytes) -> list[bytes]:
    return line[1 : line.rindex(b"*")].split(b",")


def _signed(fields: list[bytes]) -> bytes:
    body = b",".join(fields)
    return b"$%b*%04X\r\n" % (body, crc_hqx(body, 0xFFFF))


def _replaced(index: int, text: bytes) -> Callable[[list[bytes]], list[bytes]]:
    return lambda fields: [*fields[:index], text, *fields[index + 1 :]]


LINES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "not a number": _replaced(3, b"nan"),
    "huge force": _replaced(3, b"1e308"),
    "negative force": _replaced(3, b"-1"),
    "other version": _replaced(1, b"2"),
    "field missing": lambda fields: fields[:-1],
}
"""Each changes one field of a line: version, sequence, left, right, flags or battery."""

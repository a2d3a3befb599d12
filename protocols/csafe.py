"""CSAFE, the fitness industry's serial protocol: frames, stuffing, checksum, commands, answers.

A frame is `F1 contents checksum F2`, or `F0 to from contents checksum F2`; the checksum is the XOR
of the contents. Octets F0 to F3 among contents and checksum are stuffed as F3 and their low bits.
Contents of a request are commands: an identifier of 0x80 or more stands alone, a lower one is
followed by a count and so many octets. Contents of an answer are a status, then identifier, count
and data of each command that has something to say.

Sources: CSAFE specification by its section numbers in csafe-fitness, qdomyos-zwift csafe.cpp.
"""

from collections.abc import Iterable
from functools import reduce
from operator import xor
from typing import NamedTuple

from protocols.units import KMH_PER_MPS, MPS_PER_MPH

BAUD = 9600
START, START_EXTENDED, END, STUFF = 0xF1, 0xF0, 0xF2, 0xF3
FRAME_LIMIT = 96
RUN = 8
SHORT = 0x80
"""Identifiers from here on carry no data."""

GET_STATUS, RESET, GO_IDLE, GO_HAVE_ID, GO_IN_USE = 0x80, 0x81, 0x82, 0x83, 0x85
GO_FINISHED, GO_READY, GET_SPEED, SET_SPEED, SET_GRADE = 0x86, 0x87, 0xA5, 0x25, 0x28

OK, REJECTED, BAD, NOT_READY = range(4)
"""What the machine says of the frame before, bits 5-4 of a status."""
ERROR, READY, IDLE, HAVE_ID, IN_USE, PAUSED, FINISHED, MANUAL, OFFLINE = 0, 1, 2, 3, 5, 6, 7, 8, 9
"""States, bits 3-0 of a status; bit 7 changes with every frame."""

TENTH_MPH, TENTH_KMH = 17, 49
SPEED_UNITS_MPS: dict[int, float] = {
    16: MPS_PER_MPH,
    TENTH_MPH: MPS_PER_MPH / 10,
    18: MPS_PER_MPH / 100,
    19: 0.3048 / 60,
    48: 1 / KMH_PER_MPS,
    TENTH_KMH: 0.1 / KMH_PER_MPS,
    50: 0.01 / KMH_PER_MPS,
    51: 1 / 60,
}
"""By code, one unit of speed in m/s: mph, its tenth and hundredth, ft/min, km/h likewise, m/min."""


class Command(NamedTuple):
    """One command of a request, or one part of an answer."""

    identifier: int
    data: bytes = b""


class Answer(NamedTuple):
    """What the status octet says, and the parts that follow."""

    previous: int
    state: int
    parts: tuple[Command, ...] = ()


def frame(contents: bytes) -> bytes:
    """The contents as a standard frame. The checksum is stuffed like everything else."""
    return bytes([START]) + _stuffed(contents + bytes([_checksum(contents)])) + bytes([END])


def request(*commands: Command) -> bytes:
    """One frame of commands."""
    return frame(b"".join(map(_command, commands)))


def answer(status: int, *parts: Command) -> bytes:
    """One frame of an answer: what a simulated machine says."""
    body = b"".join(bytes([part.identifier, len(part.data)]) + part.data for part in parts)
    return frame(bytes([status]) + body)


def speed_data(units: int, code: int) -> bytes:
    """A speed as the data of SET_SPEED, and of an answer to GET_SPEED."""
    return max(0, min(units, 0xFFFF)).to_bytes(2, "little") + bytes([code])


def speed_mps(data: bytes) -> float | None:
    """The speed in such data; None if it is of another length or unit."""
    if len(data) != 3 or data[2] not in SPEED_UNITS_MPS:
        return None
    return int.from_bytes(data[:2], "little") * SPEED_UNITS_MPS[data[2]]


def read_request(contents: bytes) -> tuple[Command, ...] | None:
    """The commands in a frame's contents; None if they are cut off."""
    commands: list[Command] = []
    while contents:
        if contents[0] >= SHORT:
            commands.append(Command(contents[0]))
            contents = contents[1:]
            continue
        part, contents = _part(contents)
        if part is None:
            return None
        commands.append(part)
    return tuple(commands)


def read_answer(contents: bytes) -> Answer | None:
    """The answer in a frame's contents; None if it is empty or cut off."""
    if not contents:
        return None
    status, contents = contents[0], contents[1:]
    parts: list[Command] = []
    while contents:
        part, contents = _part(contents)
        if part is None:
            return None
        parts.append(part)
    return Answer(status >> 4 & 0x03, status & 0x0F, tuple(parts))


class FrameParser:
    """Contents out of a stream of octets. Never raises, and finds its place at each start octet.

    `rejected` counts frames that came to nothing, and octets outside of any, once for every `RUN`.
    Between calls it keeps one unfinished frame.
    """

    def __init__(self) -> None:
        self._pending: bytearray | None = None
        self._extended = False
        self._stray = 0
        self.rejected = 0

    def feed(self, octets: bytes) -> list[bytes]:
        """The contents of the frames that `octets` complete, oldest first."""
        found = (self._take(octet) for octet in octets)
        return [contents for contents in found if contents is not None]

    def _take(self, octet: int) -> bytes | None:
        if octet in (START, START_EXTENDED):
            self.rejected += self._pending is not None
            self._pending, self._extended = bytearray(), octet == START_EXTENDED
        elif self._pending is None:
            self._stray += 1
            self.rejected += self._stray % RUN == 0
        elif octet == END:
            return self._complete(bytes(self._pending))
        elif len(self._pending) == FRAME_LIMIT - 2:
            self._drop()
        else:
            self._pending.append(octet)
        return None

    def _complete(self, stuffed: bytes) -> bytes | None:
        octets = _unstuffed(stuffed)
        body = None if octets is None else octets[2:] if self._extended else octets
        if not body or _checksum(body):
            self._drop()
            return None
        self._pending = None
        return body[:-1]

    def _drop(self) -> None:
        self._pending = None
        self.rejected += 1


def _checksum(octets: bytes) -> int:
    """Over contents and checksum together it is zero."""
    return reduce(xor, octets, 0)


def _command(command: Command) -> bytes:
    if command.identifier >= SHORT:
        return bytes([command.identifier])
    return bytes([command.identifier, len(command.data)]) + command.data


def _part(octets: bytes) -> tuple[Command | None, bytes]:
    """Identifier, count and data at the front, and what follows; None if they are cut off."""
    end = 2 + octets[1] if len(octets) >= 2 else 2
    if len(octets) < end:
        return None, b""
    return Command(octets[0], octets[2:end]), octets[end:]


def _stuffed(octets: Iterable[int]) -> bytes:
    return b"".join(
        bytes([STUFF, octet & 0x03])
        if octet >= START_EXTENDED and octet <= STUFF
        else bytes([octet])
        for octet in octets
    )


def _unstuffed(octets: bytes) -> bytes | None:
    """None if a stuffed octet is none that can be."""
    plain = bytearray()
    stuffed = False
    for octet in octets:
        if stuffed and octet > 0x03:
            return None
        if octet == STUFF:
            stuffed = True
            continue
        plain.append(START_EXTENDED | octet if stuffed else octet)
        stuffed = False
    return None if stuffed else bytes(plain)

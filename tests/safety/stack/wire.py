"""The grip unit's cable, in memory: real lines from the simulated sensor to the real driver."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from drivers.links import LinkError
from protocols.grip import GripFrame, encode
from tests.safety.stack.log import GRIP, Log


class GripWire:
    """A `ByteLink`. `silent`: nothing comes. `noise`: chance of a flipped bit in a line.

    `stuck`: both hands read as held. `chatters`: contacts that open and close at 20 Hz.
    `flood`: how often each line comes. `torn`: lines arrive in two pieces.
    """

    def __init__(self, log: Log, rng: Random) -> None:
        self._log = log
        self._rng = rng
        self._on_octets: Callable[[bytes], None] | None = None
        self._on_lost: Callable[[str], None] = lambda _why: None
        self.plugged = True
        self.silent = self.stuck = self.chatters = self.torn = False
        self.noise = 0.0
        self.flood = 1
        self.opened = 0

    def open(self) -> "GripWire":
        self.opened += 1
        if not self.plugged:
            raise LinkError("The grip unit's port is not there: plug it in.")
        return self

    def start(self, on_octets: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self._on_octets, self._on_lost = on_octets, on_lost

    def write(self, octets: bytes) -> bool:
        return True

    def close(self) -> None:
        self._on_octets = None

    def unplug(self) -> None:
        self.plugged = False
        if self._on_octets is not None:
            self._on_lost("The grip unit was unplugged.")

    def send(self, frame: GripFrame, now_s: float) -> None:
        if self._on_octets is None or self.silent:
            return
        octets = self._damaged(encode(self._read(frame, now_s))) * self.flood
        self._log.add(GRIP, now_s, octets)
        cut = self._rng.randrange(len(octets)) if self.torn else 0
        for piece in (octets[:cut], octets[cut:]):
            if piece and self._on_octets is not None:
                self._on_octets(piece)

    def _read(self, frame: GripFrame, now_s: float) -> GripFrame:
        if self.stuck:
            return replace(frame, left_held=True, right_held=True)
        if self.chatters and int(now_s * 40) % 2:
            return replace(frame, left_held=False, right_held=False)
        return frame

    def _damaged(self, line: bytes) -> bytes:
        if not self.noise or self._rng.random() >= self.noise:
            return line
        at, bit = self._rng.randrange(len(line)), 1 << self._rng.randrange(8)
        return line[:at] + bytes([line[at] ^ bit]) + line[at + 1 :]

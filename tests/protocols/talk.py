"""A conversation with a simulated serial machine on a line in memory that can be broken."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from protocols.belt import BeltOrder, BeltReport, Level
from protocols.conversation import Conversation
from protocols.serial_machines import KINDS, USUAL, Fitting, dialect
from simulators.faults import afflicted
from simulators.serial_machine import SerialMachine
from simulators.serial_machines import machine
from simulators.treadmill import Treadmill

DT_S, TICK_S, LINE_S = 0.01, 0.05, 0.01
WALK_MPS = 0.4
every_kind = pytest.mark.parametrize("kind", KINDS)

Mangle = Callable[[bytes], bytes]


class Talk:
    """Decides anew at every tick while `deciding`. `outward` and `inward` change what passes.

    `requests` are what the machine understood: (when, event, octets, accepted); `written` every
    write: (when, octets).
    """

    def __init__(self, kind: str, *faults: str, fitting: Fitting = USUAL) -> None:
        self.now_s = 100.0
        self.requests: list[tuple[float, str, bytes, bool]] = []
        self.written: list[tuple[float, bytes]] = []
        self.treadmill = Treadmill(afflicted(faults))
        self.machine: SerialMachine = machine(kind, self.treadmill, self._requested)
        self._words = lambda: dialect(kind, fitting)
        self.outward: Mangle = bytes
        self.inward: Mangle = bytes
        self.deciding = True
        self.order = BeltOrder()
        self._line: deque[tuple[float, bool, bytes]] = deque()
        self.connect()

    def connect(self) -> None:
        """A new connection: nothing of the old one is left, but the order that stands."""
        self.conversation = Conversation(self._words())
        self.report = self.conversation.noted(BeltReport(linked=True))
        self._line.clear()

    @property
    def belt_mps(self) -> float:
        return self.machine.belt.speed_mps

    def order_to(self, level: Level, speed_mps: float = 0.0, *, reverse: bool = False) -> None:
        self.order = BeltOrder(level, speed_mps, self.now_s, reverse)
        self._tick()

    def wait(self, seconds: float) -> None:
        for step in range(round(seconds / DT_S)):
            self.now_s += DT_S
            self._move()
            if step % round(TICK_S / DT_S) == 0:
                self._decide()

    def ready(self, *, reverse: bool = False) -> None:
        self.wait(1.5)
        self.order_to(Level.READY, reverse=reverse)
        self.wait(1.0)

    def walk(self, speed_mps: float = WALK_MPS, *, reverse: bool = False) -> None:
        self.ready(reverse=reverse)
        self.order_to(Level.RUN, speed_mps, reverse=reverse)
        self.wait(6.0)

    def events(self, since_s: float = 0.0) -> list[str]:
        return [event for at_s, event, _, _ in self.requests if at_s >= since_s]

    def times(self, event: str, since_s: float = 0.0) -> list[float]:
        return [at_s for at_s, e, _, _ in self.requests if e == event and at_s >= since_s]

    def say(self, octets: bytes) -> None:
        """As if the machine had said so."""
        self.report = self.conversation.hear(octets, self.report, self.now_s)

    def _decide(self) -> None:
        if self.deciding:
            self.order = replace(self.order, decided_at_s=self.now_s)
        self._tick()

    def _tick(self) -> None:
        octets = self.conversation.next_write(self.order, self.report, self.now_s)
        self.report = self.conversation.noted(self.report)
        if octets is not None:
            self.written.append((self.now_s, octets))
            self._line.append((self.now_s + LINE_S, True, self.outward(octets)))

    def _move(self) -> None:
        self.treadmill.advance(DT_S)
        said = self.machine.pass_time(DT_S)
        if said:
            self._line.append((self.now_s + LINE_S, False, self.inward(said)))
        for outward, octets in self._arriving():
            if outward:
                answer = self.machine.take(octets)
                self._line.append((self.now_s + LINE_S, False, self.inward(answer)))
            elif octets:
                self.say(octets)
                self._tick()

    def _arriving(self) -> Iterator[tuple[bool, bytes]]:
        while self._line and self._line[0][0] <= self.now_s:
            _, outward, octets = self._line.popleft()
            yield outward, octets

    def _requested(self, event: str, _at_ns: int, octets: bytes, accepted: bool) -> None:
        self.requests.append((self.now_s, event, octets, accepted))

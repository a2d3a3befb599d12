"""One connection as the air sees it: two ends, connection events, and the silence that ends it."""

import asyncio
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bumble import hci
from bumble.controller import Connection

SHORTEST_INTERVAL_S = 0.0075
"""Core 5.4, Vol 6, Part B, 4.5.1: connInterval is at least 7.5 ms."""

ROUNDING = 1e-3
"""Of an interval: a timer may fire a hair early, and that event is then over, not still to come."""

INTERVAL_UNIT_S = 0.00125
SUPERVISION_UNIT_S = 0.01
"""The units of an HCI connection interval and of an HCI supervision timeout."""

Delivery = Callable[[Connection], None]
"""What a packet does to the end that receives it."""


@dataclass(frozen=True, slots=True)
class Physics:
    """How the air behaves. The default is as fast as the machine goes, and loses nothing, so that
    what is measured over it is the software and not the air.

    - `interval_s`: packets travel at connection events this far apart; 0 means at once.
    - `supervision_s`: silence after which both ends report a lost link (0x08). 0.42 s is the
      Linux kernel's default.
    - `loss`: the share of connection events and advertisements that fail, 0 ≤ loss ≤ 1.
    """

    interval_s: float = 0.0
    supervision_s: float = 0.42
    loss: float = 0.0
    seed: int = 0

    @property
    def interval_units(self) -> int:
        """The interval as HCI reports it; never below the shortest one there is."""
        return round(max(self.interval_s, SHORTEST_INTERVAL_S) / INTERVAL_UNIT_S)

    @property
    def supervision_units(self) -> int:
        return round(self.supervision_s / SUPERVISION_UNIT_S)


class RadioLink:
    """Carries packets between two ends in order, each at the next event that succeeds."""

    def __init__(self, central: Connection, peripheral: Connection, physics: Physics) -> None:
        self.ends = [central, peripheral]
        self.interval_s = physics.interval_s
        self.supervision_s = physics.supervision_s
        self._loss = physics.loss
        self._dice = random.Random(f"{physics.seed}/{central.peer_address}/{central.handle}")
        self._loop = asyncio.get_running_loop()
        self._anchor_s = self._heard_s = self._loop.time()
        self._waiting: deque[tuple[Connection, Delivery]] = deque()
        self._event: asyncio.Handle | None = None
        self._supervision: asyncio.TimerHandle | None = None
        self._vanished = False

    def has(self, end: Connection) -> bool:
        return any(known is end for known in self.ends)

    def send(self, sender: Connection, delivery: Delivery) -> None:
        """Queue one packet for the end that is not `sender`."""
        far = next((end for end in self.ends if end is not sender), None)
        if far is None:
            return
        if not self._waiting and self._supervision is None:
            # Empty packets keep an idle link alive, so silence is counted from here.
            self._heard_s = self._loop.time()
        self._waiting.append((far, delivery))
        self._schedule()

    def part(self, end: Connection) -> None:
        """An end has left the link in good order; what it sent before still travels."""
        self.ends = [known for known in self.ends if known is not end]
        if not self.ends:
            self.close()

    def vanish(self, end: Connection) -> None:
        """An end's radio died: the other end hears nothing any more."""
        self._vanished = True
        self._waiting.clear()
        self.part(end)
        self.silence()

    def silence(self) -> None:
        """Begin to count the supervision timeout."""
        if self.ends and self._supervision is None:
            self._supervision = self._loop.call_later(self.supervision_s, self._lose)

    def resume(self) -> None:
        """The ends hear each other again, unless one of them is no more."""
        if self._vanished or self._supervision is None:
            return
        self._supervision.cancel()
        self._supervision = None
        self._heard_s = self._loop.time()
        self._schedule()

    def close(self) -> None:
        for handle in (self._event, self._supervision):
            if handle is not None:
                handle.cancel()
        self._event = self._supervision = None
        self._waiting.clear()

    def _schedule(self, *, again: bool = False) -> None:
        if self._event is not None or self._supervision is not None or not self._waiting:
            return
        interval_s = max(self.interval_s, SHORTEST_INTERVAL_S) if again else self.interval_s
        if interval_s == 0:
            self._event = self._loop.call_soon(self._connection_event)
            return
        elapsed_s = self._loop.time() - self._anchor_s
        events = math.floor(elapsed_s / interval_s + ROUNDING) + 1
        self._event = self._loop.call_at(
            self._anchor_s + events * interval_s, self._connection_event
        )

    def _connection_event(self) -> None:
        self._event = None
        if self._supervision is not None:
            return
        now_s = self._loop.time()
        if self._dice.random() < self._loss:
            if now_s - self._heard_s >= self.supervision_s:
                self._lose()
            else:
                self._schedule(again=True)
            return
        self._heard_s = now_s
        for _ in range(len(self._waiting)):
            far, delivery = self._waiting.popleft()
            if self.has(far):
                delivery(far)

    def _lose(self) -> None:
        lost, self.ends = self.ends, []
        self.close()
        for end in lost:
            end.controller.on_le_disconnected(end, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

"""A relay unit on a pty or a TCP port; its contact is the simulated treadmill's safety circuit.

An open contact is a pulled safety key. The unit keeps the rules of `protocols.relay_unit`.
"""

import random
import time
from collections.abc import Callable

from protocols.lines import WORD_LIMIT
from protocols.relay import Order, Status, Word, encode_status, order_parser
from protocols.relay_unit import Unit, heard, waited
from simulators.wire import Wire

STATUS_S = 0.1

OnContact = Callable[[bool], None]
OnOrder = Callable[[Order], None]


class RelayUnit:
    """`on_contact` comes with each change of the contact, `on_order` with each whole order."""

    def __init__(self, wire: Wire, on_contact: OnContact, on_order: OnOrder, seed: int = 0) -> None:
        self._wire = wire
        self._on_contact = on_contact
        self._on_order = on_order
        self._parser = order_parser()
        self._unit = Unit(trip=random.Random(seed).randrange(WORD_LIMIT))
        self._sequence = 0
        self._told_at_s = float("-inf")

    def begin(self) -> None:
        self._wire.listen(self._take)
        self._on_contact(self._unit.closed)

    def look(self) -> None:
        """Time has passed: open if it is due, and say how things stand."""
        now_s = time.monotonic()
        self._now(waited(self._unit, now_s))
        if now_s - self._told_at_s >= STATUS_S:
            self._tell(now_s)

    def _take(self, octets: bytes) -> None:
        for order in self._parser.feed(octets):
            if order.word is not Word.BEAT:
                self._on_order(order)
            self._now(heard(self._unit, order, time.monotonic()))

    def _now(self, unit: Unit) -> None:
        before, self._unit = self._unit, unit
        if unit.closed is not before.closed:
            self._on_contact(unit.closed)
        if (unit.closed, unit.trip) != (before.closed, before.trip):
            self._tell(time.monotonic())

    def _tell(self, now_s: float) -> None:
        self._told_at_s = now_s
        self._sequence = (self._sequence + 1) & WORD_LIMIT
        status = Status(self._sequence, self._unit.closed, self._unit.trip)
        self._wire.send(encode_status(status))

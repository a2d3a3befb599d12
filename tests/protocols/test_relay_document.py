"""What docs/relay.md shows is what the protocol is: its lines, and its unit in MicroPython."""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from protocols.relay import Order, Status, Word, encode_order, encode_status, status_parser
from protocols.relay_unit import Unit, heard, waited

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "relay.md").read_text()
TURN_MS = 10
LAST_MS = 4000


def python(page: str, holding: str) -> str:
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return next(block for block in blocks if holding in block)


def test_the_worked_examples_are_the_lines_that_are_sent() -> None:
    for line in (
        encode_order(Order(7, Word.BEAT)),
        encode_order(Order(65535, Word.CLOSE, 1042)),
        encode_status(Status(12, True, 1042)),
    ):
        assert f"\n{line.decode().strip()}\n" in PAGE


class Ended(Exception):  # noqa: N818 - the end of a script
    pass


class Board:
    """As much of a microcontroller as the page uses, on a clock of its own; `host` says what is
    due at each millisecond, knowing the trip."""

    def __init__(self, host: Callable[[int, int], list[Word]]) -> None:
        self.now_ms = 0
        self.coil = 0
        self.seen: list[tuple[int, bool, int]] = []
        self.orders: list[tuple[int, Order]] = []
        self._host = host
        self._waiting: list[bytes] = []
        self._parser = status_parser()

    def value(self, *level: int) -> int:
        (self.coil,) = level or (self.coil,)
        return self.coil

    def feed(self) -> None:
        """The watchdog."""

    def readline(self) -> bytes | None:
        self.now_ms += TURN_MS
        if self.now_ms > LAST_MS:
            raise Ended
        trip = self.seen[-1][2] if self.seen else 0
        for word in self._host(self.now_ms, trip):
            order = Order(len(self.orders) + 1, word, trip)
            self.orders.append((self.now_ms, order))
            self._waiting.append(encode_order(order))
        return self._waiting.pop(0) if self._waiting else None

    def write(self, octets: bytes) -> None:
        [status] = self._parser.feed(octets)
        self.seen.append((self.now_ms, status.closed, status.trip))


def beats_then_silence(now_ms: int, _trip: int) -> list[Word]:
    """Beats to 900, close at 550; a late close; then a whole second life and an opening."""
    script = {550: [Word.CLOSE], 1600: [Word.CLOSE], 2200: [Word.BEAT], 2250: [Word.CLOSE]}
    script |= {ms: [Word.BEAT] for ms in range(200, 1000, 100)}
    script |= {2400: [Word.OPEN], 2450: [Word.BEAT], 2950: [Word.CLOSE]}
    return script.get(now_ms, [])


def test_the_unit_of_the_page_keeps_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board(beats_then_silence)
    pin = type("Pin", (), {"OUT": 1, "__new__": lambda _cls, *_args, **_named: board})
    machine = SimpleNamespace(UART=lambda *_: board, WDT=lambda **_: board, Pin=pin)
    monkeypatch.setitem(sys.modules, "machine", machine)  # type: ignore[arg-type]
    monkeypatch.setattr(time, "ticks_ms", lambda: board.now_ms, raising=False)
    monkeypatch.setattr(time, "ticks_diff", lambda late, early: late - early, raising=False)
    names: dict[str, object] = {"contact_closed": lambda: board.coil}
    exec(python((DOCS / "grip-unit.md").read_text(), "def crc"), names)  # noqa: S102 - our page
    with pytest.raises(Ended):
        exec(python(PAGE, "def obey"), names)  # noqa: S102
    unit, orders = Unit(trip=board.seen[0][2]), list(board.orders)
    for now_ms, closed, trip in board.seen:
        while orders and orders[0][0] <= now_ms:
            at_ms, order = orders.pop(0)
            unit = heard(unit, order, at_ms / 1000)
        unit = waited(unit, (now_ms + 1) / 1000)
        assert (closed, trip) == (unit.closed, unit.trip), now_ms
    closed_ms = [now_ms for now_ms, closed, _ in board.seen if closed]
    assert closed_ms == [*range(600, 1400, 100), 2300]

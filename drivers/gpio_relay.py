"""A relay behind one GPIO line of this computer: an edge with each heartbeat, or it drops.

The line drives a charge pump or a watchdog timer, which lets go when edges stop coming, at
whatever level the line stands. This computer follows the relay unit's rules in its place; the
contact is not read back, so `closed` says what the edges have asked for.
"""

import asyncio
import contextlib
import importlib
import time
from collections.abc import Callable
from types import ModuleType
from typing import Protocol, Self

from drivers.links import LinkError
from protocols.lines import WORD_LIMIT
from protocols.relay import Order, Word
from protocols.relay_unit import HOLD_S, Unit, heard, waited

LOOK_S = HOLD_S / 10


class Line(Protocol):
    """An output line."""

    def set(self, high: bool) -> None: ...

    def release(self) -> None: ...


class GpioRelay:
    """No edge leaves but for a heartbeat while the contact may be closed."""

    def __init__(
        self,
        line: Line,
        on_news: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._on_news = on_news
        self._clock = clock
        self._unit = Unit()
        self._sequence = 0
        self._high = False
        self._task: asyncio.Task[None] | None = None

    @property
    def closed(self) -> bool:
        return self._unit.closed

    def beat(self) -> None:
        self._obey(Word.BEAT)
        if self.closed:
            self._edge()

    def open(self) -> None:
        self._obey(Word.OPEN)

    def close(self) -> None:
        self._obey(Word.CLOSE)

    async def __aenter__(self) -> Self:
        self._on_news()
        self._task = asyncio.create_task(self._pass_time())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._line.release()

    def _obey(self, word: Word) -> None:
        self._sequence = (self._sequence + 1) & WORD_LIMIT
        order = Order(self._sequence, word, self._unit.trip)
        self._now(heard(self._unit, order, self._clock()))

    async def _pass_time(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            self._now(waited(self._unit, self._clock()))

    def _now(self, unit: Unit) -> None:
        before, self._unit = self._unit, unit
        if unit.closed is not before.closed:
            self._on_news()
        if before.closed and not unit.closed:
            self._high = True
            self._edge()

    def _edge(self) -> None:
        """To the other level; after an opening always to the low one."""
        self._high = not self._high
        self._line.set(self._high)


class _GpiodLine:
    """One line of libgpiod 2."""

    def __init__(self, gpiod: ModuleType, chip: str, line: int) -> None:
        self._value = gpiod.line.Value
        self._number = line
        settings = gpiod.LineSettings(
            direction=gpiod.line.Direction.OUTPUT, output_value=self._value.INACTIVE
        )
        self._request = gpiod.request_lines(chip, consumer="retrotread", config={line: settings})

    def set(self, high: bool) -> None:
        """A line that has gone takes no edge: then the relay drops."""
        with contextlib.suppress(OSError):
            self._request.set_value(
                self._number, self._value.ACTIVE if high else self._value.INACTIVE
            )

    def release(self) -> None:
        self._request.release()


def open_line(chip: str, line: int) -> Line:
    """Line number `line` of `chip` ("/dev/gpiochip0"), low. Raises: `LinkError`."""
    try:
        # Only when asked for: few computers have lines, and it is an extra of the distribution.
        gpiod = importlib.import_module("gpiod")
    except ModuleNotFoundError as error:
        raise LinkError(
            f"The relay gpio:{chip}:{line} needs libgpiod: install retrotread[gpio]."
        ) from error
    try:
        return _GpiodLine(gpiod, chip, line)
    except (OSError, ValueError) as error:
        raise LinkError(
            f"Line {line} of {chip} cannot be had. Check its number, and that you may use it."
        ) from error

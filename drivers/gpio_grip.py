"""Two grip contacts on GPIO lines of this computer: closed is held.

Each contact pulls its line to ground against the chip's own pull-up, so that a cut wire reads as
released. Two lines tell of no pull-cord: with these contacts it is the treadmill's own, which cuts
the motor and needs nobody to tell.
"""

import asyncio
import contextlib
import importlib
import time
from collections.abc import Callable
from types import ModuleType
from typing import Protocol, Self

from drivers.links import LinkError
from drivers.reconnect import delays_s
from protocols.grip import GripFrame, GripReport, fold
from protocols.lines import WORD_LIMIT

LOOK_S = 0.01


class Contacts(Protocol):
    """Two input lines."""

    def held(self) -> tuple[bool, bool]:
        """Left and right. Raises: `OSError` when the lines have gone."""
        ...

    def release(self) -> None: ...


class GpioGrip:
    """Looks a hundred times a second. `open_contacts` blocks and may raise `LinkError`."""

    def __init__(
        self,
        open_contacts: Callable[[], Contacts],
        on_news: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_contacts = open_contacts
        self._on_news = on_news
        self._clock = clock
        self._sequence = 0
        self._task: asyncio.Task[None] | None = None
        self.report = GripReport()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_open())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep_open(self) -> None:
        delays = delays_s()
        while True:
            with contextlib.suppress(LinkError):
                contacts = await asyncio.to_thread(self._open_contacts)
                delays = delays_s()
                try:
                    await self._look_on(contacts)
                finally:
                    contacts.release()
                    self.report = GripReport()
                    self._on_news()
            await asyncio.sleep(next(delays))

    async def _look_on(self, contacts: Contacts) -> None:
        """Until the lines have gone: then both hands are off."""
        with contextlib.suppress(OSError):
            while True:
                self._look(*contacts.held())
                await asyncio.sleep(LOOK_S)

    def _look(self, left: bool, right: bool) -> None:
        before = self.report.frame
        self._sequence = (self._sequence + 1) & WORD_LIMIT
        frame = GripFrame(self._sequence, left_held=left, right_held=right, tether=True)
        self.report = fold(self.report, frame, self._clock())
        if (before.left_held, before.right_held, before.tether) != (left, right, True):
            self._on_news()


class _GpiodContacts:
    """Two lines of libgpiod 2."""

    def __init__(self, gpiod: ModuleType, chip: str, left: int, right: int) -> None:
        self._active = gpiod.line.Value.ACTIVE
        self._lines = [left, right]
        settings = gpiod.LineSettings(
            direction=gpiod.line.Direction.INPUT, bias=gpiod.line.Bias.PULL_UP, active_low=True
        )
        self._request = gpiod.request_lines(
            chip, consumer="retrotread", config={(left, right): settings}
        )

    def held(self) -> tuple[bool, bool]:
        left, right = (value == self._active for value in self._request.get_values(self._lines))
        return left, right

    def release(self) -> None:
        self._request.release()


def open_contacts(place: str) -> Contacts:
    """The contacts at `gpio:CHIP:LEFT:RIGHT`. Raises: `LinkError`."""
    _, chip, left, right = place.split(":")
    try:
        # Only when asked for: few computers have lines, and it is an extra of the distribution.
        gpiod = importlib.import_module("gpiod")
    except ModuleNotFoundError as error:
        raise LinkError(
            f"The grip contacts {place} need libgpiod: install retrotread[gpio]."
        ) from error
    try:
        return _GpiodContacts(gpiod, chip, int(left), int(right))
    except (OSError, ValueError) as error:
        raise LinkError(
            f"Lines {left} and {right} of {chip} cannot be had. Check their numbers, and that you "
            "may use them."
        ) from error

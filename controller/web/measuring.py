"""What the desk knows of a commissioning: one that goes on, or the outcome of the last one."""

import math
from collections.abc import Callable

from controller.hatch import Message
from controller.web import messages
from controller.web.messages import Commissioning

FRESH_S = 1.0
"""A commissioner speaks ten times a second, as control does."""


class Measuring:
    """Fed with what a commissioner says in control's place."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._latest: Commissioning | None = None
        self._heard_at_s = -math.inf

    @property
    def goes_on(self) -> bool:
        """A commissioner was heard just now, and its commissioning is not over."""
        heard = self._clock() - self._heard_at_s <= FRESH_S
        return heard and self._latest is not None and not self._latest.over

    @property
    def shown(self) -> Commissioning | None:
        """For a page that comes."""
        over = self._latest is not None and self._latest.over
        return self._latest if over or self.goes_on else None

    def take(self, message: Message) -> str | None:
        """What every page is told of it; None for what is no such message."""
        told = messages.commissioning(message)
        if told is None:
            return None
        self._latest, self._heard_at_s = told, self._clock()
        return told.model_dump_json()

    def ended(self) -> None:
        """Control is heard again: one that was not over was lost."""
        if self._latest is not None and not self._latest.over:
            self._latest = None

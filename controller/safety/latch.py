"""The latch: a trip that stays until a person resets it (S9)."""

from typing import NamedTuple

from controller.safety.conditions import SETTLED_S
from controller.safety.duration import lasted_s, since
from controller.safety.interlocks import BY_NAME
from controller.safety.interlocks.row import Interlock
from controller.safety.rest import REST
from controller.safety.view import View


class Latch(NamedTuple):
    """Why the belt was stopped. `clear_since_s`: since when the cause is absent, None while it
    is not. An unlatched session has no `Latch` at all."""

    cause: str
    tripped_at_s: float
    clear_since_s: float | None = None

    @property
    def row(self) -> Interlock:
        return BY_NAME[self.cause]


def watch(latch: Latch, view: View) -> Latch:
    """The latch after one more turn."""
    clear_since_s = since(latch.clear_since_s, latch.row.cleared(view), view.now_s)
    return Latch(latch.cause, latch.tripped_at_s, clear_since_s)


def missing(latch: Latch, view: View) -> tuple[str, ...]:
    """What still stands between the latch and a reset, as sentences; empty when nothing does.

    A reset counts only if it is pressed after this is empty: a key held down resets nothing.
    """
    unmet = []
    if not lasted_s(latch.clear_since_s, view.now_s) >= SETTLED_S:
        unmet.append(latch.row.clears)
    return (*unmet, *(sentence for rests, sentence in REST if not rests(view)))

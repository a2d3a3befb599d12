"""Where the marks of events go, so that none covers another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from controller.records.course import Event
from controller.records.report.scale import Scale

GRAVE = frozenset({"trip", "released", "stop_sent", "rest", "pain", "pause", "slowing", "refused"})
LETTER_PX, BOLD_PX = 5.6, 7.4
"""Widths of a letter, generously."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag for the events from number `first` to `last`. `x` in px; `grave`: a stop, or what
    belongs to one."""

    x: float
    first: int
    last: int
    grave: bool

    @property
    def text(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def width(self) -> float:
        """Of its box, px."""
        return 6 + LETTER_PX * len(self.text)


@dataclass(frozen=True, slots=True)
class Label:
    """A text at `x` px, in a row of its own where another would overlap it. 0 is the top row."""

    x: float
    row: int
    text: str
    after: bool
    """It stands to the right of its line."""


def flags(events: Sequence[Event], x: Scale) -> list[Flag]:
    """Every event has a number, from 1; those too near to each other share a flag."""
    found: list[Flag] = []
    for number, event in enumerate(events, 1):
        found.append(Flag(x.at(event.at_s), number, number, event.kind in GRAVE))
        while len(found) > 1 and _touch(*found[-2:]):
            after, before = found.pop(), found.pop()
            grave = before.grave or after.grave
            found.append(Flag(before.x, before.first, after.last, grave))
    return found


def _touch(before: Flag, after: Flag) -> bool:
    return after.x - before.x < (before.width + after.width) / 2 + 2


def labels(texts: Iterable[tuple[float, str]], x: Scale) -> list[Label]:
    """Texts beside their lines: to the left of them near the right edge."""
    found: list[Label] = []
    ends: list[float] = []
    for at, text in texts:
        place, wide = x.at(at), BOLD_PX * len(text) + 8
        after = place + wide < x.end
        left = place if after else place - wide
        row = next((r for r, end in enumerate(ends) if end <= left), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = left + wide
        found.append(Label(place, row, text, after))
    return found

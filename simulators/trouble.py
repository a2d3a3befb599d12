"""When a misbehaviour lasts: one value that every fault is made of, on clocks that it names."""

from math import inf
from typing import NamedTuple

RUN, LINK = 0, 1
"""The two clocks of `Clocks` that a trouble may count on."""

ALWAYS = -1e9
BEFORE_S = -1e6
"""What a clock shows that has not begun: later than `ALWAYS`, earlier than any onset."""


class Clocks(NamedTuple):
    """Seconds since the belt was first set in motion, and since a client connected.

    Both are counted anew when a machine is afflicted; one that has not begun is near `BEFORE_S`.
    """

    run_s: float = BEFORE_S
    link_s: float = BEFORE_S


NEVER = Clocks()
"""Clocks that have not begun."""


class Trouble(NamedTuple):
    """`what` happens, as its table has it; when, how often, and how much.

    - `after_s`, `lasts_s`, `every_s`: from when, how long, and after how long anew.
    - `share`: of the cases, by chance.
    - `by`: how much, in whatever `what` counts.
    - `since`: the clock, `RUN` or `LINK`.
    """

    what: str
    after_s: float = ALWAYS
    lasts_s: float = inf
    every_s: float = inf
    share: float = 1.0
    by: float = 0.0
    since: int = RUN

    def into_s(self, clocks: Clocks) -> float | None:
        """How far into its present window, s; None outside of one."""
        since_s = clocks[self.since] - self.after_s
        if since_s < 0:
            return None
        if self.every_s != inf:
            since_s %= self.every_s
        return since_s if since_s < self.lasts_s else None

    def active(self, clocks: Clocks) -> bool:
        return self.into_s(clocks) is not None

    def begins(self, before: Clocks, now: Clocks) -> bool:
        """Whether a window opens between the two; for what happens once, at an instant."""
        return self._windows(before) < self._windows(now)

    def _windows(self, clocks: Clocks) -> int:
        since_s = clocks[self.since] - self.after_s
        if since_s < 0:
            return 0
        return 1 if self.every_s == inf else 1 + int(since_s / self.every_s)

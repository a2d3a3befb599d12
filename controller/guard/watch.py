"""Is control alive? A pure judgement from heartbeats and time."""

from dataclasses import dataclass

STARTING_S = 20.0
"""A fresh control imports and connects before its first turn."""
RESTING_S = 2.0
MOVING_S = 0.25
"""Five turns missed while the belt may move."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The last heartbeat: when, and whether the belt might have moved then. Monotonic seconds.

    `heard` is false until the first heartbeat of this control.
    """

    at_s: float
    moving: bool = False
    heard: bool = False

    def beat(self, octets: bytes, now_s: float) -> "Watch":
        """After heartbeats were read; the last one counts, and only `r` says that it rests."""
        return Watch(now_s, moving=octets[-1:] != b"r", heard=True)

    @property
    def patience_s(self) -> float:
        """How long control may be silent now."""
        if not self.heard:
            return STARTING_S
        return MOVING_S if self.moving else RESTING_S

    def silent(self, now_s: float) -> bool:
        return now_s - self.at_s > self.patience_s

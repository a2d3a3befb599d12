"""Is control alive, and what did it say? A pure judgement from heartbeats and time."""

from dataclasses import dataclass

MOVING, STOPPING, LATCHED, RESTING, UNVERIFIED = b"m", b"s", b"l", b"r", b"u"
"""The words of a heartbeat: the belt may move · it is being stopped and stays latched · it rests,
latched · it rests and nothing is latched · a stop was not seen to work in time."""
AT_REST = frozenset({LATCHED, RESTING})
TRIPPED = frozenset({STOPPING, LATCHED, UNVERIFIED})

STARTING_S = 20.0
"""A fresh control imports and connects before its first turn."""
RESTING_S = 2.0
MOVING_S = 0.25
"""Five turns missed while the belt may move."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The last heartbeat: when it came, and its word; b"" until the first one of this control.
    Monotonic seconds."""

    at_s: float
    word: bytes = b""

    def beat(self, octets: bytes, now_s: float) -> "Watch":
        """After heartbeats were read; the last one counts."""
        return Watch(now_s, octets[-1:])

    @property
    def heard(self) -> bool:
        return bool(self.word)

    @property
    def moving(self) -> bool:
        """The belt might move, for all that control has said: only two words say that it rests."""
        return self.heard and self.word not in AT_REST

    @property
    def patience_s(self) -> float:
        """How long control may be silent now."""
        if not self.heard:
            return STARTING_S
        return MOVING_S if self.moving else RESTING_S

    @property
    def lost_at_s(self) -> float:
        """When silence will have lasted too long."""
        return self.at_s + self.patience_s

    def silent(self, now_s: float) -> bool:
        return now_s > self.lost_at_s

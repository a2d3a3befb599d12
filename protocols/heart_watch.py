"""Whether a heart-rate strap still tells of a heart. Pure.

A strap taken off may repeat its last rate for ever (Polar H10), with its RR intervals gone and no
contact bit; one that hangs may repeat them, too. So a rate counts only while something about it is
alive.
"""

import math
from dataclasses import dataclass

from protocols.heart_rate import HeartRate

HEARD_S = 5.0
"""A strap tells once a second."""
RR_GONE_S = 5.0
"""Of a strap that has sent RR intervals: without them for so long, nobody wears it."""
CONSTANT_S = 30.0
"""The same rate, and the same intervals if there are any, for so long are no heart's."""


@dataclass(frozen=True, slots=True)
class HeartReport:
    """All that is known of a strap. `alive_at_s`: RR intervals came, or the rate changed;
    `changed_at_s`: either was another than before."""

    rate_bpm: int | None = None
    heard_at_s: float | None = None
    alive_at_s: float | None = None
    tells_rr: bool = False
    rr: tuple[int, ...] | None = None
    changed_at_s: float = -math.inf

    def bpm(self, now_s: float) -> int | None:
        """The heart rate, while it is one."""
        if self.heard_at_s is None or self.alive_at_s is None or not self.rate_bpm:
            return None
        patience_s = RR_GONE_S if self.tells_rr else CONSTANT_S
        alive = now_s - self.alive_at_s <= patience_s and now_s - self.heard_at_s <= HEARD_S
        return self.rate_bpm if alive and now_s - self.changed_at_s <= CONSTANT_S else None


def heard(before: HeartReport, told: HeartRate, now_s: float) -> HeartReport:
    """The report after one more measurement. A strap that feels no skin tells of no heart."""
    off = told.contact is False or told.rate_bpm is None
    lives = bool(told.rr) or told.rate_bpm != before.rate_bpm
    same = (told.rate_bpm, told.rr) == (before.rate_bpm, before.rr)
    return HeartReport(
        rate_bpm=None if off else told.rate_bpm,
        heard_at_s=now_s,
        alive_at_s=now_s if lives else before.alive_at_s,
        tells_rr=before.tells_rr or bool(told.rr),
        rr=told.rr,
        changed_at_s=before.changed_at_s if same else now_s,
    )

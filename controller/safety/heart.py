"""The heart rate as evidence: it counts while it is fresh."""

from typing import NamedTuple

from controller.safety.evidence import Evidence, age_s

FRESH_S = 5.0
"""A strap tells once a second."""


class Beat(NamedTuple):
    """What a strap says of the heart; None for one that is not worn, or not heard."""

    heart_rate_bpm: int | None = None
    heart_rate_at_s: float | None = None


def known(evidence: Evidence, now_s: float) -> bool:
    return evidence.heart_rate_bpm is not None and age_s(evidence.heart_rate_at_s, now_s) <= FRESH_S


def above(evidence: Evidence, limit_bpm: int | None, now_s: float) -> bool:
    """A heart that is known to beat faster than its limit; without one there is nothing above."""
    bpm = evidence.heart_rate_bpm
    return limit_bpm is not None and bpm is not None and known(evidence, now_s) and bpm > limit_bpm

"""How often: a bucket that fills with time, and one for each address. Time is an argument."""

from collections import OrderedDict
from dataclasses import dataclass

REQUESTS_PER_S, REQUESTS_AT_ONCE = 50.0, 300
"""Of one address: twenty tablets behind one router load their pages at once."""
FRAMES_PER_S, FRAMES_AT_ONCE = 20.0, 40
"""Of one page: it answers two pulses a second, and a person taps at most ten times."""
ADDRESSES = 1024
"""Kept apart; the one that was silent longest is forgotten first."""


@dataclass(slots=True)
class Bucket:
    """Holds `at_once`, and gets `per_s` back."""

    per_s: float
    at_once: float
    _left: float = 0.0
    _at_s: float = float("-inf")

    def take(self, now_s: float) -> bool:
        """Whether one more is within the rate; takes it if so."""
        self._left = min(self.at_once, self._left + (now_s - self._at_s) * self.per_s)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Rates:
    """One bucket for each address."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, address: str, now_s: float) -> bool:
        bucket = self._buckets.pop(address, None) or Bucket(REQUESTS_PER_S, REQUESTS_AT_ONCE)
        self._buckets[address] = bucket
        if len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket.take(now_s)

"""How long a sensor's way here may take, measured by the challenges it sends back."""

from collections import deque

KEPT = 16
"""Challenges waited for: the oldest of so many is eight seconds old, and far too late."""


class Latency:
    """The round trip of a challenge through one sensor: longer than what its readings are late.

    A challenge that has not come back yet counts with its age, so a network that slows down is
    seen before anything has arrived over it. Times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._trip_s: float | None = None
        self._waiting: deque[float] = deque(maxlen=KEPT)

    def issued(self, now_s: float) -> None:
        """A challenge went out."""
        self._waiting.append(now_s)

    def echoed(self, issued_at_s: float, now_s: float) -> None:
        """A reading carried the challenge issued then; only its first return measures."""
        if issued_at_s not in self._waiting:
            return
        self._trip_s = now_s - issued_at_s
        while self._waiting and self._waiting[0] <= issued_at_s:
            self._waiting.popleft()

    def round_trip_s(self, now_s: float) -> float | None:
        """The last round trip, or the age of what has not come back if longer; None if unknown."""
        if self._trip_s is None or not self._waiting:
            return self._trip_s
        return max(self._trip_s, now_s - self._waiting[0])

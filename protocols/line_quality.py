"""Whether a line without checksums can be believed: how much of late could not be read."""

from collections import deque

GARBLED, GARBLED_S = 3, 1.0
"""So many answers within so long that cannot be read are no accident: the line is bad."""


class LineQuality:
    """Fed with a parser's growing count of what it rejected. Time is the caller's, monotonic."""

    def __init__(self) -> None:
        self._counted = 0
        self._at_s: deque[float] = deque(maxlen=GARBLED)

    def bad(self, rejected: int, now_s: float) -> bool:
        """Whether what came just now was unreadable, and one time too many."""
        news, self._counted = rejected - self._counted, rejected
        self._at_s.extend([now_s] * min(news, GARBLED))
        full = len(self._at_s) == GARBLED
        return bool(news) and full and now_s - self._at_s[0] <= GARBLED_S

"""Only what a page asks now is done: a nonce with each pulse, an id once. Time is an argument.

A frame that a bad link held back, that was recorded, or that came twice is refused. Stop never
comes here.
"""

import secrets
from collections import deque

FRESH_S = 2.0
"""Four pulses: a slower link than that cannot show a moving belt either."""
TOO_LATE = "This came too late to be done safely. Look at the belt, then ask again."
TWICE = "This was asked for already."


class Challenge:
    """One page's nonces of late, and the ids that it has used."""

    def __init__(self) -> None:
        self._nonces: deque[tuple[float, str]] = deque()
        self._used: deque[tuple[float, str]] = deque()

    def nonce(self, now_s: float) -> str:
        """A new one, for a pulse."""
        made = secrets.token_urlsafe(9)
        self._forget(now_s)
        self._nonces.append((now_s, made))
        return made

    def refusal(self, nonce: str | None, key: str, now_s: float) -> str:
        """Why this is not to be done, empty if it is; its id is used up then."""
        self._forget(now_s)
        if all(nonce != known for _, known in self._nonces):
            return TOO_LATE
        if any(key == used for _, used in self._used):
            return TWICE
        self._used.append((now_s, key))
        return ""

    def _forget(self, now_s: float) -> None:
        for kept in (self._nonces, self._used):
            while kept and now_s - kept[0][0] > FRESH_S:
                kept.popleft()

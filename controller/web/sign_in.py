"""Who is signed in, and how often a PIN may be tried. Time is an argument; nothing is stored."""

import secrets
from collections import deque

IDLE_S = 30 * 60.0
"""A sign-in ends this long after its last live page."""
WINDOW_S = 60.0
TRIES_PER_ADDRESS = 5
TRIES_IN_ALL = 30
"""Wrong or right, per `WINDOW_S`. A million PINs at this rate take three weeks."""


class SignIns:
    """Tokens of the signed-in. They live in memory only: a new desk asks for the PIN again."""

    def __init__(self) -> None:
        self._until_s: dict[str, float] = {}

    def open(self, now_s: float) -> str:
        """A new token, good for `IDLE_S`; the expired ones are forgotten."""
        self._until_s = {token: end for token, end in self._until_s.items() if end > now_s}
        token = secrets.token_urlsafe(32)
        self._until_s[token] = now_s + IDLE_S
        return token

    def close(self, token: str | None) -> None:
        self._until_s.pop(token or "", None)

    def valid(self, token: str | None, now_s: float) -> bool:
        return self._until_s.get(token or "", now_s) > now_s

    def extend(self, token: str | None, now_s: float) -> None:
        """Keep a still valid sign-in going."""
        if token is not None and self.valid(token, now_s):
            self._until_s[token] = now_s + IDLE_S


class Attempts:
    """Counts PIN attempts by address and in all, over a sliding window."""

    def __init__(self) -> None:
        self._tried: deque[tuple[float, str]] = deque()

    def allow(self, address: str, now_s: float) -> bool:
        """Whether `address` may try now; counts the try if so."""
        while self._tried and self._tried[0][0] <= now_s - WINDOW_S:
            self._tried.popleft()
        own = sum(tried == address for _, tried in self._tried)
        if own >= TRIES_PER_ADDRESS or len(self._tried) >= TRIES_IN_ALL:
            return False
        self._tried.append((now_s, address))
        return True

    def forgive(self, address: str) -> None:
        """Forget the tries of one who then knew the PIN."""
        self._tried = deque(entry for entry in self._tried if entry[1] != address)

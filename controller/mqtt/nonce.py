"""Challenges: how old a command can be, told without anybody's wall clock.

A new one goes out with every `state`. Whoever sends one back has heard it, so the command is no
older than the challenge, and none is older than this connection.
"""

import secrets
from collections import deque

VALID_S = 2.0
"""From its issue (S31): no command is obeyed that can be older."""


class Challenges:
    """The challenges that count now. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._issued: deque[tuple[str, float]] = deque(maxlen=16)

    def issue(self, now_s: float) -> str:
        challenge = secrets.token_urlsafe(12)
        self._issued.append((challenge, now_s))
        return challenge

    def issued_at_s(self, challenge: str) -> float | None:
        """When it was issued; None for one that was not, or not lately."""
        return next((at_s for known, at_s in self._issued if known == challenge), None)

    def valid(self, challenge: str, now_s: float) -> bool:
        at_s = self.issued_at_s(challenge)
        return at_s is not None and 0 <= now_s - at_s <= VALID_S

    def forget(self) -> None:
        """A new connection: what was heard on the last one counts no more."""
        self._issued.clear()

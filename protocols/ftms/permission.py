"""Request Control: when it is asked for, and whether its answer lets us command."""

import math

from protocols.belt import Control
from protocols.ftms.conduct import Conduct

GRANTED = Control.GRANTED
CONTROL_ANSWER_LIMIT_S = 1.0
"""For Request Control alone: some machines never answer it, yet obey (Omega Z)."""
CONTROL_RETRY_S = 2.0
"""Between two Request Controls: some machines refuse for a few seconds (KingSmith)."""


class Permission:
    """Of one connection. Time is the caller's, monotonic."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self.asking = False
        self._asked_at_s = -math.inf
        self._speaks_of_it = False
        self.control = Control.NONE

    def awaited(self, now_s: float) -> bool:
        """A Request Control is waiting for an answer that may still come."""
        limit_s = CONTROL_ANSWER_LIMIT_S if self._conduct.answers_control else 0.0
        return self.asking and now_s - self._asked_at_s < limit_s

    def holds(self, now_s: float) -> bool:
        """Control is held, or was asked for and the machine is one that never answers."""
        if self.control is GRANTED:
            return True
        silent = self.asking and not self._speaks_of_it
        return silent and (not self._conduct.answers_control or not self.awaited(now_s))

    def due(self, now_s: float) -> bool:
        """Whether Request Control goes out now; if so, it is taken to have gone."""
        if now_s - self._asked_at_s < CONTROL_RETRY_S:
            return False
        self._asked_at_s = now_s
        self.asking = True
        return True

    def answered(self, *, granted: bool) -> None:
        self.asking = False
        self._speaks_of_it = True
        self.control = Control.GRANTED if granted else Control.REFUSED

    def ask_anew(self) -> None:
        """At the next opportunity, without the usual pause."""
        self.asking = False
        self._asked_at_s = -math.inf

    def forgive(self) -> None:
        """Nothing is under way: what was taken away may be asked for again."""
        if self.control is Control.LOST:
            self.control = Control.NONE
            self.ask_anew()

    def lost(self) -> None:
        """The machine took it away."""
        self.asking = False
        self._speaks_of_it = True
        self.control = Control.LOST

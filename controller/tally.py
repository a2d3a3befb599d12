"""What the loop has done since it began, in numbers: for whoever watches many rooms."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from controller.safety.limits import Limits
from controller.step.state import Decision, State


@dataclass
class Tally:
    """Counts of turns and what came of them. A turn is late past the limit `turn_late_s`."""

    turns: int = 0
    late_turns: int = 0
    failed_turns: int = 0
    sessions: int = 0
    escalations: int = 0
    stops: Counter[str] = field(default_factory=Counter)
    """Latched trips, by cause."""
    _escalates: bool = False

    def turned(
        self, before: State, after: State, limits: Limits, decision: Decision, failed: bool
    ) -> None:
        """One turn is over; `failed`: an exception decided it."""
        self.turns += 1
        self.late_turns += after.monitors.late_s > limits.turn_late_s
        self.failed_turns += failed
        self.escalations += decision.escalate and not self._escalates
        self._escalates = decision.escalate
        if after.latch is not None and _trip(after) != _trip(before):
            self.stops[after.latch.cause] += 1

    def told(self, journal_ok: bool, journal_waiting: int) -> dict[str, Any]:
        """As the desk hears it."""
        return {
            "turns": self.turns,
            "late_turns": self.late_turns,
            "failed_turns": self.failed_turns,
            "sessions": self.sessions,
            "escalations": self.escalations,
            "stops": dict(self.stops),
            "journal_ok": journal_ok,
            "journal_waiting": journal_waiting,
        }


def _trip(state: State) -> tuple[str, float] | None:
    latch = state.latch
    return None if latch is None else (latch.cause, latch.tripped_at_s)

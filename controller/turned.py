"""One turn of the loop, as a value."""

from collections.abc import Callable
from typing import Any, NamedTuple

from controller.safety.evidence import Evidence
from controller.session.commands import Answer
from controller.step import Command, Decision, State

Asked = tuple[Command, Callable[[Answer], None]]
"""A command, and whom to tell what became of it."""


class Turned(NamedTuple):
    """What a turn started from, and what came of it."""

    before: State
    evidence: Evidence
    asked: list[Asked]
    decision: Decision
    now_s: float
    failed: bool
    """An exception decided it, and no rule."""

    def whole(self, after: State) -> dict[str, Any]:
        """All that is needed to decide it again, as values; the journal makes them plain."""
        return {
            "before": self.before,
            "evidence": self.evidence,
            "commands": tuple(command for command, _ in self.asked),
            "decision": self.decision,
            "after": after,
            "failed": self.failed,
        }

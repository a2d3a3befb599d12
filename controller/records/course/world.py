"""What control knew, kept up to date from turn to turn without making values of it.

Half an hour is 40,000 turns, and people look at a dozen figures of each: so the plain record is
changed in place, and only those figures are taken out.
"""

from collections.abc import Mapping
from typing import Any

from controller.records.values import Plain
from controller.safety.grip_watch import holds

Known = dict[str, Any]


class World:
    """`evidence` and `decided` as they stood after the latest turn that was followed."""

    def __init__(self) -> None:
        self.evidence: Known = {}
        self.decided: Known = {}

    def follow(self, turn: Mapping[str, Plain]) -> None:
        told, came = turn.get("evidence"), turn.get("decided")
        if "from" in turn:
            self.evidence, self.decided = dict(told or {}), dict(came or {})
        else:
            put(self.evidence, told)
            put(self.decided, came)

    def part(self, name: str) -> Known:
        """`belt` or `grip` of the evidence; empty if it is not there."""
        found = self.evidence.get(name)
        return found if isinstance(found, dict) else {}

    @property
    def order(self) -> Known:
        decision = self.decided.get("decision")
        order = decision.get("order") if isinstance(decision, dict) else None
        return order if isinstance(order, dict) else {}

    @property
    def warnings(self) -> tuple[str, ...]:
        decision = self.decided.get("decision")
        told = decision.get("warnings") if isinstance(decision, dict) else None
        return tuple(map(str, told or ()))

    def hands(self, now_s: float, stale_s: float) -> tuple[bool, bool]:
        """Which hands hold, as the rules see it: silence is release."""
        grip = self.part("grip")
        frame, advanced_at_s = grip.get("frame") or {}, figure(grip.get("advanced_at_s"))
        if advanced_at_s is None or not 0 <= now_s - advanced_at_s <= stale_s:
            return False, False
        left, right = (
            holds(bool(frame.get(f"{side}_held")), figure(frame.get(f"{side}_force_n")))
            for side in ("left", "right")
        )
        return left, right


def put(into: Known, changed: Plain) -> None:
    """As `values.merged` does, in place. Nested objects of `changed` become part of `into`."""
    for name, each in (changed or {}).items():
        known = into.get(name)
        if isinstance(each, dict) and isinstance(known, dict):
            put(known, each)
        else:
            into[name] = each


def figure(plain: Plain) -> float | None:
    """A finite figure; None for anything else."""
    odd = isinstance(plain, bool) or not isinstance(plain, int | float)
    return None if odd else plain

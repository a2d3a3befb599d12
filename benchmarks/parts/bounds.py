"""What a benchmark must keep: a figure by name, and its limit."""

from dataclasses import dataclass
from typing import Any

from benchmarks.parts.figures import table


@dataclass(frozen=True, slots=True)
class Bound:
    """`value` may be `at_most`, or must be `at_least`; one that could not be measured is None."""

    what: str
    value: float | None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def kept(self) -> bool:
        if self.value is None:
            return True
        above = self.at_most is not None and self.value > self.at_most
        below = self.at_least is not None and self.value < self.at_least
        return not (above or below)

    def told(self) -> dict[str, Any]:
        limit = f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"
        return {"what": self.what, "value": self.value, "bound": limit, "kept": self.kept}


def told(bounds: list[dict[str, Any]]) -> str:
    """A line per bound."""
    lines = [
        (bound["what"], bound["value"], bound["bound"], "yes" if bound["kept"] else "NO")
        for bound in bounds
    ]
    return table(("bound", "measured", "limit", "kept"), lines)

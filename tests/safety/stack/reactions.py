"""Which reactions answer which fault, and what a fault keeps anybody from knowing."""

from typing import Protocol

BLIND: dict[str, str] = {}
REACTIONS: dict[str, str] = {}


class Struck(Protocol):
    fault: str
    phase: str


def expected(outcome: Struck) -> set[str]:
    return set(REACTIONS.get(outcome.fault, "-").replace("-", "").split(" "))

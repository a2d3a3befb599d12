"""What the walker's hands do unasked during a walk: one slips off, or both, and take hold again."""

from collections.abc import Iterator, Mapping
from math import inf
from random import Random

SLIPS = {"one_hand_off": ("release left", "hold left"), "both_off": ("release", "hold")}


class Hands:
    """A seeded list of moments. `next_s` is when the next intent is due, counted from Start."""

    def __init__(self, walker: Mapping[str, float], rng: Random) -> None:
        agendas = [
            _agenda(walker[f"{what}_per_minute"] / 60, walker[f"{what}_s"], intents, rng)
            for what, intents in SLIPS.items()
        ]
        self._upcoming = [(next(agenda), agenda) for agenda in agendas]

    @property
    def next_s(self) -> float:
        return min(moment for (moment, _), _ in self._upcoming)

    def due(self, walked_s: float) -> list[str]:
        """The intents whose moment has come."""
        intents = []
        for index, ((moment, intent), agenda) in enumerate(self._upcoming):
            if moment <= walked_s:
                intents.append(intent)
                self._upcoming[index] = (next(agenda), agenda)
        return intents

    def rest(self) -> None:
        """They do nothing unasked any more."""
        self._upcoming = [((inf, ""), agenda) for _, agenda in self._upcoming]


def _agenda(
    per_s: float, off_s: float, intents: tuple[str, str], rng: Random
) -> Iterator[tuple[float, str]]:
    """Moments at which a hand leaves, by chance, and takes hold again after `off_s`."""
    if per_s <= 0:
        while True:
            yield inf, ""
    leaves, holds = intents
    now_s = 0.0
    while True:
        now_s += rng.expovariate(per_s)
        yield now_s, leaves
        now_s += off_s
        yield now_s, holds

"""What a figure may be: one value, or a distribution from which each walk draws its own. Pure.

As written in a campaign file:

    0.5                                       always this
    { uniform = [0.3, 0.6] }                  any between the two, evenly
    { normal = [0.5, 0.1] }                   mean and standard deviation
    { lognormal = [0.5, 0.3] }                median, and standard deviation of its logarithm
    { choice = ["stop", "fall"], weights = [9, 1] }
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from simulators.faults.names import near

Value = float | str | bool

TRIES = 100
"""Draws beyond what the figure may be are drawn again; after so many the nearest bound counts."""


class ChanceError(ValueError):
    """What is written is no distribution; one plain sentence."""


@dataclass(frozen=True, slots=True)
class Span:
    """From the lowest to the highest value that a figure may have."""

    low: float
    high: float

    def holds(self, value: Value) -> bool:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and self.low <= float(value) <= self.high

    def __str__(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Names:
    """The words that a figure may be; True and False are words, too.

    `listed`: what to call them, if they are too many for a sentence.
    """

    known: tuple[Value, ...]
    listed: str = ""

    def holds(self, value: Value) -> bool:
        return any(value == name and type(value) is type(name) for name in self.known)

    def __str__(self) -> str:
        return "one of " + (self.listed or ", ".join(str(name) for name in self.known))

    def near(self, value: Value) -> str:
        """A sentence of those that look like `value`, if they are not all told; begins anew."""
        alike = ", ".join(near(str(value), map(str, self.known))) if self.listed else ""
        return f". Near it: {alike}" if alike else ""


Domain = Span | Names
Draw = Callable[[Random], Value]


@dataclass(frozen=True, slots=True)
class Chance:
    """`kind`, its `figures`, and for a choice the `weights`."""

    kind: str
    figures: tuple[Value, ...]
    weights: tuple[float, ...] = ()

    def draw(self, domain: Domain, rng: Random) -> Value:
        """One value within `domain`."""
        for _ in range(TRIES):
            value = _DRAWS[self.kind](self, rng)
            if domain.holds(value):
                return value
        assert isinstance(domain, Span)  # noqa: S101 - words are checked when they are read
        return min(max(float(value), domain.low), domain.high)


def read(written: object, domain: Domain) -> Chance:
    """The distribution that is written. Raises: `ChanceError`."""
    chance = _parsed(written)
    values = chance.figures[:1] if chance.kind in _AROUND else chance.figures
    for value in values:
        if not domain.holds(value):
            near = domain.near(value) if isinstance(domain, Names) else ""
            raise ChanceError(f"must be {domain}; it says {value!r}{near}")
    if isinstance(domain, Names) and chance.kind not in ("fixed", "choice"):
        raise ChanceError(f"must be {domain}, or a choice of them")
    return chance


def _parsed(written: object) -> Chance:
    if isinstance(written, Mapping):
        return _of_table(written)
    if isinstance(written, int | float | str | bool):
        return Chance("fixed", (written,))
    raise ChanceError("is neither a value nor a table such as { uniform = [0.3, 0.6] }")


def _of_table(table: Mapping[str, object]) -> Chance:
    kinds = [key for key in table if key != "weights"]
    if len(kinds) != 1 or kinds[0] not in _DRAWS:
        raise ChanceError(f"needs exactly one of {', '.join(_DRAWS)}")
    [kind] = kinds
    if "weights" in table and kind != "choice":
        raise ChanceError("can have weights only with a choice")
    written = table[kind]
    figures = tuple(written) if isinstance(written, list) else (written,)
    if not figures or not all(isinstance(figure, int | float | str) for figure in figures):
        raise ChanceError(f"needs values for its {kind}")
    if kind != "choice":
        return _checked(Chance(kind, figures))
    return Chance(kind, figures, _weights(table.get("weights", [1] * len(figures)), len(figures)))


def _checked(chance: Chance) -> Chance:
    wanted = 1 if chance.kind == "fixed" else 2
    if len(chance.figures) != wanted:
        raise ChanceError(f"needs {wanted} values for its {chance.kind}")
    if wanted == 2 and not all(_finite(figure) for figure in chance.figures):
        raise ChanceError(f"needs numbers for its {chance.kind}")
    if chance.kind in _AROUND and not float(chance.figures[1]) >= 0:
        raise ChanceError("needs a standard deviation that is not negative")
    if chance.kind == "lognormal" and not float(chance.figures[0]) > 0:
        raise ChanceError("needs a median above zero")
    return chance


def _weights(written: object, count: int) -> tuple[float, ...]:
    weights = written if isinstance(written, list) else []
    fit = len(weights) == count and all(_finite(weight) and weight >= 0 for weight in weights)
    if not fit or not sum(weights) > 0:
        raise ChanceError(f"needs {count} weights that are not negative, one of them above zero")
    return tuple(weights)


def _finite(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(float(str(value)))


_AROUND = ("normal", "lognormal")
"""The first figure is one that is drawn, the second says how far around."""

_DRAWS: dict[str, Callable[[Chance, Random], Value]] = {
    "fixed": lambda chance, _rng: chance.figures[0],
    "uniform": lambda chance, rng: rng.uniform(*map(float, chance.figures)),
    "normal": lambda chance, rng: rng.gauss(*map(float, chance.figures)),
    "lognormal": lambda chance, rng: (
        float(chance.figures[0]) * math.exp(rng.gauss(0.0, float(chance.figures[1])))
    ),
    "choice": lambda chance, rng: rng.choices(chance.figures, chance.weights)[0],
}

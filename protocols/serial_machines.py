"""The serial treadmills there are: how each port is set, and which words it speaks.

What a site says of its own machine is a `Fitting`; what it leaves open is the kind's default.
"""

from collections.abc import Callable
from dataclasses import dataclass

from protocols import biodex, csafe, trackmaster, woodway
from protocols.belt import SpeedGrid
from protocols.biodex import Biodex
from protocols.csafe_machine import CsafeMachine
from protocols.dialect import TENTHS_PER_MPS, Dialect, tenths
from protocols.trackmaster import Trackmaster
from protocols.woodway import Woodway


@dataclass(frozen=True, slots=True)
class Fitting:
    """How one machine is set up. None leaves a figure to its kind.

    - `units`: what the machine itself counts in, `mph` or `kmh`.
    - `minimum`, `maximum`: the lowest and highest speed to ask of it, in those units.
    - `baud`: the port's rate.
    - `reverse`: commissioning has proven that its belt reverses as it is told.
    """

    units: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    baud: int | None = None
    reverse: bool = False


USUAL = Fitting()


@dataclass(frozen=True, slots=True)
class Kind:
    """`ranges`: by units, the lowest and highest speed unless the site says otherwise. No source
    gives them: 0.5 mph is the lowest of usual clinic treadmills, and nobody walks backward faster
    than 2 mph here."""

    baud: int
    units: str
    speaks: Callable[[SpeedGrid, bool], Dialect]
    reverses: bool = False


RANGES: dict[str, tuple[float, float]] = {"mph": (0.5, 4.0), "kmh": (0.8, 6.4)}

KINDS: dict[str, Kind] = {
    "trackmaster": Kind(trackmaster.BAUD, "mph", lambda grid, _: Trackmaster(grid)),
    "woodway": Kind(
        woodway.BAUD, "mph", lambda grid, reverse: Woodway(grid, reverse=reverse), reverses=True
    ),
    "biodex": Kind(biodex.BAUD, "mph", lambda grid, _: Biodex(grid), reverses=True),
    "csafe": Kind(csafe.BAUD, "kmh", lambda grid, _: CsafeMachine(grid)),
}


def dialect(kind: str, fitting: Fitting = USUAL) -> Dialect:
    """New words for one connection to a machine of that kind.

    Raises: `ValueError` with one plain sentence for a fitting that cannot be.
    """
    known = KINDS[kind]
    units = fitting.units or known.units
    if units not in TENTHS_PER_MPS:
        raise ValueError(f"A treadmill counts in mph or kmh, not in {units!r}.")
    lowest, highest = RANGES[units]
    lowest = lowest if fitting.minimum is None else fitting.minimum
    highest = highest if fitting.maximum is None else fitting.maximum
    if not 0 < lowest <= highest <= 25:
        raise ValueError("A treadmill's speeds go from above 0 to at most 25, lowest first.")
    grid = tenths(units, lowest, highest)
    if grid.minimum > grid.maximum:
        raise ValueError(
            f"A treadmill's speeds go in tenths: between {lowest:g} and {highest:g} there is none."
        )
    if fitting.reverse and not known.reverses:
        raise ValueError(f"A {kind} treadmill cannot reverse its belt. Use orientation = turned.")
    return known.speaks(grid, fitting.reverse)


def baud(kind: str, fitting: Fitting = USUAL) -> int:
    return fitting.baud or KINDS[kind].baud

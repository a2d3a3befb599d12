"""Which incline is due to be written, on one connection. Pure."""

import math

from protocols.belt import BeltOrder, InclineGrid

SPACING_S = 2.0
"""Between two inclines: a lift takes as long for one per cent, and the wire is kept for a Stop."""
TRIES = 3
"""So often one incline is written that the machine does not take; then it is left alone."""


class InclineTarget:
    """The latest incline written; `grid` is None for a machine whose deck is not commanded."""

    def __init__(self, grid: InclineGrid | None = None) -> None:
        self.grid = grid
        self._units: int | None = None
        self._wanted: int | None = None
        self._tries = 0
        self.written_at_s = -math.inf

    def due(self, order: BeltOrder, now_s: float) -> int | None:
        """Wire units to write now, taken to be written; None if nothing is due."""
        if self.grid is None or order.incline_pct is None:
            return None
        units = self.grid.floor(order.incline_pct)
        if units is None:
            return None
        if units != self._wanted:
            self._wanted, self._tries = units, 0
        waits = now_s - self.written_at_s < SPACING_S
        if units == self._units or waits or self._tries == TRIES:
            return None
        self._units, self.written_at_s = units, now_s
        self._tries += 1
        return units

    def failed(self) -> None:
        """The machine did not take it."""
        self._units = None

    def over(self) -> None:
        """The walk is over: the next one begins with no incline asked for."""
        self._units = self._wanted = None
        self._tries = 0

"""The way of the belt: its reports as they came, and the distance between any two instants.

Distance is the integral of the reported speed, by trapezoids: machines count whole metres or tens
of them, which is too coarse for a stop. Across a silence longer than `GAP_S` nothing is known, and
nothing is added.
"""

from bisect import bisect_right

GAP_S = 5.0


class Track:
    """Instants count from the record's beginning, in seconds."""

    def __init__(self) -> None:
        self._at_s: list[float] = []
        self._speeds_mps: list[float] = []
        self._metres: list[float] = []
        self.distance_m = 0.0
        self.walked_s = 0.0
        """How long the belt moved."""
        self.blind_s = 0.0
        """How long a moving belt was not heard, in silences longer than `GAP_S`."""
        self.moved_at_s: float | None = None

    def heard(self, at_s: float, speed_mps: float) -> None:
        """One more report. One that is not later than the last one adds nothing."""
        if self._at_s:
            elapsed_s, before_mps = at_s - self._at_s[-1], self._speeds_mps[-1]
            if elapsed_s <= 0:
                return
            self._passed(elapsed_s, before_mps, speed_mps)
        if speed_mps > 0 and self.moved_at_s is None:
            self.moved_at_s = at_s
        self._at_s.append(at_s)
        self._speeds_mps.append(speed_mps)
        self._metres.append(self.distance_m)

    def _passed(self, elapsed_s: float, before_mps: float, speed_mps: float) -> None:
        if elapsed_s > GAP_S:
            self.blind_s += elapsed_s if before_mps > 0 else 0.0
        elif before_mps > 0 or speed_mps > 0:
            self.distance_m += elapsed_s * (before_mps + speed_mps) / 2
            self.walked_s += elapsed_s

    def metres_at(self, at_s: float) -> float:
        """The distance so far at an instant; between two reports the speed changes evenly."""
        place = bisect_right(self._at_s, at_s) - 1
        if place < 0:
            return 0.0
        here_s, metres = self._at_s[place], self._metres[place]
        if place + 1 == len(self._at_s) or self._at_s[place + 1] - here_s > GAP_S:
            return metres
        whole_s = self._at_s[place + 1] - here_s
        v0_mps, v1_mps = self._speeds_mps[place], self._speeds_mps[place + 1]
        passed_s = at_s - here_s
        return metres + passed_s * (v0_mps + (v1_mps - v0_mps) * passed_s / whole_s / 2)

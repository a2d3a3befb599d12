"""A run of Stops: the first at once, the next before the last has aged, until it is over."""

import math

RESTATE_STOP_S = 0.15
"""Between two Stops, so that a tick of 50 ms keeps well within 250 ms."""
RETRY_STOP_S = 0.05
"""After a Stop that the port did not take: a tick, however often somebody asks meanwhile."""


class StopRun:
    """When Stops were handed over. `first_at_s` is that of the present or latest run."""

    def __init__(self) -> None:
        self.first_at_s: float | None = None
        self._last_at_s: float | None = None
        self._failed = False

    def due(self, now_s: float) -> bool:
        """Whether a Stop goes out now; if so, it is taken to have gone."""
        spacing_s = RETRY_STOP_S if self._failed else RESTATE_STOP_S
        if self._last_at_s is not None and now_s - self._last_at_s < spacing_s:
            return False
        if self._last_at_s is None:
            self.first_at_s = now_s
        self._last_at_s, self._failed = now_s, False
        return True

    def failed(self) -> None:
        """The port did not take the last one."""
        self._failed = True

    def over(self) -> None:
        self._last_at_s = None

    @property
    def since_s(self) -> float:
        """When the present run began; infinite while there is none."""
        if self._last_at_s is None or self.first_at_s is None:
            return math.inf
        return self.first_at_s

"""The guard's hold on the desk, which may come and go beside a walk.

A service whose desk could not begin to serve ends: its settings are wrong, and whoever started it
is there. Once a desk has served, no death of one ends the service, whatever its exit code.
"""

from controller.guard.children import CANNOT_SERVE, Desk, started

AGAIN_S = 2.0
"""Between two beginnings: a desk that dies at once must not take the computer from control."""


class DeskLine:
    """Without a plan there is no desk, and nothing here does anything."""

    def __init__(self, program: tuple[str, ...], plan: str | None, now_s: float) -> None:
        self._program = program
        self._plan = plan
        self._desk: Desk | None = None
        self._began_at_s = float("-inf")
        self._served = False
        self._keep_up(now_s)

    def look(self, now_s: float) -> bool:
        """Call often: a desk that has ended is started again. False if the service cannot serve."""
        code = self._desk and self._desk.process.poll()
        if self._desk is not None and code is not None:
            self._served = self._desk.served() or self._served
            self.close()
        if code == CANNOT_SERVE and not self._served:
            return False
        self._keep_up(now_s)
        return True

    def close(self) -> None:
        """The desk is asked to end, and has its time for it."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    def _keep_up(self, now_s: float) -> None:
        plan = self._plan
        if plan and self._desk is None and now_s - self._began_at_s >= AGAIN_S:
            self._began_at_s = now_s
            self._desk = started("desk", lambda: Desk(self._program, plan))

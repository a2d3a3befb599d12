"""The guard's hold on the standby, its second writer: replaced, and told again, until it sees rest.

Where no process can be made, or the last one died as soon as it was, there is none for a while. It
is tried again, and what it was to do waits for it.
"""

import selectors
import time
from collections.abc import Callable

from controller.guard.children import TRY_AGAIN_S, Speaker, started
from controller.guard.telling import say
from controller.guard.watch import STARTING_S

ANSWER_S = 3.0
"""A standby that was ready and has not answered by now hangs. A fresh one has everything to import
first, from a slow card perhaps: until its first word it has the time that control has."""
RESCUE_S = 15.0
"""A standby that has not seen rest by now may hang; another one tries, and another after that."""
STOP = b"stop\n"
"""The standby's word."""
READY, SENT, VERIFIED = "ready", "stop_sent", "verified"


class SecondWriter:
    """`on_rest` comes once for each `stop`, when the belt was seen at rest."""

    def __init__(
        self,
        program: tuple[str, ...],
        plan: str,
        selector: selectors.BaseSelector,
        on_rest: Callable[[], None],
    ) -> None:
        self._program = program
        self._plan = plan
        self._selector = selector
        self._on_rest = on_rest
        self._standby: Speaker | None
        self._stopping = False
        self._begin()

    @property
    def pid(self) -> int | None:
        return None if self._standby is None else self._standby.process.pid

    def stop(self) -> None:
        """Have the belt stopped."""
        self._stopping = True
        self._ask()

    def look(self, now_s: float) -> None:
        """Call often: one that hangs in its task is let go. Another takes the place of one that is
        gone, and its task if it had one; not sooner than a while after the last beginning."""
        if self._stopping and now_s - self._since_s > self._patience_s:
            self.close()
        if self._standby is None and now_s - self._began_at_s >= TRY_AGAIN_S:
            self._begin()

    def close(self) -> None:
        """It is ended, if there is one."""
        if self._standby is not None:
            self._selector.unregister(self._standby.out)
            self._standby.close()
            self._standby = None

    def _begin(self) -> None:
        self._began_at_s = time.monotonic()
        self._ready = False
        self._wait(STARTING_S)
        self._standby = started("standby", lambda: Speaker(self._program, self._plan))
        if self._standby is not None:
            self._selector.register(self._standby.out, selectors.EVENT_READ, self._hear)
        if self._stopping:
            self._ask()

    def _ask(self) -> None:
        if self._standby is not None:
            self._standby.tell(STOP)
        if self._ready:
            self._wait(ANSWER_S)

    def _wait(self, patience_s: float) -> None:
        self._since_s = time.monotonic()
        self._patience_s = patience_s

    def _hear(self) -> None:
        assert self._standby is not None  # noqa: S101 - it is the one that is registered
        for event in self._standby.heard():
            if event == "gone":
                self.close()
                return
            self._awake(event)
            if self._stopping and event == SENT:
                say("guard_stop_sent", standby=self.pid)
            elif self._stopping and event == VERIFIED:
                say("guard_stop_verified")
                self._stopping = False
                self._on_rest()

    def _awake(self, event: str) -> None:
        """Its first word ends its start: what it was told meanwhile, it hears from now on."""
        if not self._ready:
            self._ready = True
            self._wait(ANSWER_S)
        if event != READY:
            self._patience_s = RESCUE_S

"""The guard's hold on the relay, through the relay's keeper (`controller.relay`).

The keeper passes heartbeats on and makes none. Whatever hangs or dies between here and the
contact, the contact opens half a second after the last heartbeat that got through.
"""

import selectors
import time

from controller.guard.children import TRY_AGAIN_S, Speaker, started
from controller.guard.telling import say

BEAT, OPEN, CLOSE = b".", b"o", b"c"
BEAT_S = 0.1
CLOSE_S = 1.0
"""Between two requests to close."""
OPENS_S = 1.0
"""A contact opens within half a second, and is told of twice a second; later, it is stuck."""
STARTING_S = 10.0
SILENT_S = 2.0
"""A keeper says twice a second how the contact stands; one that does not is replaced."""


class RelayLine:
    """Without a program there is no relay, and nothing here does anything."""

    def __init__(
        self, program: tuple[str, ...], plan: str, selector: selectors.BaseSelector
    ) -> None:
        self._program = program
        self._plan = plan
        self._selector = selector
        self._contact = ""
        self._beat_at_s = self._asked_at_s = float("-inf")
        self._due_at_s = float("inf")
        self._open_by_s: float | None = None
        """Told to open, and not seen to be open since; `inf` once it was said that it is stuck."""
        self._keeper: Speaker | None = None
        if program:
            self._begin()

    @property
    def sound(self) -> bool:
        """The contact is seen to be closed and obeyed when last told to open, or there is no
        relay."""
        return not self._program or (self._contact == "closed" and self._open_by_s is None)

    def beat(self, now_s: float) -> None:
        """Pass a completed turn on, ten times a second at most."""
        if now_s - self._beat_at_s >= BEAT_S:
            self._beat_at_s = now_s
            self._tell(BEAT)

    def open(self) -> None:
        self._tell(OPEN)
        if self._open_by_s is None:
            self._open_by_s = time.monotonic() + OPENS_S

    def may_close(self, now_s: float) -> None:
        """Control says that the belt rests and that nothing is latched, or any more."""
        if self._contact != "closed" and now_s - self._asked_at_s >= CLOSE_S:
            self._asked_at_s = now_s
            self._tell(CLOSE)

    def look(self, now_s: float) -> None:
        """Call often: a keeper that hangs is let go. Another takes the place of one that is gone,
        not sooner than a while after the last beginning."""
        if self._keeper is not None and now_s > self._due_at_s:
            self._let_go(self._keeper)
        if now_s > self._due_at_s:
            self._begin()

    def close(self) -> None:
        """Open the contact and let the keeper go."""
        if self._keeper is not None:
            self._tell(OPEN)
            self._keeper.leave()

    def _tell(self, octets: bytes) -> None:
        if self._keeper is not None:
            self._keeper.tell(octets)

    def _begin(self) -> None:
        self._began_at_s = time.monotonic()
        self._keeper = started("relay", lambda: Speaker(self._program, self._plan))
        if self._keeper is not None:
            self._selector.register(self._keeper.out, selectors.EVENT_READ, self._hear)
        pause_s = TRY_AGAIN_S if self._keeper is None else STARTING_S
        self._due_at_s = self._began_at_s + pause_s

    def _hear(self) -> None:
        assert self._keeper is not None  # noqa: S101 - it is the one that is registered
        for event in self._keeper.heard():
            if event == "gone":
                self._let_go(self._keeper)
                return
            now_s = time.monotonic()
            self._due_at_s = now_s + SILENT_S
            self._seen(event)
            self._judge(event, now_s)

    def _seen(self, contact: str) -> None:
        if contact != self._contact:
            self._contact = contact
            say(f"relay_{contact}")

    def _judge(self, contact: str, now_s: float) -> None:
        """A contact that did not obey is trusted again once it was seen to be open."""
        if contact == "opened":
            self._open_by_s = None
        elif contact == "closed" and self._open_by_s is not None and now_s > self._open_by_s:
            self._open_by_s = float("inf")
            say("relay_stuck")

    def _let_go(self, keeper: Speaker) -> None:
        """It died or hangs: what it saw of the contact counts no more."""
        self._selector.unregister(keeper.out)
        keeper.close()
        self._keeper = None
        self._due_at_s = self._began_at_s + TRY_AGAIN_S
        self._seen("unseen")

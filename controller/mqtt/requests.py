"""Requests: what the network asks a supervisor to do. Only the tap on the console does it (S30)."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from controller.mqtt.messages import Reason

WAITING = 8
"""More than a supervisor can judge at a glance."""

Ended = Callable[[bool, Reason | None, str], None]
"""Called once: whether it was done, and if not why."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, good until `until_s` (monotonic). Its client's name is its own word."""

    id: str
    verb: str
    client: str
    until_s: float
    ended: Ended
    speed_mps: float | None = None
    program: str | None = None

    def row(self, now_s: float) -> dict[str, str | float | None]:
        """As the console shows it."""
        return {
            "id": self.id,
            "verb": self.verb,
            "client": self.client,
            "speed_mps": self.speed_mps,
            "program": self.program,
            "left_s": round(max(0.0, self.until_s - now_s), 1),
        }


def _nobody() -> None:
    return


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a supervisor's tap asks of control: a verb and what it needs besides.

    Whoever carries it says `settled` with control's answer.
    """

    verb: str
    more: dict[str, str | float]
    settled: Callable[[bool, str], None]


@dataclass
class Requests:
    """Those that wait, oldest first. Whatever ends one, ends it once.

    `target_mps` is the speed that the supervisor wants now; what is asked for is above or below.
    """

    clock: Callable[[], float]
    target_mps: Callable[[], float | None] = lambda: None
    _waiting: dict[str, Request] = field(default_factory=dict, init=False)
    _on_change: Callable[[], None] = field(default_factory=lambda: _nobody, init=False)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1), init=False)

    def watch(self, on_change: Callable[[], None]) -> None:
        """Have it called whenever the list is another."""
        self._on_change = on_change

    def __len__(self) -> int:
        return len(self._waiting)

    def add(
        self,
        verb: str,
        client: str,
        valid_s: float,
        ended: Ended,
        *,
        speed_mps: float | None = None,
        program: str | None = None,
    ) -> bool:
        """Show it to the supervisor; False if too many wait already."""
        self.expire()
        if len(self._waiting) >= WAITING:
            return False
        key, until_s = str(next(self._numbers)), self.clock() + valid_s
        self._waiting[key] = Request(key, verb, client, until_s, ended, speed_mps, program)
        self._on_change()
        return True

    def rows(self) -> list[dict[str, str | float | None]]:
        self.expire()
        now_s = self.clock()
        return [request.row(now_s) for request in self._waiting.values()]

    def accept(self, key: str) -> Accepted | None:
        """What the request that a supervisor taps asks for; None if it waits no more."""
        request = self._take(key)
        if request is None:
            return None
        verb, more = self._carried(request)

        def settled(done: bool, sentence: str) -> None:
            request.ended(done, None if done else Reason.REFUSED, sentence)

        return Accepted(verb, more, settled)

    def _carried(self, request: Request) -> tuple[str, dict[str, str | float]]:
        """The supervisor's own command that does what was asked for."""
        if request.program is not None:
            return "arm", {"program": request.program}
        if request.speed_mps is not None:
            up = request.speed_mps > (self.target_mps() or 0.0)
            return "faster" if up else "slower", {"speed_mps": request.speed_mps}
        return "start", {}

    def _take(self, key: str) -> Request | None:
        self.expire()
        request = self._waiting.pop(key, None)
        if request is not None:
            self._on_change()
        return request

    def dismiss(self, key: str) -> bool:
        request = self._take(key)
        if request is not None:
            request.ended(False, Reason.DISMISSED, "")
        return request is not None

    def expire(self) -> None:
        """End those whose time is over."""
        now_s = self.clock()
        self._end([r for r in self._waiting.values() if r.until_s <= now_s], Reason.EXPIRED)

    def withdraw(self) -> None:
        """End all of them: the session is not the one that they were made for."""
        self._end(list(self._waiting.values()), Reason.WITHDRAWN)

    def _end(self, requests: list[Request], reason: Reason) -> None:
        for request in requests:
            del self._waiting[request.id]
            request.ended(False, reason, "")
        if requests:
            self._on_change()

"""Stop: from anybody, in any form, at any rate. Control hears of each, at most once per turn."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from controller.control_line import Answer, ControlLine, Reply

SPACING_S = 0.05
"""One turn of control: Stops that come closer together are asked for as one."""
TOLD = 64
"""Senders that are answered per turn; all of them are obeyed."""


@dataclass
class Stops:
    """Carries Stops to control. Every Stop is followed by an asking that began after it came."""

    line: ControlLine
    clock: Callable[[], float]
    _asked_at_s: float = field(default=float("-inf"), init=False)
    _waiting: list[Reply] = field(default_factory=list, init=False)
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)

    def press(self, reply: Reply) -> None:
        if len(self._waiting) < TOLD:
            self._waiting.append(reply)
        if self._timer is not None:
            return
        wait_s = self._asked_at_s + SPACING_S - self.clock()
        if wait_s <= 0:
            self._ask()
        else:
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._ask)

    def _ask(self) -> None:
        self._timer = None
        self._asked_at_s = self.clock()
        told, self._waiting = self._waiting, []

        def reply(answer: Answer) -> None:
            for each in told:
                each(answer)

        self.line.ask("stop", "network", reply)

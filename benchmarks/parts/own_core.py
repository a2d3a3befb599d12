"""An event loop as on a core of its own: work takes the CPU time that it takes, waiting takes none.

What other processes do to the computer meanwhile does not count, so that a loop which would be late
on a core without other work is late here, and no other one.
"""

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import TypeVar

from simulators.virtual_time import VirtualTimeLoop

T = TypeVar("T")


class OwnCoreLoop(VirtualTimeLoop):
    """Each pass asks the operating system for news, as a real loop does: that is work, too."""

    def __init__(self) -> None:
        super().__init__()
        self._news = selectors.DefaultSelector()
        self._worked_s = time.process_time()

    def time(self) -> float:
        return self._now_s + time.process_time() - self._worked_s

    def close(self) -> None:
        self._news.close()
        super().close()

    def _run_once(self) -> None:
        self._news.select(0)
        now_s = time.process_time()
        self._now_s += now_s - self._worked_s
        self._worked_s, self._passes = now_s, 0
        super()._run_once()


def run(coroutine: Coroutine[object, object, T]) -> T:
    """What a coroutine returns. Raises: `DeadlockError`, see `virtual_time`."""
    with asyncio.Runner(loop_factory=OwnCoreLoop) as runner:
        return runner.run(coroutine)

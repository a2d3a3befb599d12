"""An event loop whose clock jumps to the next timer, and whose order of events has a seed.

Nothing that runs in it takes time to wait for, and a run depends on nothing outside it: no wall
clock, no socket, no thread (what is given to an executor runs at once, in the loop's own thread).
With a seed, whatever is ready at one instant runs in an order drawn from it, so that one seed is
one interleaving and can be run again; without, in the order in which it became ready. Tasks begin
in the order in which they were created, seed or not: asyncio promises that, and code relies on it.
"""

import asyncio
import functools
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

PASS_S = 1e-6
"""What one pass over the ready callbacks takes in a seeded loop: work takes time, so nothing that
looks at the clock again and again does so for ever within one instant."""
PASSES_AT_MOST = 100_000
"""Without a wait for the next timer; more is a task that spins."""


class DeadlockError(RuntimeError):
    """Everything waits and nothing is left that could come, or time stands still."""


class VirtualTimeLoop(asyncio.BaseEventLoop):
    """`jump` lets time pass while a callback runs, as when a computer was suspended."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, seed: int | None = None) -> None:
        super().__init__()
        self._now_s = 0.0
        self._shuffle = None if seed is None else Random(seed).shuffle
        self._pass_s = 0.0 if seed is None else PASS_S
        self._passes = 0
        self._begun: list[asyncio.Handle] = []

    def time(self) -> float:
        return self._now_s

    def jump(self, seconds: float) -> None:
        self._now_s += seconds

    def create_task(self, coro: Any, **named: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = super().create_task(coro, **named)
        if self._shuffle is not None:
            self._begun.append(self._ready[-1])
        return task

    def run_in_executor(  # type: ignore[override]
        self, executor: object, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def _run_once(self) -> None:
        """One instant's worth: what is ready now, and nothing that becomes ready meanwhile."""
        self._now_s += self._pass_s
        self._passes += 1
        if self._passes > PASSES_AT_MOST:
            raise DeadlockError(f"Time stands still at {self._now_s} s. {self._waiting()}")
        self._collect_timers()
        batch = list(self._ready)
        self._ready.clear()
        begun, self._begun = self._begun, []
        if self._shuffle is not None and len(batch) > 1:
            self._shuffle(batch)
            batch = _in_order(batch, begun) if len(begun) > 1 else batch
        for handle in batch:
            if not handle.cancelled():
                handle._run()

    def _collect_timers(self) -> None:
        """Make due timers ready; if nothing is ready at all, let time go on to the next one."""
        timers, ready = self._scheduled, self._ready
        while timers:
            if not timers[0].cancelled():
                if not ready and timers[0].when() > self._now_s:
                    self._now_s, self._passes = timers[0].when(), 0
                if timers[0].when() > self._now_s:
                    break
                ready.append(timers[0])
            heapq.heappop(timers)
        if not ready:
            raise DeadlockError(f"Nothing is left to wait for. {self._waiting()}")

    def _waiting(self) -> str:
        names = sorted(task.get_name() for task in asyncio.all_tasks(self))
        return f"These tasks wait: {', '.join(names)}."

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A cancelled timer is dropped when its time comes."""

    def _write_to_self(self) -> None:
        """There is no selector to wake."""


def _in_order(batch: list[asyncio.Handle], begun: list[asyncio.Handle]) -> list[asyncio.Handle]:
    """The batch with the handles of `begun` in their own order, at the places that they have."""
    first_steps, left = set(map(id, begun)), iter(begun)
    return [next(left) if id(handle) in first_steps else handle for handle in batch]


def run(coroutine: Coroutine[Any, Any, T], seed: int | None = None) -> T:
    """What a coroutine returns, run from 0 s on in a loop of its own. Raises: `DeadlockError`."""
    with asyncio.Runner(loop_factory=functools.partial(VirtualTimeLoop, seed)) as runner:
        return runner.run(coroutine)

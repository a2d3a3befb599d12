"""Control's event loop, whose timers are exact to some microseconds.

epoll counts in milliseconds, rounded up: each tick, and the Stop at the end of a grace, would be up
to a millisecond late. Here a timerfd among the files says when the time has come, and epoll waits
for files alone (docs/adr/0019-timers-among-the-files.md).
"""

import asyncio
import ctypes
import os
import selectors
import time

NS_PER_S = 1_000_000_000


class _Timespec(ctypes.Structure):
    """`itimerspec` of `timerfd_settime(2)`; without an interval it fires once."""

    _fields_ = [(name, ctypes.c_long) for name in ("every_s", "every_ns", "s", "ns")]


class ExactSelector(selectors.DefaultSelector):
    """epoll with a timer of its own. Raises: `OSError` or `AttributeError` where there is none."""

    def __init__(self) -> None:
        super().__init__()
        # Of functions that never block, so that the interpreter need not be given up for them.
        libc = ctypes.PyDLL(None, use_errno=True)
        self._settime = libc.timerfd_settime
        self._timer = libc.timerfd_create(time.CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._timer < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._spec = _Timespec()
        self._by_reference = ctypes.byref(self._spec)
        self.register(self._timer, selectors.EVENT_READ)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As every selector's: what is ready within `timeout` (s); at once for 0, for ever for
        None. An expired timer stays ready until it is set anew, which each wait does."""
        if (timeout is None or timeout > 0) and self._set(timeout):
            timeout = None
        return [ready for ready in super().select(timeout) if ready[0].fd != self._timer]

    def close(self) -> None:
        super().close()
        os.close(self._timer)

    def _set(self, timeout: float | None) -> bool:
        """Fire in `timeout`, not before; never for None. False if the kernel does not take it."""
        after_ns = 0 if timeout is None else int(timeout * NS_PER_S) + 1
        self._spec.s, self._spec.ns = divmod(after_ns, NS_PER_S)
        refused: int = self._settime(self._timer, 0, self._by_reference, None)
        return not refused


def exact() -> asyncio.AbstractEventLoop:
    """A new loop; where there is no timerfd, the system's own, as exact as that is."""
    try:
        return asyncio.SelectorEventLoop(ExactSelector())
    except (OSError, AttributeError):
        return asyncio.new_event_loop()

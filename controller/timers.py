"""Control's event loop, whose timers are exact to a microsecond.

asyncio's usual selector on Linux is epoll, which counts in milliseconds, rounded up: each tick, and
the Stop at the end of a grace, would be up to a millisecond late. `select` counts in microseconds.
It is as quick with a dozen files, which is all that control has (docs/adr/0020).
"""

import asyncio
import resource
import selectors

FILES = 1024
"""FD_SETSIZE: `select` knows no file with a higher number."""


def exact() -> asyncio.AbstractEventLoop:
    """A loop that waits by `select`. The process may have no more files than that knows: one too
    many is then refused where it is opened, and is no end of the loop."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft > FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    return asyncio.SelectorEventLoop(selectors.SelectSelector())

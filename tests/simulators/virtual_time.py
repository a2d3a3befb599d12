"""Coroutine tests in virtual time."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

from simulators import virtual_time


def in_virtual_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a coroutine test in virtual time."""

    @functools.wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        virtual_time.run(test(*arguments, **named))

    # pytest would otherwise take the wrapped coroutine function for an asyncio test.
    del run.__wrapped__
    return run


def now_s() -> float:
    """The running loop's time."""
    return asyncio.get_running_loop().time()

"""Real time for the simulators that stand on a real link. The pure ones are given their time."""

import asyncio
import time
from collections.abc import AsyncIterator

LONGEST_STEP_S = 0.25
"""A process that was held up for longer does not make up for it: the belt would jump."""


async def ticks(period_s: float) -> AsyncIterator[float]:
    """The time since the tick before, s, about once in `period_s`; late ticks are not repeated."""
    last_s = due_s = time.monotonic()
    while True:
        due_s = max(due_s + period_s, time.monotonic())
        await asyncio.sleep(due_s - time.monotonic())
        now_s = time.monotonic()
        yield min(now_s - last_s, LONGEST_STEP_S)
        last_s = now_s

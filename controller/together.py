"""Works that live and end together, and surely."""

import asyncio
from collections.abc import Coroutine
from typing import Any

AGAIN_S = 2.0
"""A work that has not ended by now is cancelled once more. Until Python 3.12 `asyncio.wait_for`,
which the MQTT library stands on, loses a cancellation that comes as its wait ends. It is longer
than a client needs to take leave of its broker."""


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Run all works until one ends, or this is cancelled; then end them all.

    Raises: what the first of them failed with.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _end(set(tasks))
    for task in tasks:
        if task in ended:
            task.result()


async def _end(tasks: set[asyncio.Task[None]]) -> None:
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=AGAIN_S)

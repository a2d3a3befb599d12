"""A service in the foreground: until Ctrl-C or SIGTERM, the belt is stopped first."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any

from controller.cli.failure import Failure
from controller.cli.teller import Teller

LISTEN_S = 30.0


async def announced(guard: Teller) -> str:
    """Where the console is, once it serves. Raises: `Failure` if it cannot."""
    listening = await guard.event("listening", LISTEN_S)
    pin = listening["pin"]
    shown = f"PIN: {pin}" if pin else "Sign in with the PIN shown at the first start."
    return f"Console: {listening['url']}   {shown}"


async def until_interrupted(*ends: Coroutine[Any, Any, int]) -> None:
    """Return on Ctrl-C or SIGTERM. Raises: `Failure` if one of the processes ends by itself."""
    interrupted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, interrupted.set)
    waits = [asyncio.create_task(interrupted.wait()), *map(asyncio.create_task, ends)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await wait
    if not interrupted.is_set():
        raise Failure("The service ended by itself; what it said is above.")
    print("Ending: the belt is stopped first …", flush=True)

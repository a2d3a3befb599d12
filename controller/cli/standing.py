"""A service in the foreground: until a signal ends it, and the belt is stopped first."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any, NoReturn

from controller.cli.failure import Failure
from controller.cli.teller import END_S, Teller
from controller.guard.telling import write

STDOUT, STDERR = 1, 2
LISTEN_S = 30.0
ENDING = "Ending: the belt is being stopped. Waiting, for up to {:g} seconds, to see it at rest …"


def tell(descriptor: int, text: str) -> None:
    """Lost rather than waited for: a stop hangs on it that whoever says it goes on at once."""
    write(descriptor, text.encode() + b"\n")


async def announced(guard: Teller) -> str:
    """Where the console is, once it serves. Raises: `Failure` if it cannot."""
    listening = await guard.event("listening", LISTEN_S)
    pin, name = listening["pin"], listening["name"]
    shown = f"Name: {name}   PIN: {pin}" if pin else "Sign in with your name and PIN."
    return f"Console: {listening['url']}   {listening['trouble'] or shown}"


async def until_interrupted(service: Coroutine[Any, Any, None], patience_s: float = END_S) -> bool:
    """Run `service` to its end, or until Ctrl-C, SIGTERM or the end of its terminal, which may come
    at any moment of its start: it is cancelled where it stands, once, and ends what it has started,
    in about `patience_s` at most. Whether it came to its own end. Raises what it raises."""
    running = asyncio.create_task(service)

    def end() -> None:
        if not running.cancelling():
            running.cancel()
            tell(STDERR, ENDING.format(patience_s))

    for number in _ends():
        asyncio.get_running_loop().add_signal_handler(number, end)
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return not running.cancelled()


def _ends() -> list[signal.Signals]:
    """What ends a service; started by nohup, it outlives its terminal."""
    outlives = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM, *([] if outlives else [signal.SIGHUP])]


async def standing(*ends: Coroutine[Any, Any, int]) -> NoReturn:
    """Wait until cancelled. Raises: `Failure` if one of the processes ends by itself."""
    waits = [asyncio.create_task(end) for end in ends]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    raise Failure("The service ended by itself; what it said is above.")

"""What the guard tells its parent, or whoever looks at its terminal, without ever waiting."""

import contextlib
import json
import os
import select
import time

STDOUT = 1


def say(event: str, **facts: object) -> None:
    """One JSON line for the parent, if it still listens."""
    line = json.dumps({"event": event, "at_ns": time.monotonic_ns(), **facts})
    write(STDOUT, line.encode() + b"\n")


def write(descriptor: int, octets: bytes) -> None:
    """A short text; lost if it cannot be taken now: a pipe that nobody reads gets full, and a
    terminal may have been stopped with Ctrl-S."""
    takes = select.poll()
    takes.register(descriptor, select.POLLOUT)
    if takes.poll(0):
        with contextlib.suppress(OSError):
            os.write(descriptor, octets)

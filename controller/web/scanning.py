"""A look for devices in reach: `retrotread scan` as a process of its own, one at a time.

A scan takes radio time from a link. So there is none unless the belt rests with nothing under way,
and one that is under way ends as soon as that is no longer so.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

SECONDS = 6.0
"""How long it listens: advertisements come every few seconds at most."""
LIMIT_S = SECONDS + 25.0
"""An adapter may need ten seconds to begin, and ten to end; and Python a few."""
LOOK_S = 0.1
COMMAND = (sys.executable, "-m", "controller.cli")

ONE_AT_A_TIME = "Somebody looks for devices already. Wait a few seconds."
ENDED = "The look for devices was ended, for something is under way. Try again at rest."
TOO_LONG = "The Bluetooth adapter did not end the scan in time. Unplug it, plug it in, try again."
FAILED = "The scan failed. Run retrotread scan at the treadmill's computer to see why."


class ScanRefused(Exception):  # noqa: N818 - it is no mistake of the program
    """There is no list. `status` as in HTTP."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Scanner:
    """`busy` says in a sentence why the radio is not free; "" while it is."""

    def __init__(self, busy: Callable[[], str], command: tuple[str, ...] = COMMAND) -> None:
        self._busy = busy
        self._command = command
        self._looking = False

    async def look(self, adapter: str) -> list[dict[str, Any]]:
        """What is in reach, the nearest first. Raises: `ScanRefused`."""
        busy = self._busy()
        if busy:
            raise ScanRefused(409, busy)
        if self._looking:
            raise ScanRefused(409, ONE_AT_A_TIME)
        self._looking = True
        try:
            return await self._scanned(adapter)
        finally:
            self._looking = False

    async def _scanned(self, adapter: str) -> list[dict[str, Any]]:
        words = ("scan", "--json", "--seconds", str(SECONDS), "--adapter", adapter)
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        talk = asyncio.create_task(process.communicate())
        try:
            await self._until_done(talk)
        finally:
            if process.returncode is None:
                process.kill()
            await asyncio.wait({talk})
        return _rows(process.returncode, *talk.result())

    async def _until_done(self, talk: asyncio.Task[tuple[bytes, bytes]]) -> None:
        try:
            async with asyncio.timeout(LIMIT_S):
                while not talk.done():
                    await asyncio.wait({talk}, timeout=LOOK_S)
                    if self._busy():
                        raise ScanRefused(409, ENDED)
        except TimeoutError:
            raise ScanRefused(503, TOO_LONG) from None


def _rows(code: int | None, out: bytes, err: bytes) -> list[dict[str, Any]]:
    """What the process told, or the sentence with which it refused."""
    if code == 0:
        rows: list[dict[str, Any]] = json.loads(out)
        return rows
    said = err.decode(errors="replace").strip().splitlines()
    sentence = code == 1 and said and b"Traceback" not in err
    raise ScanRefused(503, said[-1] if sentence else FAILED)

"""A Mosquitto of the demo's own: a child on the loopback, there where the program is installed."""

import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from controller.cli.failure import Failure

USUAL_PORT = 1883
HOST = "127.0.0.1"
START_S, END_S = 10.0, 3.0
RETRY_S = 0.05
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
"""Debian and Homebrew install it where a user's PATH does not lead."""


def program() -> str | None:
    """Where Mosquitto is; None on a machine without it."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *SYSTEM_FOLDERS))
    return shutil.which("mosquitto", path=path)


def configuration(port: int) -> str:
    """Loopback alone, nothing kept; without nodelay a request and its answer take 40 ms more."""
    return (
        f"listener {port} {HOST}\n"
        "allow_anonymous true\n"
        "persistence false\n"
        "set_tcp_nodelay true\n"
        "log_type error\n"
    )


def free_port() -> int:
    """1883 if nobody has it, so that every client finds the demo; else any free one."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            number: int = probe.getsockname()[1]
            return number
    raise Failure("No port is free on this machine for the broker.")


@contextlib.asynccontextmanager
async def broker() -> AsyncIterator[int | None]:
    """The port of a running Mosquitto, ended on leaving; None where it is not installed.

    Raises: `Failure` if it is installed and does not start.
    """
    mosquitto = program()
    if mosquitto is None:
        yield None
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="retrotread-broker-") as folder:
        file = Path(folder) / "mosquitto.conf"
        file.write_text(configuration(port))
        process = await asyncio.create_subprocess_exec(
            mosquitto, "-c", str(file), start_new_session=True
        )
        try:
            await _serving(process, port)
            yield port
        finally:
            await _end(process)


async def _serving(process: asyncio.subprocess.Process, port: int) -> None:
    """Wait until it takes connections."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_S):
            while process.returncode is None:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection(HOST, port)
                    writer.close()
                    return
                await asyncio.sleep(RETRY_S)
    raise Failure("Mosquitto is installed but does not start; what it said is above.")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    ending = asyncio.create_task(process.wait())
    # In a task that was cancelled, asyncio.timeout of Python 3.11.2 raises no TimeoutError.
    await asyncio.wait({ending}, timeout=END_S)
    if not ending.done():
        process.kill()
    await ending

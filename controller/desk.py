"""The desk: the process that serves the console. It decides nothing; control does.

    python -m controller.desk PLAN.json

It prints one JSON line when it serves: `{"event": "listening", "url": …, "pin": … or null}`. The
PIN is there only when it was made anew; nobody can read it again later.
"""

import asyncio
import contextlib
import errno
import json
import logging
import os
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import uvicorn
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from controller.mqtt.bridge import Bridge
from controller.records.archive import Archive, Where
from controller.records.attendant import Attendant
from controller.settings import ArchiveSettings, MqttSettings
from controller.together import together
from controller.web.console import Console
from controller.web.doorkeeper import own_names
from controller.web.pin import Pin, PinError
from controller.web.server import build

FRAME_LIMIT = 4096
"""Longest frame taken from a page, octets; its longest command has about 120."""
STDIN = 0
GOODBYE_S = 1
"""Open pages get this long to close; a stuck one may not hold up the end."""


class DeskError(RuntimeError):
    """The desk cannot serve; the message is one plain sentence that names the way out."""


class Plan(BaseModel):
    """What the parent process wants served, and where."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    hatch: Path
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    data_dir: Path
    new_pin: bool = False
    title: str = "Retrotread"
    mqtt: MqttSettings | None = None
    archive: ArchiveSettings = Field(default_factory=ArchiveSettings)


def read_plan(path: Path) -> Plan:
    """Raises: DeskError."""
    try:
        return Plan.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DeskError(f"The desk's plan {path} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise DeskError(f"The desk's plan {path} is wrong at {where}: {first['msg']}.") from None


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes any free one. Raises: DeskError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only where the protocol is named; with the delay, an answer
    # that meets telemetry on its way out waits 40 ms for the browser's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise DeskError(_cannot_listen(host, port, error)) from None
    return listener


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is already in use on {host}. "
            "End the program that uses it, or choose another port."
        )
    return f"The console cannot be served at {host}, port {port}: {error.strerror or error}."


class _Server(uvicorn.Server):
    """uvicorn without its signal handling, telling when it serves."""

    def __init__(self, config: uvicorn.Config, on_serving: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_serving = on_serving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_serving()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(plan: Plan, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, or until the parent is gone. Raises: PinError."""
    pin = Pin(plan.data_dir)
    new_pin = pin.prepare(renew=plan.new_pin)
    port: int = listener.getsockname()[1]
    bridge = _bridge(plan, port)
    archive = _archive(plan)
    attendant = _attendant(plan, archive)
    console = Console(plan.title, plan.hatch, pin, bridge.requests if bridge else None)
    config = uvicorn.Config(
        build(console, own_names(plan.host, port)),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        ws_max_size=FRAME_LIMIT,
        ws_per_message_deflate=False,
        ws_ping_interval=5.0,
        ws_ping_timeout=5.0,
        timeout_graceful_shutdown=GOODBYE_S,
    )
    server = _Server(config, lambda: _announce(plan.host, port, new_pin))
    _end_on_signal(server)
    _end_with_parent(server)
    bridged = (bridge.run(),) if bridge else ()
    web = server.serve(sockets=[listener])
    async with archive:
        attended = attendant.run(), attendant.line.run()
        await together(web, console.line.run(), console.attend(), *attended, *bridged)


def _announce(host: str, port: int, pin: str | None) -> None:
    line = {"event": "listening", "url": _url(host, port), "pin": pin}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _url(host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def _bridge(plan: Plan, port: int) -> Bridge | None:
    """The bridge to the broker, if the settings name one."""
    if plan.mqtt is None:
        return None
    return Bridge(plan.mqtt, plan.hatch, plan.title, _url(plan.host, port))


def _archive(plan: Plan) -> Archive:
    named = plan.archive
    where = Where(plan.data_dir, named.url, named.password_file, named.ca_file)
    return Archive(where, plan.data_dir / "sessions")


def _attendant(plan: Plan, archive: Archive) -> Attendant:
    return Attendant(
        archive,
        plan.hatch,
        plan.title,
        required=plan.archive.patient_required,
        keep_days=plan.archive.keep_days,
    )


def _end_on_signal(server: uvicorn.Server) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, setattr, server, "should_exit", True)


def _end_with_parent(server: uvicorn.Server) -> None:
    """The parent holds the other end of a pipe on standard input; other files tell of no parent."""
    if not stat.S_ISFIFO(os.fstat(STDIN).st_mode):
        return
    loop = asyncio.get_running_loop()

    def read() -> None:
        if not os.read(STDIN, 4096):
            loop.remove_reader(STDIN)
            server.should_exit = True

    loop.add_reader(STDIN, read)


def main(argv: Sequence[str]) -> int:
    """Returns 0 after a clean end, 1 with one sentence on stderr, 2 on wrong usage."""
    if len(argv) != 2:
        sys.stderr.write("Usage: python -m controller.desk PLAN.json\n")
        return 2
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        plan = read_plan(Path(argv[1]))
        asyncio.run(serve(plan, listen(plan.host, plan.port)))
    except (DeskError, PinError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))

"""The desk: the process that serves the console. It decides nothing; control does.

    python -m controller.desk PLAN.json [SERVES_FD]

It writes one octet to SERVES_FD when it serves, and prints one JSON line: `{"event": "listening",
"url": …, "name": …, "pin": … or null, "trouble": …}`. The PIN is the first user's and is there only
when it was made anew; nobody can read it again later. `trouble` says why nobody can sign in, if so.
"""

import asyncio
import contextlib
import errno
import json
import logging
import os
import signal
import socket
import ssl
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from controller.log import Log
from controller.mqtt.bridge import Bridge
from controller.programs.library import Sheets
from controller.programs.rules import Sheet
from controller.realtime import DESK_NICE
from controller.records.archive import Archive, Where
from controller.records.attendant import Attendant
from controller.records.values import RecordError, decode
from controller.setting_tables import ArchiveSettings, MqttSettings, loopback
from controller.settings import NEEDS_TLS
from controller.together import together
from controller.web import tls
from controller.web.accounts import FIRST
from controller.web.connections import Bounded
from controller.web.console import Console
from controller.web.doorkeeper import own_names
from controller.web.reception import Reception
from controller.web.room import Room
from controller.web.server import build
from controller.web.tls import CertificateError
from controller.web.users_file import AccountError

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
    realtime: bool = False
    title: str = "Retrotread"
    names: list[str] = []
    cert_file: Path | None = None
    key_file: Path | None = None
    mqtt: MqttSettings | None = None
    archive: ArchiveSettings = Field(default_factory=ArchiveSettings)
    room: Room | None = None
    programs: dict[str, str] | None = None
    """What may be armed, titles by id; None stands for the built-in ones."""
    own_programs: list[dict[str, Any]] = []
    """The clinic's own, checked, as plain values."""


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


async def serve(plan: Plan, listener: socket.socket, serves_fd: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT, or until the parent is gone.

    Raises: AccountError, CertificateError, DeskError.
    """
    context = _tls(plan)
    reception = Reception(plan.data_dir)
    new_pin = reception.accounts.prepare(renew=plan.new_pin)
    port: int = listener.getsockname()[1]
    shown = plan.names[0] if plan.names else plan.host
    url = _url(shown, port, secure=context is not None)
    bridge = _bridge(plan, url)
    requests = bridge.requests if bridge else None
    archive = _archive(plan)
    attendant = _attendant(plan, archive)
    console = Console(
        plan.title,
        plan.hatch,
        reception,
        requests,
        secure=context is not None,
        attendant=attendant,
        room=plan.room,
        own=_own(plan),
        data_dir=plan.data_dir,
    )
    if bridge:
        console.metrics.brokers = bridge.up
    names = own_names(plan.host, port, plan.names, secure=console.secure)
    told = {"url": url, "name": FIRST, "pin": new_pin, "trouble": reception.accounts.trouble}
    server = _Server(_config(build(console, names), context), lambda: _announce(told, serves_fd))
    _end_on_signal(server)
    _end_with_parent(server)
    bridged = (bridge.run(),) if bridge else ()
    web = server.serve(sockets=[listener])
    async with archive:
        attended = attendant.run(), attendant.line.run()
        desk = console.line.run(), console.attend(), console.visiting.follow(), reception.watch()
        await together(web, *desk, *attended, *bridged)


def _config(app: FastAPI, context: ssl.SSLContext | None) -> uvicorn.Config:
    """Bounds on everything that comes in, and no trust in what a proxy's headers say."""
    return uvicorn.Config(
        app,
        http=Bounded,
        ssl_context_factory=(lambda _config, _default: context) if context else None,
        proxy_headers=False,
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


def _tls(plan: Plan) -> ssl.SSLContext | None:
    """TLS, if the plan names a certificate. Raises: CertificateError, DeskError."""
    if plan.cert_file is None or plan.key_file is None:
        if plan.cert_file is not plan.key_file or not loopback(plan.host):
            raise DeskError(NEEDS_TLS)
        return None
    return tls.context(plan.cert_file, plan.key_file)


def _announce(told: dict[str, str | None], serves_fd: int | None) -> None:
    if serves_fd is not None:
        os.write(serves_fd, b".")
    sys.stdout.write(json.dumps({"event": "listening", **told}) + "\n")
    sys.stdout.flush()


def _url(host: str, port: int, *, secure: bool) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{name}:{port}/"


def _bridge(plan: Plan, url: str) -> Bridge | None:
    """The bridge to the broker, if the settings name one."""
    if plan.mqtt is None:
        return None
    return Bridge(plan.mqtt, plan.hatch, plan.title, url, plan.programs)


def _own(plan: Plan) -> Sheets:
    """Raises: DeskError."""
    try:
        sheets: list[Sheet] = [decode(Sheet, plain) for plain in plan.own_programs]
    except RecordError as error:
        raise DeskError(f"The desk's plan is wrong at own_programs: {error}") from None
    return {sheet.program.id: sheet for sheet in sheets}


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
    if len(argv) not in (2, 3):
        sys.stderr.write("Usage: python -m controller.desk PLAN.json [SERVES_FD]\n")
        return 2
    logging.basicConfig(level=logging.WARNING, handlers=[Log()])
    # A line for each damaged request would let strangers fill the log.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    try:
        plan = read_plan(Path(argv[1]))
        if plan.realtime:
            os.nice(DESK_NICE)
        asyncio.run(serve(plan, listen(plan.host, plan.port), *map(int, argv[2:])))
    except (DeskError, AccountError, CertificateError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))

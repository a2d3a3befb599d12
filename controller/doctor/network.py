"""The console's port, the files for TLS, and the broker: reached, let in, and heard."""

import asyncio
import contextlib
import errno
import socket
import ssl
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import aiomqtt

from controller.doctor.finding import Finding, Subject, missing, ok, warning
from controller.guard.lock import held
from controller.mqtt.client import built
from controller.mqtt.faults import SOON_S, DeniedError, fault
from controller.mqtt.topics import Topics
from controller.setting_tables import MqttSettings

LIMIT_S = 2.0
ACL = "retrotread mqtt acl --help; journalctl -u mosquitto"
TOO_OPEN = 0o037
"""Of a secret: the service's group may read it, nobody else."""
NAME = "doctor"
"""Ends the client's name, so that a service which runs is not put out by this one."""


class Port(NamedTuple):
    """Where the console is to be. `served`: the service that keeps the data folder has it."""

    host: str
    port: int
    refused: str
    served: bool


def port(subject: Subject) -> Port | None:
    if subject.settings is None:
        return None
    console, data_dir = subject.settings.console, subject.settings.data_dir
    refused = _refused(console.host, console.port)
    return Port(console.host, console.port, refused, held(data_dir))


def _refused(host: str, number: int) -> str:
    """Why nothing can be served there; "" if it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            return "is taken by another program" if taken else f"cannot be had: {error.strerror}"
    return ""


def judge_port(seen: Port | None) -> Sequence[Finding]:
    if seen is None:
        return []
    place = f"{seen.host}, port {seen.port}"
    if seen.refused and not seen.served:
        way_out = f"sudo ss -ltnp 'sport = :{seen.port}', or choose another: [console] port = …"
        return [missing("console", f"{place}, {seen.refused}", way_out)]
    return [ok("console", f"{place}{', where the service runs' if seen.served else ''}")]


class TlsFile(NamedTuple):
    """A file that the settings name. `refused`: why it cannot be used, or ""; `there`: it is."""

    thing: str
    path: Path
    mode: int
    refused: str
    secret: bool
    there: bool = True


def files(subject: Subject) -> list[TlsFile]:
    if subject.settings is None:
        return []
    console, mqtt = subject.settings.console, subject.settings.mqtt
    archive = subject.settings.archive
    found = _pair("[console]", console.cert_file, console.key_file)
    found += _single("[archive] ca_file", archive.ca_file, _authority)
    found += _single("[archive] password_file", archive.password_file, _readable, secret=True)
    if mqtt is not None:
        found += _single("[mqtt] ca_file", mqtt.ca_file, _authority)
        found += _pair("[mqtt]", mqtt.cert_file, mqtt.key_file)
        found += _single("[mqtt] password_file", mqtt.password_file, _readable, secret=True)
    return found


def _pair(table: str, cert: Path | None, key: Path | None) -> list[TlsFile]:
    def fits(path: Path) -> None:
        if cert is not None:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, path)

    return [
        *_single(f"{table} cert_file", cert, _authority),
        *_single(f"{table} key_file", key, fits, secret=True),
    ]


def _authority(path: Path) -> None:
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)


def _readable(path: Path) -> None:
    path.read_bytes()


def _single(
    thing: str, path: Path | None, proves: Callable[[Path], None], *, secret: bool = False
) -> list[TlsFile]:
    """`proves` raises `OSError`, of which `ssl.SSLError` is one, for what is no such file."""
    if path is None:
        return []
    mode, refused = 0, ""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        proves(path)
    except ssl.SSLError as error:
        refused = f"it is no such file: {error.reason or 'not PEM'}"
    except OSError as error:
        refused = error.strerror or str(error)
    return [TlsFile(thing, path, mode, refused, secret, path.exists())]


def judge_files(seen: Sequence[TlsFile]) -> Sequence[Finding]:
    return [_judged(file) for file in seen]


def _judged(file: TlsFile) -> Finding:
    if not file.there:
        return missing(file.thing, f"{file.path} is not there", _made(file))
    if file.refused:
        return missing(file.thing, f"{file.path}: {file.refused}", f"ls -l {file.path}")
    if file.secret and file.mode & TOO_OPEN:
        says = f"{file.path} is open to others (mode {file.mode:o})"
        return warning(file.thing, says, f"sudo chmod 640 {file.path}")
    return ok(file.thing, str(file.path))


def _made(file: TlsFile) -> str:
    if file.thing.startswith("[console]"):
        return "retrotread certificate NAME, and the lines that it prints into the settings"
    mode = "640 -g retrotread" if file.secret else "644"
    return f"sudo install -m {mode} FILE {file.path}"


class Broker(NamedTuple):
    """A broker and how it received this device: `fault` is a sentence without secrets, or "", and
    `way_out` that of its kind."""

    place: str
    tls: bool
    username: str
    fault: str
    way_out: str = ""


def broker(subject: Subject) -> Broker | None:
    mqtt = subject.settings.mqtt if subject.settings else None
    if mqtt is None:
        return None
    place = f"{mqtt.host}, port {mqtt.broker_port}"
    return Broker(place, mqtt.tls, mqtt.username or "", *asyncio.run(_received(mqtt)))


async def _received(mqtt: MqttSettings) -> tuple[str, str]:
    """Sign in, ask to hear Stop as the service does, and take leave: what is wrong, the way out."""
    try:
        async with asyncio.timeout(LIMIT_S):
            client = await built(mqtt, NAME, asyncio.Queue(), None)
            async with client:
                await _hears(client, Topics(mqtt.device).command("stop"))
    except TimeoutError:
        silent = f"The MQTT broker at {mqtt.host} does not answer within {LIMIT_S:g} s."
        return silent, _brought_back(mqtt)
    except (aiomqtt.MqttError, OSError, ValueError, DeniedError) as error:
        found = fault(error, mqtt)
        return found.sentence, _brought_back(mqtt) if found.last_s == SOON_S else ACL
    return "", ""


def _brought_back(mqtt: MqttSettings) -> str:
    """The way out for a broker that is away."""
    if mqtt.tls:
        return f"getent hosts {mqtt.host}; ping {mqtt.host}, and start the broker there"
    return "sudo apt install mosquitto && sudo systemctl enable --now mosquitto"


async def _hears(client: aiomqtt.Client, topic: str) -> None:
    """Raises: `DeniedError`."""
    for code in await client.subscribe(topic, qos=1):
        if getattr(code, "is_failure", False):
            raise DeniedError(topic)
    with contextlib.suppress(aiomqtt.MqttError):
        await client.unsubscribe(topic)


def judge_broker(seen: Broker | None) -> Sequence[Finding]:
    """A walk does without a broker; whoever named one relies on it."""
    if seen is None:
        return []
    if seen.fault:
        return [missing("broker", seen.fault, seen.way_out)]
    how = "over TLS" if seen.tls else "on this computer"
    who = f", as {seen.username}" if seen.username else ""
    return [ok("broker", f"{seen.place}, {how}{who}")]

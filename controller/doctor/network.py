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
from controller.guard.lock import free
from controller.mqtt.client import built
from controller.mqtt.faults import DeniedError, fault
from controller.mqtt.topics import Topics
from controller.setting_tables import MqttSettings

LIMIT_S = 2.0
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
    return Port(console.host, console.port, refused, data_dir.is_dir() and not free(data_dir))


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
    """A file that the settings name. `refused`: why it cannot be used, or ""."""

    thing: str
    path: Path
    mode: int
    refused: str
    secret: bool


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
    return [TlsFile(thing, path, mode, refused, secret)]


def judge_files(seen: Sequence[TlsFile]) -> Sequence[Finding]:
    return [_judged(file) for file in seen]


def _judged(file: TlsFile) -> Finding:
    if file.refused:
        return missing(file.thing, f"{file.path}: {file.refused}", f"ls -l {file.path}")
    if file.secret and file.mode & 0o077:
        says = f"{file.path} is open to others (mode {file.mode:o})"
        return warning(file.thing, says, f"chmod 600 {file.path}")
    return ok(file.thing, str(file.path))


class Broker(NamedTuple):
    """A broker and how it received this device: `fault` is a sentence without secrets, or ""."""

    place: str
    tls: bool
    username: str
    fault: str


def broker(subject: Subject) -> Broker | None:
    mqtt = subject.settings.mqtt if subject.settings else None
    if mqtt is None:
        return None
    place = f"{mqtt.host}, port {mqtt.broker_port}"
    return Broker(place, mqtt.tls, mqtt.username or "", asyncio.run(_received(mqtt)))


async def _received(mqtt: MqttSettings) -> str:
    """Sign in, ask to hear Stop as the service does, and take leave."""
    try:
        async with asyncio.timeout(LIMIT_S):
            client = await built(mqtt, NAME, asyncio.Queue(), None)
            async with client:
                await _hears(client, Topics(mqtt.device).command("stop"))
    except TimeoutError:
        return f"The MQTT broker at {mqtt.host} does not answer within {LIMIT_S:g} s."
    except (aiomqtt.MqttError, OSError, ValueError, DeniedError) as error:
        return fault(error, mqtt).sentence
    return ""


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
        way_out = "retrotread mqtt acl --help; systemctl status mosquitto"
        return [missing("broker", seen.fault, way_out)]
    how = "over TLS" if seen.tls else "on this computer"
    who = f", as {seen.username}" if seen.username else ""
    return [ok("broker", f"{seen.place}, {how}{who}")]

"""A broker that dies, freezes, lies about its name or does not let the desk in."""

import asyncio
import contextlib
import datetime
import signal
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from controller.cli import broker
from controller.mqtt.topics import Topics
from tests.conftest import Stage
from tests.controller.mqtt.conftest import DEVICE
from tests.controller.mqtt.integrator import integrator
from tests.mosquitto import WAIT_S, client, free_port, heard, mosquitto

pytestmark = pytest.mark.service

TOPICS = Topics(DEVICE)
BACK_S = 2.0


def authority(name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate that signs itself, for the loopback address."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate, key


def write(folder: Path, name: str) -> tuple[Path, Path]:
    """The files of a new certificate and its key."""
    certificate, key = authority(name)
    files = folder / f"{name}.crt", folder / f"{name}.key"
    pem = serialization.Encoding.PEM
    files[0].write_bytes(certificate.public_bytes(pem))
    plain = serialization.PrivateFormat.TraditionalOpenSSL
    files[1].write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()))
    return files


@contextlib.asynccontextmanager
async def tls_broker(folder: Path, *lines: str) -> AsyncIterator[tuple[int, Path]]:
    """A broker that speaks TLS only; its port and the certificate that proves it."""
    certificate, key = write(folder, "broker")
    more = (f"certfile {certificate}", f"keyfile {key}", *lines)
    async with mosquitto(folder, *more) as port:
        yield port, certificate


async def until_said(stage: Stage, words: str) -> str:
    """The next line on the desk's stderr; it must have these words."""
    assert stage.process is not None
    assert stage.process.stderr is not None
    line = (await asyncio.wait_for(stage.process.stderr.readline(), WAIT_S)).decode()
    assert words in line, line
    return line


async def test_state_is_back_within_two_seconds_of_a_broker_that_was_killed(
    bare_stage: Stage, tmp_path: Path
) -> None:
    stage, port = bare_stage, free_port()
    await stage.control.open()
    stage.control.keep_saying(session_id="walk")
    await stage.start(mqtt={"port": port, "device": DEVICE})
    clock = asyncio.get_running_loop().time
    for _ in range(3):
        async with mosquitto(tmp_path, port=port):
            up_s = clock()
            async with integrator(port, DEVICE) as asking:
                assert clock() - up_s <= BACK_S
                await asking.until(lambda asking=asking: asking.state["session_id"] == "walk")
                asked = await asking.send("pause")
                result = await asking.result(asked)
                assert (result["outcome"], result["reason"]) == ("accepted", None)
        await asyncio.sleep(0.5)  # the broker is away for a while
    _, said = await stage.end()
    assert "cannot be reached" in said
    assert "Traceback" not in said


async def test_a_frozen_broker_holds_nobody_up_and_is_used_again(
    bare_stage: Stage, tmp_path: Path
) -> None:
    stage, port = bare_stage, free_port()
    file = tmp_path / "mosquitto.conf"
    file.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nlog_type error\n")
    program = broker.program()
    assert program
    frozen = await asyncio.create_subprocess_exec(program, "-c", str(file))
    try:
        await stage.control.open()
        stage.control.keep_saying(session_id="walk")
        await stage.start(mqtt={"port": port, "device": DEVICE})
        async with integrator(port, DEVICE):
            frozen.send_signal(signal.SIGSTOP)
        cookie = await stage.cookie()
        async with stage.page(cookie) as page:
            for number in range(20):
                await page.send(f'{{"kind": "command", "id": "{number}", "verb": "stop"}}')
                await stage.until(page, "answer", id=str(number), accepted=True)
                await stage.until(page, "telemetry")
        frozen.send_signal(signal.SIGCONT)
        async with integrator(port, DEVICE) as asking:
            asked = await asking.send("pause")
            assert (await asking.result(asked))["outcome"] == "accepted"
    finally:
        frozen.kill()
        await frozen.wait()


async def test_a_certificate_of_somebody_else_is_one_sentence_and_no_connection(
    bare_stage: Stage, tmp_path: Path
) -> None:
    wrong, _ = write(tmp_path, "stranger")
    await bare_stage.control.open()
    async with tls_broker(tmp_path) as (port, _):
        mqtt = {"port": port, "device": DEVICE, "ca_file": str(wrong)}
        await bare_stage.start(mqtt=mqtt)
        await until_said(bare_stage, "has a certificate that is not accepted")
        await asyncio.sleep(1.5)  # several tries later
        _, said = await bare_stage.end()
    assert said == ""
    assert bare_stage.control.commands.empty()


async def test_the_right_certificate_is_spoken_to(bare_stage: Stage, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3cret\n")
    async with tls_broker(tmp_path) as (port, certificate):
        mqtt = {
            "port": port,
            "device": DEVICE,
            "ca_file": str(certificate),
            "username": "room-1",
            "password_file": str(secret),
        }
        await bare_stage.control.open()
        await bare_stage.start(mqtt=mqtt)
        context = ssl.create_default_context(cafile=certificate)
        async with client(port, tls_context=context) as other:
            await other.subscribe(TOPICS.status)
            assert await heard(other, TOPICS.status) == b"online"
        _, said = await bare_stage.end()
    assert said == ""


async def test_a_broker_that_refuses_the_name_is_one_sentence(
    bare_stage: Stage, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3cret\n")
    async with mosquitto(tmp_path, "allow_anonymous false") as port:
        mqtt = {"port": port, "username": "room-1", "password_file": str(secret)}
        await bare_stage.start(mqtt=mqtt)
        said = await until_said(bare_stage, "refused this device")
        assert "s3cret" not in said
        _, more = await bare_stage.end()
    assert more == ""


async def test_a_password_file_that_is_not_there_is_one_sentence(bare_stage: Stage) -> None:
    mqtt = {"port": 1, "username": "room-1", "password_file": "/nowhere/password"}
    await bare_stage.start(mqtt=mqtt)
    await until_said(bare_stage, "A file that [mqtt] names cannot be used")
    _, more = await bare_stage.end()
    assert more == ""


async def test_two_rooms_of_one_name_say_so(bare_stage: Stage, tmp_path: Path) -> None:
    other = Stage(tmp_path / "other")
    other.folder.mkdir()
    async with mosquitto(tmp_path) as port:
        mqtt = {"port": port, "device": DEVICE}
        await bare_stage.start(mqtt=mqtt)
        async with integrator(port, DEVICE):
            await other.start(mqtt=mqtt)
            line = ""
            while "Perhaps another client has this device's name" not in line:
                line = await until_said(bare_stage, "The MQTT broker")
            await other.end()

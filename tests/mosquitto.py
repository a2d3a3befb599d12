"""The real Mosquitto for a test: a child on a loopback port of its own."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt

from controller.cli import broker

WAIT_S = 20.0
"""For a machine that is busy with other things; nothing here takes a second by itself."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((broker.HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def mosquitto(folder: Path, *lines: str, port: int = 0) -> AsyncIterator[int]:
    """Its port. Anonymous clients are let in unless a line says otherwise."""
    program = broker.program()
    assert program, "The tests need Mosquitto: make system"
    port = port or free_port()
    anyone = () if any("allow_anonymous" in line for line in lines) else ("allow_anonymous true",)
    file = folder / f"mosquitto-{port}.conf"
    listener = f"listener {port} {broker.HOST}"
    fixed = (listener, "user root", "persistence false", "set_tcp_nodelay true", "log_type error")
    file.write_text("\n".join((*fixed, *anyone, *lines, "")))
    process = await asyncio.create_subprocess_exec(program, "-c", str(file))
    try:
        await _serving(port)
        yield port
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _serving(port: int) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(broker.HOST, port)
                writer.close()
                return
            await asyncio.sleep(0.02)


def client(
    port: int, name: str | None = None, tls_context: ssl.SSLContext | None = None
) -> aiomqtt.Client:
    """MQTT 5 without a password: `name` is the client and the user."""
    version = aiomqtt.ProtocolVersion.V5
    return aiomqtt.Client(
        broker.HOST, port, username=name, protocol=version, tls_context=tls_context
    )


async def heard(who: aiomqtt.Client, topic: str) -> bytes:
    """The payload of the next message on `topic`; what comes on others is passed over."""
    async with asyncio.timeout(WAIT_S):
        async for message in who.messages:
            if str(message.topic) == topic:
                return bytes(message.payload)
    raise AssertionError("the broker closed the connection")

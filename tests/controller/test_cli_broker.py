"""The demo's own Mosquitto."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from controller.cli import broker
from controller.cli.failure import Failure
from tests.mosquitto import WAIT_S, client, free_port, heard

STUBBORN = """
import signal, socket, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
port = int(open(sys.argv[2]).read().split()[1])
with socket.create_server(("127.0.0.1", port)):
    time.sleep(600)
"""
"""In Mosquitto's place; does not end when it is asked to."""


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((broker.HOST, port)) == 0


async def test_it_takes_clients_and_is_gone_afterwards() -> None:
    async with broker.broker() as port:
        assert port is not None
        async with client(port) as one, client(port) as other:
            await other.subscribe("hello", qos=1)
            await one.publish("hello", b"there", qos=1)
            assert await heard(other, "hello") == b"there"
    assert not listens(port)


def test_it_listens_on_the_loopback_alone() -> None:
    assert broker.configuration(1883).startswith("listener 1883 127.0.0.1\n")


async def test_where_1883_is_taken_it_takes_another_port() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # somebody else's broker does as well
            other.bind((broker.HOST, broker.USUAL_PORT))
            other.listen()
        async with broker.broker() as port:
            assert port not in {None, broker.USUAL_PORT}


async def test_a_machine_without_it_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", "")
    async with broker.broker() as port:
        assert port is None


async def test_one_that_does_not_start_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mosquitto").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "mosquitto").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(Failure, match="does not start"):
        async with broker.broker():
            pass


async def test_one_that_does_not_end_is_killed_also_by_a_task_that_was_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mosquitto").write_text(f"#!{sys.executable}\n{STUBBORN}")
    (tmp_path / "mosquitto").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(broker, "END_S", 0.2)
    ports: asyncio.Queue[int] = asyncio.Queue()

    async def hold() -> None:
        async with broker.broker() as port:
            assert port is not None
            ports.put_nowait(port)
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    port = await asyncio.wait_for(ports.get(), WAIT_S)
    holding.cancel()
    await asyncio.wait({holding})
    assert not listens(port)


async def test_the_demo_prints_its_address_and_speaks_on_it(tmp_path: Path) -> None:
    demo = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("retrotread"),
        "demo",
        "--port",
        str(free_port()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
    )
    assert demo.stdout is not None
    try:
        async with asyncio.timeout(2 * WAIT_S):
            async for line in demo.stdout:
                if line.startswith(b"MQTT: "):
                    break
        address, _, topics = line.decode().removeprefix("MQTT: ").partition("   topics: ")
        async with client(int(address.rpartition(":")[2])) as integrator:
            await integrator.subscribe(topics.strip())
            state = json.loads(await heard(integrator, "retrotread/demo/state"))
        assert state["device"] == "demo"
    finally:
        demo.send_signal(signal.SIGINT)
        await asyncio.wait_for(demo.communicate(), WAIT_S)

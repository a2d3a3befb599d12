"""How a real Mosquitto receives the doctor, and that the doctor tells no secret."""

import asyncio
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from controller.doctor import network
from controller.doctor.finding import Subject
from controller.doctor.network import Broker
from controller.mqtt.acl import acl_file
from controller.settings import parse
from tests.mosquitto import client, free_port, heard, mosquitto

SECRET = "correct horse battery staple"  # noqa: S105 - of a broker made for a second


async def received(port: int, **mqtt: Any) -> Broker:
    table = {"port": port, "device": "room-1", **mqtt}
    least = {"treadmill": "ftms:AA:BB:CC:DD:EE:FF", "grip": "grip:/dev/null"}
    seen = await asyncio.to_thread(network.broker, Subject(parse({**least, "mqtt": table})))
    assert seen is not None
    return seen


@pytest.fixture
def passwords(tmp_path: Path) -> tuple[str, ...]:
    """Lines for a broker that knows the user room-1 by its password."""
    file = tmp_path / "passwords"
    told = ["mosquitto_passwd", "-b", "-c", str(file), "room-1", SECRET]
    subprocess.run(told, check=True, capture_output=True)
    (tmp_path / "right").write_text(SECRET + "\n")
    (tmp_path / "wrong").write_text("guess\n")
    return ("allow_anonymous false", f"password_file {file}")


async def test_a_broker_that_lets_the_device_in_is_well(tmp_path: Path) -> None:
    async with mosquitto(tmp_path) as port:
        seen = await received(port)
    assert seen == (f"127.0.0.1, port {port}", False, "", "", "")


async def test_a_password_counts_and_is_never_told(
    tmp_path: Path, passwords: tuple[str, ...]
) -> None:
    async with mosquitto(tmp_path, *passwords) as port:
        for name, well in (("right", True), ("wrong", False)):
            seen = await received(port, username="room-1", password_file=str(tmp_path / name))
            told = repr((seen, network.judge_broker(seen)))
            assert (seen.fault == "") is well
            assert SECRET not in told
            assert "guess" not in told
    assert "Check username, password_file" in seen.fault
    assert "mqtt acl" in seen.way_out


async def test_the_access_list_that_retrotread_prints_lets_the_doctor_in(tmp_path: Path) -> None:
    file = tmp_path / "acl"
    file.write_text(acl_file("room-1", [("room-1", "device")]))
    async with mosquitto(tmp_path, f"acl_file {file}") as port:
        assert (await received(port, username="room-1")).fault == ""


async def test_a_broker_that_is_away_is_told_in_one_sentence() -> None:
    port = free_port()
    seen = await received(port)
    assert f"port {port}, cannot be reached" in seen.fault
    assert "apt install mosquitto" in seen.way_out


async def test_a_broker_that_accepts_and_says_nothing_does_not_hold_the_doctor_up() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        seen = await received(mute.getsockname()[1])
    assert seen.fault


async def test_a_service_that_runs_keeps_its_connection(tmp_path: Path) -> None:
    """A broker puts out the first of two clients of one name."""
    async with mosquitto(tmp_path) as port, client(port, "retrotread-room-1") as service:
        await service.subscribe("still/there")
        assert (await received(port)).fault == ""
        await service.publish("still/there", b"yes")
        assert await heard(service, "still/there") == b"yes"

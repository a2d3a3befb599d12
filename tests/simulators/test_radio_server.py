"""The air as a process: what it says, and how it ends."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from simulators.radio import Air, adapter_of, serving


async def air_process(listen: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulators.radio", "--listen", listen, stdin=PIPE, stdout=PIPE
    )


async def first_line(process: Process) -> dict[str, str]:
    assert process.stdout is not None
    line: dict[str, str] = json.loads(await process.stdout.readline())
    return line


@pytest.fixture
def socket_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("air") / "air"


async def test_it_says_where_it_listens_and_ends_with_its_parent(socket_path: Path) -> None:
    process = await air_process(f"unix:{socket_path}")
    assert await first_line(process) == {
        "event": "listening",
        "address": f"unix:{socket_path}",
        "adapter": f"hci:unix:{socket_path}",
    }
    assert socket_path.name in os.listdir(socket_path.parent)
    assert process.stdin is not None
    process.stdin.close()
    assert await process.wait() == 0
    assert os.listdir(socket_path.parent) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_cleanly(socket_path: Path, number: signal.Signals) -> None:
    process = await air_process(f"unix:{socket_path}")
    await first_line(process)
    process.send_signal(number)
    assert await process.wait() == 0
    assert os.listdir(socket_path.parent) == []


async def test_port_0_is_reported_as_the_port_in_use() -> None:
    async with serving(Air(), "tcp:127.0.0.1:0") as address:
        port = int(address.rsplit(":", 1)[1])
        assert port > 0
        assert adapter_of(address) == f"hci:tcp-client:127.0.0.1:{port}"


@pytest.mark.parametrize("listen", ["unix:", "tcp:7300", "udp:127.0.0.1:1", "air"])
async def test_an_address_of_no_known_form_is_refused(listen: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        async with serving(Air(), listen):
            pytest.fail("it listens")


async def test_an_address_that_cannot_be_bound_is_one_sentence(tmp_path: Path) -> None:
    listen = f"unix:{tmp_path / 'missing' / 'air'}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulators.radio", "--listen", listen, stdin=PIPE, stderr=PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith(f"The virtual air cannot listen at {listen}: ")
    assert said.count(b"\n") == 1

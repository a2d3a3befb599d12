"""Power cuts across processes: the air, a peripheral and a central, each killed without warning."""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from bleak import BleakClient

from drivers.adapter import bleak_arguments
from drivers.bumble_backend.client import BumbleClient
from tests.drivers.peripheral import ADDRESS, FEATURE

CENTRAL = """
import asyncio, sys
from drivers.ble import BleakLink

async def main():
    link = BleakLink(sys.argv[1], sys.argv[2])
    await link.connect(lambda: None)
    print('{"event": "linked"}', flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
SUPERVISION_MS = 1000
"""Long, so that a busy machine cannot make a dead link look noticed before it was looked at."""


class Running:
    """A process that reports on standard output, one JSON object a line."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def next(self, kind: str) -> dict[str, Any]:
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            while True:
                event: dict[str, Any] = json.loads(await self.process.stdout.readline())
                if event["event"] == kind:
                    return event

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@contextlib.asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=PIPE, stdout=PIPE
    )
    try:
        yield Running(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.fixture
async def air(socket_path: str) -> AsyncIterator[str]:
    """The transport name of an air in a process of its own."""
    listen = f"unix:{socket_path}"
    supervision = ("--supervision-ms", str(SUPERVISION_MS))
    async with running("-m", "simulators.radio", "--listen", listen, *supervision) as process:
        await process.next("listening")
        yield listen


@contextlib.asynccontextmanager
async def peripheral(air: str) -> AsyncIterator[Running]:
    script = str(Path(__file__).with_name("peripheral.py"))
    async with running(script, air) as process:
        await process.next("advertising")
        yield process


async def test_a_killed_peripheral_is_a_power_cut_to_its_central(air: str) -> None:
    gone = asyncio.Event()
    async with peripheral(air) as process:
        client = BleakClient(ADDRESS, lambda _: gone.set(), **bleak_arguments(f"hci:{air}").client)
        await client.connect()
        backend = client._backend
        assert isinstance(backend, BumbleClient)
        await process.kill()
        assert client.is_connected
        await gone.wait()
    assert backend.disconnect_reason == 0x08
    assert not client.is_connected
    async with peripheral(air):
        await client.connect()
        assert await client.read_gatt_char(FEATURE) == bytearray(range(8))
        await client.disconnect()


async def test_a_killed_central_is_a_power_cut_to_its_peripheral(air: str) -> None:
    async with peripheral(air) as process:
        async with running("-c", CENTRAL, ADDRESS, f"hci:{air}") as central:
            await central.next("linked")
            await process.next("connected")
            await central.kill()
        ending = await process.next("disconnected")
        assert ending["reason"] == 0x08
        client = BleakClient(ADDRESS, **bleak_arguments(f"hci:{air}").client)
        await client.connect()
        assert await client.read_gatt_char(FEATURE) == bytearray(range(8))
        await client.disconnect()
        assert (await process.next("disconnected"))["reason"] == 0x13

"""BlueZ leaves a real bus, and the watch tells of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dbus_fast.aio import MessageBus

from drivers.bluez_watch import BluezWatch

LIMIT_S = 20.0
SETTLE_S = 0.1


@contextlib.asynccontextmanager
async def owner(bus: str, name: str) -> AsyncIterator[None]:
    """Somebody who has this name on the bus, until the end."""
    connection = await MessageBus(bus_address=bus).connect()
    await connection.request_name(name)
    try:
        yield
    finally:
        connection.disconnect()
        await connection.wait_for_disconnect()


async def watching() -> tuple[BluezWatch, asyncio.Event]:
    gone = asyncio.Event()
    watch = BluezWatch(gone.set)
    await watch.begin()
    return watch, gone


async def test_bluez_that_dies_is_told(bus: str) -> None:
    async with owner(bus, "org.bluez"):
        watch, gone = await watching()
        await asyncio.sleep(SETTLE_S)
        assert not gone.is_set()
    async with asyncio.timeout(LIMIT_S):
        await gone.wait()
    watch.end()


async def test_bluez_that_comes_and_others_that_go_are_not_told(bus: str) -> None:
    watch, gone = await watching()
    async with owner(bus, "org.bluez"):
        async with owner(bus, "org.bluez.obex"):
            pass
        await asyncio.sleep(SETTLE_S)
        assert not gone.is_set()
        watch.end()


async def test_a_watch_that_has_ended_tells_nothing_and_may_begin_again(bus: str) -> None:
    async with owner(bus, "org.bluez"):
        watch, gone = await watching()
        watch.end()
        watch.end()
    await asyncio.sleep(SETTLE_S)
    assert not gone.is_set()
    async with owner(bus, "org.bluez"):
        await watch.begin()
        await watch.begin()
    async with asyncio.timeout(LIMIT_S):
        await gone.wait()
    watch.end()


async def test_without_a_bus_it_cannot_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    with pytest.raises(OSError, match=r"."):
        await BluezWatch(lambda: None).begin()


async def test_elsewhere_than_on_linux_there_is_nothing_to_watch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("drivers.bluez_watch.FITS", False)
    watch = BluezWatch(lambda: None)
    await watch.begin()
    watch.end()

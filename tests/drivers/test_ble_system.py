"""`BleakLink` on the system's adapter, over a real D-Bus, when BlueZ itself dies."""

import asyncio

import pytest

from drivers.ble import BleakLink
from drivers.links import LinkError
from protocols.ftms.uuids import FEATURE
from tests.drivers.hand_made_bluez import ADDRESS, OCTETS, bluez

LIMIT_S = 20.0


async def test_a_bluez_that_dies_is_a_lost_link_and_comes_back_with_it(bus: str) -> None:
    """bleak alone would call it connected for ever, and no Stop would get through again."""
    link, lost = BleakLink(ADDRESS, "system"), asyncio.Event()
    async with bluez(bus):
        await link.connect(lost.set)
        assert link.connected
        assert await link.read(FEATURE) == OCTETS
        assert not lost.is_set()
    async with asyncio.timeout(LIMIT_S):
        await lost.wait()
    assert not link.connected
    with pytest.raises(LinkError, match="connect to it first"):
        await link.read(FEATURE)
    await link.disconnect()
    async with bluez(bus):
        lost.clear()
        await link.connect(lost.set)
        assert await link.read(FEATURE) == OCTETS
        await link.disconnect()
    assert not lost.is_set()

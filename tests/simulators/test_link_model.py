"""A link that fails, as a client of it in virtual time has it, and what its channel does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from drivers.links import LinkError
from protocols.ftms import procedures, uuids
from simulators.channel import EFFECTS, Channel
from simulators.link_model import FREE, WRITES, LinkModel
from simulators.trouble import BEFORE_S, LINK, Clocks, Trouble
from tests.drivers.machine_link import MachineLink
from tests.simulators.virtual_time import in_virtual_time, now_s

RUNNING = Clocks(run_s=6.0, link_s=9.0)


@contextlib.asynccontextmanager
async def walking(*faults: str) -> AsyncIterator[MachineLink]:
    """A client that has started the belt, just now."""
    link = MachineLink(*faults)
    living = asyncio.create_task(link.live())
    await link.connect(lambda: None)
    try:
        for octets in (procedures.request_control(), procedures.start()):
            await link.write(uuids.CONTROL_POINT, octets, response=True)
            await asyncio.sleep(0.2)
        yield link
    finally:
        living.cancel()


@in_virtual_time
async def test_a_write_on_a_dead_link_ends_with_the_link() -> None:
    async with walking("link_drops") as link:
        await asyncio.sleep(5.5)
        began_s = now_s()
        with pytest.raises(LinkError, match="lost"):
            await link.write(uuids.CONTROL_POINT, procedures.stop(), response=True)
        assert 3 < now_s() - began_s < 4
        assert not link.connected
        with pytest.raises(LinkError, match="not in reach"):
            await link.connect(lambda: None)
        await asyncio.sleep(3)
        await link.connect(lambda: None)
        assert link.treadmill.belt.speed_mps > 0.1


@in_virtual_time
async def test_a_swallowed_write_ends_well_and_does_nothing() -> None:
    async with walking("writes_swallowed") as link:
        await asyncio.sleep(6)
        await link.write(uuids.CONTROL_POINT, procedures.stop(), response=True)
        assert link.treadmill.firmware.running


@in_virtual_time
async def test_a_blocked_write_arrives_late() -> None:
    async with walking("writes_blocked") as link:
        await asyncio.sleep(6)
        began_s = now_s()
        await link.write(uuids.CONTROL_POINT, procedures.stop(), response=True)
        assert now_s() - began_s == pytest.approx(8)
        assert not link.treadmill.firmware.running


@in_virtual_time
async def test_a_refused_write_carries_the_peer_s_error() -> None:
    async with walking("writes_refused") as link:
        await asyncio.sleep(6)
        with pytest.raises(LinkError) as refusal:
            await link.write(uuids.CONTROL_POINT, procedures.stop(), response=True)
        assert refusal.value.att_error == 0x0E


@in_virtual_time
async def test_a_gap_ends_in_a_burst() -> None:
    heard: list[float] = []
    async with walking("gap_then_burst") as link:
        await link.subscribe(uuids.TREADMILL_DATA, lambda _: heard.append(now_s()))
        await asyncio.sleep(12)
    gaps = [later - earlier for earlier, later in pairwise(heard)]
    assert max(gaps) == pytest.approx(3.5, abs=0.6)
    assert len([gap for gap in gaps if gap < 0.001]) >= 4


def test_a_third_of_the_notifications_is_lost_and_none_overtakes_another() -> None:
    channel = Channel(seed=3)
    troubles = [Trouble("lose", share=0.3), Trouble("jitter", by=0.2)]
    arrivals = []
    for number in range(1000):
        sent_s = number * 0.05
        for parcel in channel.carry(bytes(4), troubles, RUNNING, sent_s):
            arrivals.append(sent_s + parcel.delay_s)
    assert len(arrivals) == pytest.approx(700, abs=50)
    assert arrivals == sorted(arrivals)


@pytest.mark.parametrize("what", EFFECTS)
def test_an_effect_bears_octets_of_any_length_and_leaves_those_outside_of_its_window(
    what: str,
) -> None:
    trouble = Trouble(what, after_s=5.0, lasts_s=2.0, by=3)
    for octets in (b"", b"\0", bytes(range(20))):
        for parcel in Channel().carry(octets, [trouble], RUNNING, 6.0):
            assert parcel.delay_s >= 0
        for run_s in (4.9, 7.0, BEFORE_S):
            parcels = Channel().carry(octets, [trouble], Clocks(run_s), 6.0)
            assert parcels == [(0.0, octets)]


@pytest.mark.parametrize("what", WRITES)
def test_a_write_meets_trouble_in_its_window_alone(what: str) -> None:
    trouble = Trouble(what, after_s=5.0, lasts_s=2.0, by=3)
    assert LinkModel().arriving([trouble], RUNNING) != FREE
    assert LinkModel().arriving([trouble], Clocks(run_s=8.0)) == FREE


def test_a_trouble_comes_again_and_counts_on_its_own_clock() -> None:
    trouble = Trouble("cut", after_s=4.0, lasts_s=1.0, every_s=10.0, since=LINK)
    active = [at for at in range(30) if trouble.active(Clocks(link_s=float(at)))]
    assert active == [4, 14, 24]
    begun = [
        at for at in range(30) if trouble.begins(Clocks(link_s=at - 1.0), Clocks(link_s=float(at)))
    ]
    assert begun == [4, 14, 24]
    assert not trouble.active(Clocks(run_s=4.0))
    assert Trouble("cut").active(Clocks())

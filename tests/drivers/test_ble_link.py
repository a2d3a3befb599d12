"""`BleakLink` on Bumble's stack, against a real peripheral on the virtual air."""

import asyncio
import random
from typing import Any

import pytest

from drivers.ble import BleakLink
from drivers.links import LinkError
from simulators.radio import Air, adapter_of, serving
from tests.drivers.conftest import Bench
from tests.drivers.peripheral import (
    ADDRESS,
    BUSY,
    COMMAND,
    DATA,
    FEATURE,
    NAME,
    POINT,
    SLOW,
    joined,
)

LIMIT_S = 10.0
"""Only a call that hangs comes near it."""


def nothing(*_: object) -> None:
    """For callbacks whose call does not matter."""


def link_to(bench: Bench, target: str = ADDRESS, **limits: Any) -> BleakLink:
    return BleakLink(target, bench.adapter, **limits)


async def until(happened: asyncio.Event) -> None:
    async with asyncio.timeout(LIMIT_S):
        await happened.wait()


class Counter:
    """Counts calls and lets a test wait for the first."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.called = asyncio.Event()

    def __call__(self, *arguments: Any) -> None:
        self.calls.append(*arguments or (None,))
        self.called.set()


async def test_connecting_discovers_properties_and_writes_no_characteristic(bench: Bench) -> None:
    link = link_to(bench)
    await link.connect(nothing)
    assert link.connected
    assert link.properties(FEATURE) == {"read"}
    assert link.properties(DATA) == {"notify"}
    assert link.properties(POINT) == {"write", "indicate"}
    assert link.properties("0000abcd-0000-1000-8000-00805f9b34fb") == frozenset()
    assert bench.of("written") == bench.of("commanded") == []
    assert bench.peripheral.device.gatt_server.subscribers == {}
    await link.disconnect()


async def test_a_value_is_read_and_notifications_arrive_as_they_are_sent(bench: Bench) -> None:
    link, heard = link_to(bench), Counter()
    await link.connect(nothing)
    assert await link.read(FEATURE) == bytes(range(8))
    await link.subscribe(DATA, heard)
    for number in range(3):
        await bench.peripheral.notify(bytes([number]))
    await link.read(FEATURE)
    assert heard.calls == [b"\0", b"\1", b"\2"]
    await link.disconnect()


async def test_an_indication_may_come_before_the_write_returns(bench: Bench) -> None:
    link, heard = link_to(bench), Counter()
    await link.connect(nothing)
    await link.subscribe(POINT, heard)
    await link.write(POINT, b"\x08\x01", response=True)
    assert heard.calls == [b"\x80\x08\x01"]
    assert bench.of("written") == [{"event": "written", "octets": "0801"}]
    await link.disconnect()


async def test_a_write_without_response_reaches_the_peripheral(bench: Bench) -> None:
    link = link_to(bench)
    await link.connect(nothing)
    await link.write(COMMAND, b"\x42", response=False)
    await link.read(FEATURE)
    assert bench.of("commanded") == [{"event": "commanded", "octets": "42"}]
    await link.disconnect()


async def test_a_refused_write_keeps_the_att_error_code(bench: Bench) -> None:
    link = link_to(bench)
    await link.connect(nothing)
    with pytest.raises(LinkError, match="0xFD") as unsubscribed:
        await link.write(POINT, b"\x00", response=True)
    await link.subscribe(POINT, nothing)
    with pytest.raises(LinkError, match="0xFE") as busy:
        await link.write(POINT, bytes([BUSY]), response=True)
    assert (unsubscribed.value.att_error, busy.value.att_error) == (0xFD, 0xFE)
    assert link.connected
    await link.disconnect()


async def test_a_remote_disconnect_is_told_once_and_the_link_can_be_made_again(
    bench: Bench,
) -> None:
    link, lost = link_to(bench), Counter()
    await link.connect(lost)
    assert bench.peripheral.connection is not None
    await bench.peripheral.connection.disconnect()
    await until(lost.called)
    assert not link.connected
    with pytest.raises(LinkError, match="not connected"):
        await link.read(FEATURE)
    await link.connect(lost)
    assert await link.read(FEATURE) == bytes(range(8))
    await link.disconnect()
    assert len(lost.calls) == 1


async def test_an_own_disconnect_is_immediate_and_not_a_loss(bench: Bench) -> None:
    link, lost = link_to(bench), Counter()
    await link.connect(lost)
    await link.disconnect()
    assert not link.connected
    assert lost.calls == []
    assert bench.of("disconnected") == [{"event": "disconnected", "reason": 0x13}]


async def test_out_of_range_is_a_loss_on_both_sides_and_ends_a_call_under_way(
    bench: Bench,
) -> None:
    link, lost = link_to(bench), Counter()
    await link.connect(lost)
    bench.air.range_ok = False
    async with asyncio.timeout(LIMIT_S):
        with pytest.raises(LinkError):
            await link.read(FEATURE)
    await until(lost.called)
    assert bench.of("disconnected") == [{"event": "disconnected", "reason": 0x08}]
    bench.air.range_ok = True
    await link.connect(lost)
    assert await link.read(FEATURE) == bytes(range(8))
    await link.disconnect()


async def test_a_device_can_be_named_instead_of_addressed(bench: Bench) -> None:
    link = link_to(bench, f"name={NAME}")
    await link.connect(nothing)
    assert await link.read(FEATURE) == bytes(range(8))
    await link.disconnect()


async def test_discovery_can_be_restricted_to_the_services_needed(bench: Bench) -> None:
    link = link_to(bench, services=["00001826-0000-1000-8000-00805f9b34fb"])
    await link.connect(nothing)
    assert link.properties(POINT) == {"write", "indicate"}
    assert link.properties("00002a00-0000-1000-8000-00805f9b34fb") == frozenset()
    await link.disconnect()


async def test_an_absent_device_is_out_of_reach_and_the_next_connect_succeeds(
    bench: Bench,
) -> None:
    absent = link_to(bench, "F0:F1:F2:F3:F4:00", connect_limit_s=0.1)
    for _ in range(2):
        with pytest.raises(LinkError, match="not in reach"):
            await absent.connect(nothing)
    link = link_to(bench)
    await link.connect(nothing)
    assert link.connected
    await link.disconnect()


async def test_connect_waits_for_a_device_that_begins_to_advertise_later(bench: Bench) -> None:
    await bench.peripheral.device.stop_advertising()
    link = link_to(bench)
    connecting = asyncio.create_task(link.connect(nothing))
    await asyncio.wait({connecting}, timeout=0.1)
    assert not connecting.done()
    await bench.peripheral.advertise()
    await connecting
    assert link.connected
    await link.disconnect()


async def test_a_connect_that_was_given_up_leaves_the_adapter_usable(bench: Bench) -> None:
    seen = link_to(bench)
    await seen.connect(nothing)
    await seen.disconnect()
    bench.air.range_ok = False
    link = link_to(bench, connect_limit_s=0.1)
    with pytest.raises(LinkError, match="not in reach"):
        await link.connect(nothing)
    bench.air.range_ok = True
    await seen.connect(nothing)
    assert seen.connected
    await seen.disconnect()


async def test_an_abandoned_write_does_not_take_the_answer_to_the_next(bench: Bench) -> None:
    link, heard = link_to(bench, reply_limit_s=0.5), Counter()
    await link.connect(nothing)
    await link.subscribe(POINT, heard)
    with pytest.raises(LinkError, match="did not answer in time"):
        await link.write(POINT, bytes([SLOW]), response=True)
    bench.peripheral.release.set()
    await link.write(POINT, b"\x07", response=True)
    with pytest.raises(LinkError) as busy:
        await link.write(POINT, bytes([BUSY]), response=True)
    assert busy.value.att_error == 0xFE
    assert heard.calls == [bytes([0x80, SLOW]), b"\x80\x07"]
    await link.disconnect()


async def test_a_name_nobody_has_is_out_of_reach(bench: Bench) -> None:
    with pytest.raises(LinkError, match="Nobody is not in reach"):
        await link_to(bench, "name=Nobody", connect_limit_s=0.1).connect(nothing)


async def test_a_lost_adapter_ends_the_call_and_the_link_and_names_the_way_out(
    socket_path: str,
) -> None:
    air, lost = Air(), Counter()
    async with serving(air, f"unix:{socket_path}") as address:
        peripheral = await joined(air, nothing)
        await peripheral.advertise()
        link = BleakLink(ADDRESS, adapter_of(address))
        await link.connect(lost)
        await link.subscribe(POINT, nothing)
        writing = asyncio.create_task(link.write(POINT, bytes([SLOW]), response=True))
        await asyncio.wait({writing}, timeout=0.05)
    with pytest.raises(LinkError, match="its HCI transport was lost"):
        await writing
    await until(lost.called)
    with pytest.raises(LinkError, match="not connected"):
        await link.read(FEATURE)
    with pytest.raises(LinkError, match="No Bluetooth adapter can be used"):
        await link.connect(lost)
    await link.disconnect()
    assert len(lost.calls) == 1


async def test_the_second_of_two_adapters_gets_through_when_the_first_lets_go(
    bench: Bench,
) -> None:
    async with serving(bench.air, "tcp:127.0.0.1:0") as address:
        links = [link_to(bench), BleakLink(ADDRESS, adapter_of(address))]
        attempts = [asyncio.create_task(link.connect(nothing)) for link in links]
        done, waiting = await asyncio.wait(attempts, return_when=asyncio.FIRST_COMPLETED)
        assert (len(done), len(waiting)) == (1, 1)
        first = links[attempts.index(done.pop())]
        await first.disconnect()
        await waiting.pop()
        (second,) = [link for link in links if link is not first]
        assert await second.read(FEATURE) == bytes(range(8))
        await second.disconnect()


async def test_two_links_share_one_adapter_and_end_apart(bench: Bench) -> None:
    tell: list[dict[str, Any]] = []
    other = await joined(bench.air, tell.append)
    other.device.random_address = other.device.static_address = type(other.device.random_address)(
        "F0:F1:F2:F3:F4:F6"
    )
    await other.device.power_on()
    await other.advertise()
    first, second = link_to(bench), link_to(bench, "F0:F1:F2:F3:F4:F6")
    await asyncio.gather(first.connect(nothing), second.connect(nothing))
    await first.disconnect()
    assert await second.read(FEATURE) == bytes(range(8))
    await second.disconnect()


async def test_fifty_random_cycles_all_recover(bench: Bench) -> None:
    dice = random.Random(50)
    link = link_to(bench)
    for _ in range(50):
        lost = Counter()
        await link.connect(lost)
        await link.subscribe(POINT, nothing)
        await ENDINGS[dice.randrange(len(ENDINGS))](bench, link, lost)
        assert not link.connected
    await link.connect(nothing)
    assert await link.read(FEATURE) == bytes(range(8))
    await link.disconnect()


async def _clean(bench: Bench, link: BleakLink, lost: Counter) -> None:
    await link.disconnect()


async def _remote(bench: Bench, link: BleakLink, lost: Counter) -> None:
    assert bench.peripheral.connection is not None
    await bench.peripheral.connection.disconnect()
    await until(lost.called)


async def _out_of_range(bench: Bench, link: BleakLink, lost: Counter) -> None:
    bench.air.range_ok = False
    await until(lost.called)
    bench.air.range_ok = True


async def _out_of_range_while_writing(bench: Bench, link: BleakLink, lost: Counter) -> None:
    bench.air.range_ok = False
    with pytest.raises(LinkError):
        await link.write(POINT, b"\x07", response=True)
    await until(lost.called)
    bench.air.range_ok = True


async def _cancelled_write(bench: Bench, link: BleakLink, lost: Counter) -> None:
    writing = asyncio.create_task(link.write(POINT, b"\x07", response=True))
    await asyncio.wait({writing}, timeout=0)
    writing.cancel()
    await asyncio.wait({writing})
    await link.write(POINT, b"\x08\x01", response=True)
    await link.disconnect()


async def _cancelled_connect(bench: Bench, link: BleakLink, lost: Counter) -> None:
    await link.disconnect()
    connecting = asyncio.create_task(link.connect(nothing))
    await asyncio.wait({connecting}, timeout=0.01)
    connecting.cancel()
    await asyncio.wait({connecting})
    await link.disconnect()


ENDINGS = (
    _clean,
    _remote,
    _out_of_range,
    _out_of_range_while_writing,
    _cancelled_write,
    _cancelled_connect,
)

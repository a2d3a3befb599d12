"""Serial ports as they are: renamed, unplugged, at the wrong rate, damaged, held up, in pieces.

Whatever happens on the line, no exception escapes, the belt stops, and the sentence is plain.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from controller.safety.interlocks import BY_NAME
from drivers.address import treadmill as place_of
from drivers.machines import treadmill_at
from protocols.belt import Level
from protocols.serial_machines import KINDS
from simulators.faults import HONEST
from simulators.serial_machines import SerialEnd, machine
from simulators.treadmill import Treadmill
from simulators.wire import open_wire
from tests.drivers.real_line import FAST, TICK_S, real_line
from tests.drivers.uart import heard

every_kind = pytest.mark.parametrize("kind", KINDS)
both_wires = pytest.mark.parametrize("kind", ["trackmaster", "csafe"])
"""Op codes, and frames."""


@pytest.fixture(autouse=True)
def nothing_escapes(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record for record in caplog.records if record.exc_info] == []


@every_kind
async def test_a_walk_over_a_real_port(kind: str, tmp_path: Path) -> None:
    async with real_line(kind, tmp_path) as it:
        await it.walk()
        it.order_to(Level.STOP)
        await it.rest()
        await it.until(lambda: it.report.at_rest_for_s(time.monotonic()) > 0)


@both_wires
async def test_a_port_that_comes_back_under_its_name_is_ready_at_most(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with real_line(kind, tmp_path) as it:
        await it.walk()
        await it.unplug()
        await it.until(lambda: not it.report.linked)
        assert "went away. Check its cable." in caplog.text
        before = len(it.events)
        await it.plug()
        await it.until(lambda: it.report.linked)
        await it.rest()
        await asyncio.sleep(0.3)
        assert set(it.events[before:]) <= {"stop_received"}
        it.order_to(Level.READY)
        await it.walk()


async def test_a_port_whose_name_stays_away_is_told_of_plainly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with real_line("trackmaster", tmp_path) as it:
        await it.until(lambda: it.report.linked)
        await it.unplug()
        await it.until(lambda: "cannot be opened. Check that it is plugged in" in caplog.text)
        assert not it.report.linked


@pytest.mark.parametrize("kind", ["trackmaster", "woodway", "biodex"])
async def test_at_9600_instead_of_4800_nothing_is_ever_started(kind: str, tmp_path: Path) -> None:
    async with real_line(kind, tmp_path) as it:
        it.line.out = lambda octets: heard(octets, 4800, 9600)
        it.line.inward = lambda octets: heard(octets, 9600, 4800)
        it.order_to(Level.READY)
        await asyncio.sleep(0.3)
        it.order_to(Level.RUN, 0.4)
        await asyncio.sleep(1.0)
        assert it.events == []
        assert it.report.speed_mps is None
        assert it.belt_mps == 0


@every_kind
async def test_a_rate_that_changes_in_a_walk_stops_the_belt(kind: str, tmp_path: Path) -> None:
    async with real_line(kind, tmp_path) as it:
        await it.walk()
        it.line.out = lambda octets: heard(octets, 4800, 9600)
        await it.until(lambda: it.report.garbled_at_s is not None)
        await it.rest()
    garbled = BY_NAME["belt_garbled"]
    assert garbled.sentence == "What the treadmill says arrives damaged."
    assert "baud rate" in garbled.clears


@every_kind
async def test_one_bit_in_a_hundred_stops_the_belt(kind: str, tmp_path: Path) -> None:
    chance = random.Random(kind)

    def flipped(octets: bytes) -> bytes:
        noise = (sum(1 << bit for bit in range(8) if chance.random() < 0.01) for _ in octets)
        return bytes(octet ^ flips for octet, flips in zip(octets, noise, strict=True))

    async with real_line(kind, tmp_path) as it:
        await it.walk()
        it.line.out = it.line.inward = flipped
        await asyncio.sleep(1.0)
        it.order_to(Level.STOP)
        await it.rest()


@both_wires
async def test_an_xoff_that_no_xon_follows_is_told_within_a_tick_or_two(
    kind: str, tmp_path: Path
) -> None:
    async with real_line(kind, tmp_path) as it:
        await it.walk()
        with it.held_up():
            held_s = time.monotonic()
            await it.until(lambda: it.report.write_failed_at_s is not None)
            assert time.monotonic() - held_s < 0.5
            it.order_to(Level.STOP)
            before = time.monotonic()
            it.order_to(Level.STOP)
            assert time.monotonic() - before < 0.1
        await it.rest()
        assert it.events[-1] == "stop_received"


@both_wires
async def test_octets_that_come_one_by_one_make_a_walk_like_any_other(
    kind: str, tmp_path: Path
) -> None:
    async with real_line(kind, tmp_path) as it:
        send = it.line.send
        it.line.send = lambda octets: [send(bytes([octet])) for octet in octets]  # type: ignore[assignment,method-assign]
        await it.walk()
        it.order_to(Level.STOP)
        await it.rest()
        assert it.report.garbled_at_s is None


async def test_half_an_answer_is_given_up_when_the_next_begins(tmp_path: Path) -> None:
    async with real_line("trackmaster", tmp_path) as it:
        await it.walk()
        cut = iter([True, False] * 500)
        it.line.out = lambda octets: octets[:-2] if len(octets) > 4 and next(cut) else octets
        await asyncio.sleep(0.5)
        assert it.report.age_s(time.monotonic()) < 1.0
        it.order_to(Level.STOP)
        await it.rest()


@pytest.mark.parametrize("kind", ["trackmaster", "woodway"])
async def test_a_driver_that_has_gone_leaves_the_dead_man_to_stop_the_belt(
    kind: str, tmp_path: Path
) -> None:
    async with real_line(kind, tmp_path) as it:
        await it.walk()
        await it.driver.__aexit__(None, None, None)
        await it.rest()
        assert "stop_received" not in it.events


@every_kind
async def test_a_serial_server_on_the_network_serves_as_well(kind: str) -> None:
    treadmill = Treadmill(HONEST._replace(drive=FAST))
    async with open_wire("tcp:127.0.0.1:0") as wire:
        end = SerialEnd(machine(kind, treadmill, lambda *_: None), wire, time.monotonic)
        driver = treadmill_at(place_of(f"{kind}:{wire.address}"), lambda: None)
        async with driver, asyncio.timeout(10):
            while driver.report.at_rest_for_s(time.monotonic()) < 0.1:
                await asyncio.sleep(TICK_S)
                treadmill.advance(TICK_S)
                await end.report()

"""The treadmill driver on a link in memory, in virtual time, and once over the virtual air."""

import asyncio
import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.ble import BleakLink
from drivers.ftms_treadmill import FtmsTreadmill
from drivers.links import LinkError
from drivers.reconnect import FIRST_S
from protocols.belt import BeltOrder, BeltReport, Control, Identity, Level
from protocols.ftms import machine_status, uuids
from protocols.ftms.control_point import REST_PROOF_S
from simulators.faults.parts import HONEST, GattTable
from simulators.firmware import SPEEDS, Mode
from simulators.treadmill import Treadmill
from tests.drivers.decider import TURN_S
from tests.drivers.ftms_rig import REQUEST, START, STOP, WALK_MPS, rig
from tests.drivers.machine_link import MachineLink
from tests.machine import simulated_machine
from tests.simulators.virtual_time import in_virtual_time, now_s


@in_virtual_time
async def test_connecting_learns_the_machine_and_writes_nothing() -> None:
    async with rig() as it:
        await asyncio.sleep(60.0)
        assert it.report.linked
        assert it.report.grid == SPEEDS
        assert it.report.at_rest_for_s(now_s()) > 50
        assert it.news > 100
        assert it.link.written == []


@in_virtual_time
async def test_an_armed_machine_is_asked_for_control_and_nothing_else() -> None:
    async with rig() as it:
        await it.ready()
        await asyncio.sleep(30.0)
        assert it.written() == [REQUEST]
        assert it.report.control is Control.GRANTED


@in_virtual_time
async def test_a_walk_goes_by_start_speed_and_stop_until_rest_is_proven() -> None:
    async with rig() as it:
        await it.walk()
        it.order_to(Level.STOP)
        stopped_s = now_s()
        await asyncio.sleep(8.0)
        assert it.belt_mps == 0.0
        assert it.written()[:4] == [REQUEST, START, "026400", STOP]
        assert it.report.at_rest_for_s(now_s()) > REST_PROOF_S
        assert it.report.stop_sent_at_s == pytest.approx(stopped_s, abs=TURN_S)
        quiet_since_s = now_s()
        await asyncio.sleep(30.0)
        assert it.written(quiet_since_s) == []


@in_virtual_time
async def test_a_machine_silent_on_control_walks_and_stops_like_any_other() -> None:
    async with rig(MachineLink("no_control_answer")) as it:
        await it.walk()
        it.order_to(Level.STOP)
        await asyncio.sleep(6.0)
        assert it.belt_mps == 0.0


@in_virtual_time
async def test_a_machine_that_ignores_stop_is_told_for_as_long_as_it_moves() -> None:
    async with rig(MachineLink("ignores_stop")) as it:
        await it.walk()
        it.order_to(Level.STOP)
        since_s = now_s()
        await asyncio.sleep(60.0)
        stops_s = [at_s for at_s, octets in it.link.written if at_s >= since_s and octets == STOP]
        assert max(b - a for a, b in itertools.pairwise(stops_s)) <= 0.25
        assert stops_s[-1] > now_s() - 0.25


@in_virtual_time
async def test_a_lost_link_is_forgotten_whole_and_comes_back_without_the_old_set_point() -> None:
    async with rig() as it:
        await it.walk()
        lost_s, news = now_s(), it.news
        it.link.cut()
        await asyncio.sleep(0.1)
        assert it.report == BeltReport()
        assert it.news > news
        await asyncio.sleep(10.0)
        assert it.report.linked
        assert it.written(lost_s)[0] == STOP
        assert set(it.written(lost_s)) == {STOP, REQUEST}
        assert it.belt_mps == 0.0


@in_virtual_time
async def test_an_answer_that_comes_after_the_link_was_lost_is_for_nobody() -> None:
    async with rig() as it:
        await it.ready()
        it.link.linger_s = 1.0
        it.link.cut()
        await asyncio.sleep(0.5)
        it.link.tell(uuids.CONTROL_POINT, b"\x80\x00\x01")
        assert it.report.control is Control.NONE


@in_virtual_time
async def test_an_absent_machine_is_looked_for_with_growing_pauses() -> None:
    link = MachineLink()
    link.reachable = False
    async with rig(link) as it:
        await asyncio.sleep(20.0)
        pauses_s = [b - a for a, b in itertools.pairwise(link.attempts_at_s)]
        assert pauses_s == pytest.approx([0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0])
        assert it.report == BeltReport()
        link.reachable = True
        await asyncio.sleep(4.5)
        assert it.report.linked
        link.cut()
        attempts = len(link.attempts_at_s)
        await asyncio.sleep(FIRST_S + 0.1)
        assert len(link.attempts_at_s) == attempts + 1


@in_virtual_time
async def test_an_unforeseen_failure_to_connect_is_tried_again() -> None:
    link = MachineLink()
    link.fails = RuntimeError("nobody thought of this")
    async with rig(link) as it:
        await asyncio.sleep(1.0)
        assert not it.report.linked
        link.fails = None
        await asyncio.sleep(2.0)
        assert it.report.linked


@in_virtual_time
async def test_a_machine_without_a_control_point_is_watched_only() -> None:
    link = MachineLink()
    del link.offered[uuids.CONTROL_POINT]
    del link.offered[uuids.MACHINE_STATUS]
    async with rig(link) as it:
        link.treadmill.press("start")
        it.order_to(Level.STOP)
        await asyncio.sleep(3.0)
        assert it.report.linked
        assert it.report.grid is None
        assert it.report.speed_mps is not None
        assert it.report.speed_mps > 0
        assert it.written() == []
        link.tell(uuids.CONTROL_POINT, b"\x80\x00\x01")
        assert it.report.control is Control.NONE


@pytest.mark.parametrize(
    "speed_range",
    [None, bytes(6), bytes(2), LinkError("Reading is not permitted.", att_error=0x02)],
    ids=["absent", "empty", "cut short", "refused"],
)
def test_a_machine_that_names_no_speeds_is_not_driven_but_stopped(
    speed_range: bytes | LinkError | None,
) -> None:
    @in_virtual_time
    async def story() -> None:
        link = MachineLink()
        if speed_range is None:
            del link.offered[uuids.SPEED_RANGE]
        else:
            link.speed_range = speed_range
        async with rig(link) as it:
            await it.ready()
            it.order_to(Level.RUN, WALK_MPS)
            await asyncio.sleep(10.0)
            assert it.report.grid is None
            assert it.written() == [REQUEST]
            link.treadmill.press("start")
            await asyncio.sleep(2.0)
            it.order_to(Level.STOP)
            await asyncio.sleep(4.0)
            assert it.belt_mps == 0.0
            assert link.treadmill.firmware.mode is Mode.STANDBY

    story()


@in_virtual_time
async def test_a_link_that_breaks_while_it_is_introduced_is_taken_up_again() -> None:
    link = MachineLink()
    whole, link.speed_range = link.speed_range, LinkError("The link broke.")
    async with rig(link) as it:
        await asyncio.sleep(1.0)
        assert it.report == BeltReport()
        link.speed_range = whole
        await asyncio.sleep(2.0)
        assert it.report.grid == SPEEDS


@in_virtual_time
async def test_lost_control_is_told_at_once_and_the_belt_is_stopped() -> None:
    async with rig() as it:
        await it.walk()
        it.link.tell(uuids.MACHINE_STATUS, machine_status.control_permission_lost())
        assert it.report.control is Control.LOST
        await asyncio.sleep(6.0)
        assert it.belt_mps == 0.0


@in_virtual_time
async def test_leaving_ends_every_task_of_the_driver_and_the_link() -> None:
    link = MachineLink()
    link.released.clear()
    async with rig(link) as it:
        await it.ready()
        assert link.unfinished == 1
    await asyncio.sleep(0)
    assert link.unfinished == 0
    assert not link.connected
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_walk_over_the_virtual_air(tmp_path: Path) -> None:
    async with simulated_machine(tmp_path) as machine:
        news = asyncio.Event()
        link = BleakLink(machine.target, machine.adapter)
        async with FtmsTreadmill(link, news.set) as driver:

            async def until(level: Level, wanted: Callable[[BeltReport], bool]) -> None:
                async with asyncio.timeout(30):
                    while not wanted(driver.report):
                        driver.command(BeltOrder(level, WALK_MPS, time.monotonic()))
                        await asyncio.sleep(TURN_S)

            await until(Level.WATCH, lambda report: report.at_rest_for_s(time.monotonic()) > 0)
            await until(Level.READY, lambda report: report.control is Control.GRANTED)
            await until(Level.RUN, lambda report: (report.speed_mps or 0) > 0.9 * WALK_MPS)
            await until(
                Level.STOP, lambda report: report.at_rest_for_s(time.monotonic()) > REST_PROOF_S
            )
        events = [line["event"] for line in machine.told]
        assert events.index("control_received") < events.index("start_received")
        assert events.index("start_received") < events.index("speed_set")
        assert events.index("speed_set") < events.index("stop_received") < events.index("at_rest")
        assert news.is_set()


@in_virtual_time
async def test_a_machine_says_who_it_is_as_far_as_it_does() -> None:
    link = MachineLink()
    link.named = {uuids.MODEL_NUMBER: b"Pad\0", uuids.FIRMWARE_REVISION: b"1.2"}
    async with rig(link) as driven:
        await asyncio.sleep(1.0)
        assert driven.report.identity == Identity("Pad", "1.2", "")
        assert link.written == []


@in_virtual_time
async def test_a_fitness_machine_that_is_no_treadmill_is_not_linked() -> None:
    bike = HONEST._replace(table=GattTable(missing=frozenset({uuids.TREADMILL_DATA})))
    link = MachineLink(treadmill=Treadmill(bike))
    async with rig(link) as driven:
        await asyncio.sleep(3.0)
        assert not driven.report.linked
        assert len(link.attempts_at_s) > 1

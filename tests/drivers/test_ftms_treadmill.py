"""The treadmill driver on a link in memory, in virtual time, and once over the virtual air."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.ble import BleakLink
from drivers.ftms_treadmill import OUTSTANDING, WRITE_LIMIT_S, FtmsTreadmill
from drivers.links import LinkError
from drivers.reconnect import FIRST_S
from protocols.belt import BeltOrder, BeltReport, Control, Identity, Level
from protocols.ftms import machine_status, uuids
from protocols.ftms.control_point import REST_PROOF_S
from simulators.faults.parts import HONEST, GattTable
from simulators.firmware import SPEEDS, Mode
from simulators.treadmill import Treadmill
from tests.drivers.machine_link import MachineLink
from tests.machine import simulated_machine
from tests.simulators.virtual_time import in_virtual_time, now_s

REQUEST, START, STOP = "00", "07", "0801"
WALK_MPS = 100 / 360
TURN_S = 0.05


class Rig:
    """The driver, the link under it, what went over the wire, and a loop that decides anew."""

    def __init__(self, link: MachineLink, on_wire: Callable[[str, bytes], None] | None) -> None:
        self.link = link
        self.news = 0
        self.wire: list[tuple[str, str]] = []
        self.deciding = True
        self._order = BeltOrder()
        self.driver = FtmsTreadmill(link, self._count, on_wire or self._record, now_s)

    @property
    def report(self) -> BeltReport:
        return self.driver.report

    @property
    def belt_mps(self) -> float:
        return self.link.treadmill.belt.speed_mps

    def order_to(self, level: Level, speed_mps: float = 0.0) -> None:
        self._order = BeltOrder(level, speed_mps, now_s())
        self.driver.command(self._order)

    async def decide(self) -> None:
        while True:
            await asyncio.sleep(TURN_S)
            if self.deciding:
                self.driver.command(replace(self._order, decided_at_s=now_s()))

    async def ready(self) -> None:
        await asyncio.sleep(2.0)
        self.order_to(Level.READY)
        await asyncio.sleep(0.5)

    async def walk(self) -> None:
        """On a belt that has reached its speed."""
        await self.ready()
        self.order_to(Level.RUN, WALK_MPS)
        await asyncio.sleep(8.0)
        assert self.belt_mps == pytest.approx(WALK_MPS, abs=0.01)

    def written(self, since_s: float = 0.0) -> list[str]:
        return [octets for at_s, octets in self.link.written if at_s >= since_s]

    def _count(self) -> None:
        self.news += 1

    def _record(self, direction: str, octets: bytes) -> None:
        self.wire.append((direction, octets.hex()))


@contextlib.asynccontextmanager
async def rig(
    link: MachineLink | None = None, on_wire: Callable[[str, bytes], None] | None = None
) -> AsyncIterator[Rig]:
    rig = Rig(link or MachineLink(), on_wire)
    others = [asyncio.create_task(rig.link.live()), asyncio.create_task(rig.decide())]
    async with rig.driver:
        yield rig
    for task in others:
        task.cancel()


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
async def test_the_wire_is_told_as_it_was_spoken() -> None:
    async with rig() as it:
        await it.ready()
        assert it.wire == [("out", REQUEST), ("in", "800001")]
        it.link.tell(uuids.MACHINE_STATUS, machine_status.reset())
        assert it.wire[-1] == ("in", "01")


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
async def test_stop_is_handed_over_at_once_behind_a_write_that_hangs() -> None:
    async with rig() as it:
        await it.walk()
        it.link.released.clear()
        it.order_to(Level.RUN, 2 * WALK_MPS)
        await asyncio.sleep(0.5)
        assert it.link.unfinished == 1
        it.order_to(Level.STOP)
        asked_s = now_s()
        await asyncio.sleep(0.01)
        assert it.link.written[-1] == (asked_s, STOP)


@in_virtual_time
async def test_a_stop_leaves_out_the_request_for_motion_that_has_not_begun() -> None:
    """Both are ordered within one turn of the event loop."""
    async with rig() as it:
        await it.ready()
        it.order_to(Level.RUN, WALK_MPS)
        assert it.report.unanswered_since_s == now_s()
        it.order_to(Level.STOP)
        await asyncio.sleep(2.0)
        assert it.written()[:2] == [REQUEST, STOP]
        assert {*it.written()} == {octets for way, octets in it.wire if way == "out"}
        assert {*it.written()} == {REQUEST, STOP}
        assert it.belt_mps == 0


@in_virtual_time
async def test_a_link_that_takes_nothing_holds_few_writes_and_is_reported() -> None:
    async with rig() as it:
        await it.walk()
        it.link.released.clear()
        it.order_to(Level.STOP)
        hung_s = now_s()
        await asyncio.sleep(3 * WRITE_LIMIT_S)
        assert it.link.most_unfinished == OUTSTANDING
        assert it.report.write_failed_at_s == pytest.approx(now_s(), abs=0.1)
        assert len(it.written(hung_s)) >= 2 * OUTSTANDING
        it.link.released.set()
        await asyncio.sleep(6.0)
        assert it.belt_mps == 0.0


@in_virtual_time
async def test_a_write_that_hangs_has_failed_after_its_limit() -> None:
    async with rig() as it:
        await it.ready()
        it.link.released.clear()
        it.order_to(Level.RUN, WALK_MPS)
        hung_s = now_s()
        await asyncio.sleep(WRITE_LIMIT_S + 0.1)
        assert it.report.write_failed_at_s == pytest.approx(hung_s + WRITE_LIMIT_S, abs=0.05)
        assert it.written(hung_s)[0] == START


@pytest.mark.parametrize("failure", [LinkError("It broke."), RuntimeError("It broke.")])
def test_a_write_that_fails_is_reported_and_does_not_end_the_writer(failure: Exception) -> None:
    @in_virtual_time
    async def story() -> None:
        async with rig() as it:
            await it.walk()
            it.link.fails = failure
            it.order_to(Level.STOP)
            await asyncio.sleep(1.0)
            assert it.report.write_failed_at_s == pytest.approx(now_s(), abs=0.25)
            it.link.fails = None
            await asyncio.sleep(6.0)
            assert it.belt_mps == 0.0

    story()


@in_virtual_time
async def test_a_write_discarded_during_a_procedure_is_no_fault_of_the_link() -> None:
    async with rig() as it:
        await it.walk()
        it.order_to(Level.RUN, 2 * WALK_MPS)
        await asyncio.sleep(TURN_S / 2)
        it.order_to(Level.STOP)
        await asyncio.sleep(0.3)
        assert it.written()[-2:] == [STOP, STOP]
        assert it.report.write_failed_at_s is None
        assert it.link.treadmill.firmware.mode is Mode.STOPPING


@in_virtual_time
async def test_a_recorder_that_fails_holds_back_no_octets() -> None:
    def refuse(direction: str, octets: bytes) -> None:
        if direction == "out" and octets.hex() == STOP:
            raise OSError("The disk is full.")

    async with rig(on_wire=refuse) as it:
        await it.walk()
        it.order_to(Level.STOP)
        await asyncio.sleep(6.0)
        assert it.belt_mps == 0.0
        assert it.report.write_failed_at_s is not None


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


@pytest.mark.parametrize(("offered", "expected"), [("write", True), ("write-without", False)])
def test_the_kind_of_write_is_the_one_that_the_machine_offers(offered: str, expected: bool) -> None:
    @in_virtual_time
    async def story() -> None:
        link = MachineLink()
        link.offered[uuids.CONTROL_POINT] = frozenset({offered, "indicate"})
        async with rig(link) as it:
            await it.ready()
        assert link.with_response == [expected]

    story()


def other_fields(report: BeltReport, *names: str) -> BeltReport:
    """The report without the named fields and without telemetry."""
    blank = BeltReport()
    heard = ("speed_mps", "reported_at_s", "distance_m", "rest_since_s", *names)
    return replace(report, **{name: getattr(blank, name) for name in heard})


@pytest.mark.parametrize(
    ("octets", "field"),
    [
        (machine_status.safety_key(), "safety_key_at_s"),
        (machine_status.stopped(), "console_stop_at_s"),
        (machine_status.paused(), "console_stop_at_s"),
        (b"\x02", "console_stop_at_s"),
        (machine_status.target_speed(101), "foreign_at_s"),
    ],
)
def test_a_machine_status_fills_its_own_field_and_is_news(octets: bytes, field: str) -> None:
    @in_virtual_time
    async def story() -> None:
        async with rig() as it:
            await it.walk()
            before, news = it.report, it.news
            it.link.tell(uuids.MACHINE_STATUS, octets)
            assert getattr(it.report, field) == now_s()
            assert other_fields(it.report, field) == other_fields(before)
            assert it.news == news + 1

    story()


@in_virtual_time
async def test_a_speed_lowered_at_the_console_is_told_once_ours_has_stood_a_while() -> None:
    async with rig() as it:
        await it.walk()
        it.link.tell(uuids.MACHINE_STATUS, machine_status.target_speed(60))
        assert (it.report.lowered_at_s, it.report.lowered_mps) == (now_s(), 60 / 360)
        assert it.report.foreign_at_s is None


@in_virtual_time
async def test_a_request_is_unanswered_until_its_answer_comes() -> None:
    async with rig() as it:
        await it.walk()
        assert it.report.unanswered_since_s is None
        it.order_to(Level.RUN, WALK_MPS / 2)
        await asyncio.sleep(0.02)
        assert it.report.unanswered_since_s == pytest.approx(now_s() - 0.02)
        await asyncio.sleep(0.05)
        assert it.report.unanswered_since_s is None


@in_virtual_time
async def test_incline_and_seconds_are_told() -> None:
    async with rig() as it:
        await it.walk()
        assert it.report.inclination_pct == 0.0
        assert it.report.elapsed_s is not None
        assert 5 < it.report.elapsed_s < 10


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x7f",
        b"\x05",
        machine_status.started(),
        machine_status.target_speed(100),
    ],
)
def test_other_machine_statuses_change_nothing(octets: bytes) -> None:
    @in_virtual_time
    async def story() -> None:
        async with rig() as it:
            await it.walk()
            before = it.report
            it.link.tell(uuids.MACHINE_STATUS, octets)
            assert it.report == before

    story()


@in_virtual_time
async def test_before_our_first_set_point_a_target_above_the_lowest_speed_is_foreign() -> None:
    async with rig() as it:
        await it.ready()
        it.link.tell(uuids.MACHINE_STATUS, machine_status.target_speed(SPEEDS.minimum))
        assert it.report.foreign_at_s is None
        it.link.tell(uuids.MACHINE_STATUS, machine_status.target_speed(500))
        assert it.report.foreign_at_s == now_s()


@in_virtual_time
async def test_lost_control_is_told_at_once_and_the_belt_is_stopped() -> None:
    async with rig() as it:
        await it.walk()
        it.link.tell(uuids.MACHINE_STATUS, machine_status.control_permission_lost())
        assert it.report.control is Control.LOST
        await asyncio.sleep(6.0)
        assert it.belt_mps == 0.0


@in_virtual_time
async def test_a_record_without_speed_is_not_taken_for_one() -> None:
    async with rig() as it:
        await asyncio.sleep(2.1)
        before = it.report
        it.link.tell(uuids.TREADMILL_DATA, b"\x01\x00")
        assert it.report == before


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

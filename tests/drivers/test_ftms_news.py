"""What the machine tells, as the driver's report has it."""

import asyncio
from dataclasses import replace

import pytest

from protocols.belt import BeltReport, Level
from protocols.ftms import machine_status, uuids
from simulators.firmware import SPEEDS
from tests.drivers.ftms_rig import REQUEST, WALK_MPS, rig
from tests.simulators.virtual_time import in_virtual_time, now_s


@in_virtual_time
async def test_the_wire_is_told_as_it_was_spoken() -> None:
    async with rig() as it:
        await it.ready()
        assert it.wire == [("out", REQUEST), ("in", "800001")]
        it.link.tell(uuids.MACHINE_STATUS, machine_status.reset())
        assert it.wire[-1] == ("in", "01")


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
async def test_a_record_without_speed_is_not_taken_for_one() -> None:
    async with rig() as it:
        await asyncio.sleep(2.1)
        before = it.report
        it.link.tell(uuids.TREADMILL_DATA, b"\x01\x00")
        assert it.report == before

"""What the driver hands to its link, and what it does when that takes nothing, hangs or fails."""

import asyncio

import pytest

from drivers.ftms_treadmill import OUTSTANDING, POLL_S, WRITE_LIMIT_S
from drivers.links import LinkError
from protocols.belt import Level
from protocols.ftms import uuids
from protocols.ftms.control_point import LIFT
from protocols.ftms.procedures import OpCode
from simulators.firmware import Mode
from tests.drivers.decider import TURN_S
from tests.drivers.ftms_rig import REQUEST, START, STOP, WALK_MPS, rig
from tests.drivers.machine_link import MachineLink
from tests.simulators.virtual_time import in_virtual_time, now_s


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
async def test_a_stop_takes_back_the_motion_that_waits_behind_a_write_that_hangs() -> None:
    """On a link that has one write on its way at a time, as BlueZ and Bumble do."""
    async with rig() as it:
        await it.walk()
        slot, write = asyncio.Lock(), it.link.write

        async def in_turn(uuid: str, octets: bytes, *, response: bool) -> None:
            async with slot:
                await write(uuid, octets, response=response)

        it.link.write = in_turn  # type: ignore[method-assign]
        it.link.released.clear()
        hung_s = now_s()
        it.order_to(Level.RUN, WALK_MPS, 1.0)
        await asyncio.sleep(0.1)
        it.order_to(Level.RUN, 2 * WALK_MPS, 1.0)
        await asyncio.sleep(1.0)
        assert list(it.driver._writes.values()) == [LIFT, OpCode.SET_TARGET_SPEED]
        it.order_to(Level.STOP)
        await asyncio.sleep(0.1)
        it.link.released.set()
        await asyncio.sleep(5.0)
        lift, *rest = it.written(hung_s)
        assert lift[:2] == f"{LIFT:02x}"
        assert set(rest) == {STOP}
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
async def test_a_link_that_refuses_at_once_is_not_asked_for_control_again_and_again() -> None:
    """Who hears of the failure commands again at once, as the loop does."""
    async with rig() as it:
        await asyncio.sleep(2.0)
        refused: list[float] = []

        async def refuse(_uuid: str, _octets: bytes, *, response: bool) -> None:
            refused.append(now_s())
            if len(refused) < 1000:
                raise LinkError("It broke.")
            await asyncio.Event().wait()

        it.link.write = refuse  # type: ignore[method-assign]
        it.driver._on_news = lambda: it.order_to(Level.READY)
        it.order_to(Level.READY)
        await asyncio.sleep(1.0)
        assert 0.5 / POLL_S <= len(refused) <= 3.0 / POLL_S
        assert it.report.write_failed_at_s == pytest.approx(now_s(), abs=2 * POLL_S)


@in_virtual_time
async def test_what_fails_within_an_order_wakes_nobody() -> None:
    async with rig() as it:
        await it.walk()
        failures = iter(range(100))

        def fail(*_: object) -> None:
            if next(failures, None) is not None:
                raise RuntimeError("Nobody thought of this.")

        it.driver._control_point.next_write = fail  # type: ignore[union-attr,method-assign,assignment]
        news = it.news
        it.order_to(Level.STOP)
        assert (it.news, it.report.write_failed_at_s) == (news, now_s())
        await asyncio.sleep(0.2)
        assert next(failures) < 20


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

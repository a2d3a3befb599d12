"""What every treadmill driver owes, whatever wire it is on."""

import asyncio
import itertools
import random
from collections.abc import Callable, Coroutine

import pytest

from protocols.belt import PERMIT_S, REST_PROOF_S, Level
from simulators import virtual_time
from tests.drivers.decider import TURN_S
from tests.drivers.subjects import SUBJECTS, Subject, at_work
from tests.simulators.virtual_time import now_s

Story = Callable[[Subject], Coroutine[None, None, None]]
WALK_MPS = 0.4


def every_treadmill(*faults: str) -> Callable[[Story], Callable[[str], None]]:
    """The story for each driver, in virtual time."""

    def told(story: Story) -> Callable[[str], None]:
        async def whole(kind: str) -> None:
            async with at_work(SUBJECTS[kind](*faults)) as subject:
                await story(subject)

        def run(kind: str) -> None:
            virtual_time.run(whole(kind))

        return pytest.mark.parametrize("kind", SUBJECTS)(run)

    return told


@every_treadmill()
async def test_connecting_writes_no_motion(it: Subject) -> None:
    await asyncio.sleep(30.0)
    assert it.report.linked
    assert it.report.grid is not None
    assert it.report.at_rest_for_s(now_s()) > 25
    assert it.news > 10
    assert it.events() == []


@every_treadmill()
async def test_an_armed_machine_does_not_move(it: Subject) -> None:
    await it.ready()
    await asyncio.sleep(20.0)
    assert it.events() == []
    assert it.belt_mps == 0


@every_treadmill()
async def test_a_walk_reaches_its_speed_from_below_and_ends_at_rest(it: Subject) -> None:
    await it.walk(WALK_MPS)
    assert WALK_MPS - 0.045 <= it.belt_mps <= WALK_MPS
    assert it.report.set_point_mps <= WALK_MPS
    it.order_to(Level.STOP)
    stopped_s = now_s()
    await asyncio.sleep(6.0)
    assert it.belt_mps == 0
    assert it.report.stop_sent_at_s == pytest.approx(stopped_s, abs=TURN_S)
    assert it.report.at_rest_for_s(now_s()) >= REST_PROOF_S
    assert it.report.set_point_mps == 0
    quiet_s = now_s()
    await asyncio.sleep(10.0)
    assert it.events(quiet_s) == []


@every_treadmill()
async def test_a_stop_is_handed_over_within_the_call(it: Subject) -> None:
    await it.walk(WALK_MPS)
    it.order_to(Level.RUN, 0.3)
    it.order_to(Level.STOP)
    asked_s = now_s()
    await asyncio.sleep(0.001)
    assert it.times("stop", asked_s) == [asked_s]
    await asyncio.sleep(5.0)
    assert set(it.events(asked_s + 0.001)) <= {"stop"}


@every_treadmill("ignores_stop")
async def test_a_stop_is_restated_within_a_quarter_of_a_second_for_ever(it: Subject) -> None:
    await it.walk(WALK_MPS)
    it.order_to(Level.STOP)
    since_s = now_s()
    await asyncio.sleep(30.0)
    times_s = it.times("stop", since_s)
    assert max(b - a for a, b in itertools.pairwise(times_s)) <= 0.25
    assert times_s[-1] >= now_s() - 0.25
    assert set(it.events(since_s)) == {"stop"}


@every_treadmill()
async def test_decisions_that_no_longer_come_are_a_stop(it: Subject) -> None:
    await it.walk(WALK_MPS)
    it.deciding = False
    last_s = now_s()
    await asyncio.sleep(6.0)
    assert it.belt_mps == 0
    assert it.times("stop", last_s)[0] - last_s <= PERMIT_S + 2 * TURN_S
    it.deciding = True
    await asyncio.sleep(6.0)
    assert set(it.events(last_s)) == {"stop"}


@every_treadmill()
async def test_a_speed_below_the_lowest_is_a_stop(it: Subject) -> None:
    await it.walk(WALK_MPS)
    assert it.report.grid is not None
    low_s = now_s()
    it.order_to(Level.RUN, 0.9 * it.report.grid.mps(it.report.grid.minimum))
    await asyncio.sleep(6.0)
    assert set(it.events(low_s)) == {"stop"}
    assert it.belt_mps == 0


@pytest.mark.parametrize("speed_mps", [0.31, 0.333, 0.4, 0.447])
def test_a_speed_is_rounded_down_to_the_grid(speed_mps: float) -> None:
    @every_treadmill()
    async def story(it: Subject) -> None:
        await it.walk(speed_mps)
        assert it.report.grid is not None
        assert it.report.set_point_mps <= speed_mps
        step_mps = it.report.grid.mps(it.report.grid.increment)
        assert it.report.set_point_mps > speed_mps - step_mps - 1e-9
        assert it.belt_mps <= speed_mps

    for kind in SUBJECTS:
        story(kind)


@every_treadmill()
async def test_a_deck_that_can_be_told_inclines_and_the_report_shows_it(it: Subject) -> None:
    await it.walk(WALK_MPS)
    since_s = now_s()
    it.order_to(Level.RUN, WALK_MPS, 1.7)
    await asyncio.sleep(8.0)
    if it.report.inclines is None:
        assert it.events(since_s) == []
        assert it.treadmill.firmware.incline == 0
        return
    told_pct = it.treadmill.firmware.incline / 10
    assert 1.0 <= told_pct <= 1.7
    assert it.report.inclination_pct == told_pct
    assert it.events(since_s) == ["incline"]
    it.order_to(Level.STOP)
    await asyncio.sleep(8.0)
    assert it.treadmill.firmware.incline / 10 == told_pct


@every_treadmill()
async def test_a_stop_right_after_an_incline_is_handed_over_within_the_call(it: Subject) -> None:
    await it.walk(WALK_MPS)
    it.order_to(Level.RUN, WALK_MPS, 1.0)
    await asyncio.sleep(0.2 if it.report.inclines else 0.0)
    it.order_to(Level.STOP)
    asked_s = now_s()
    await asyncio.sleep(0.001)
    assert it.times("stop", asked_s) == [asked_s]
    await asyncio.sleep(5.0)
    assert set(it.events(asked_s + 0.001)) <= {"stop"}
    assert it.belt_mps == 0


@every_treadmill()
async def test_a_link_that_comes_back_restores_nothing(it: Subject) -> None:
    await it.walk(WALK_MPS)
    lost_s, news = now_s(), it.news
    it.cut()
    await asyncio.sleep(0.3)
    assert not it.report.linked
    assert it.report.speed_mps is None
    assert it.news > news
    it.restore()
    await asyncio.sleep(12.0)
    assert it.report.linked
    assert set(it.events(lost_s)) <= {"stop"}
    assert it.belt_mps == 0
    it.order_to(Level.READY)
    await asyncio.sleep(3.0)
    assert it.belt_mps == 0
    await it.walk(WALK_MPS)
    assert it.belt_mps == pytest.approx(WALK_MPS, abs=0.045)


@every_treadmill()
async def test_garbage_neither_raises_nor_moves(it: Subject) -> None:
    chance = random.Random(5)
    await it.ready()
    for _ in range(300):
        it.say(chance.randbytes(chance.randrange(1, 24)))
        await asyncio.sleep(0.02)
    assert it.belt_mps == 0
    await asyncio.sleep(5.0)
    assert it.report.linked
    assert it.report.age_s(now_s()) <= 1.0


@every_treadmill()
async def test_a_port_that_takes_no_write_is_evidence_and_is_not_waited_for(it: Subject) -> None:
    await it.walk(WALK_MPS)
    it.block()
    it.order_to(Level.STOP)
    blocked_s = now_s()
    await asyncio.sleep(6.5)
    assert it.report.write_failed_at_s is not None
    assert it.report.write_failed_at_s >= blocked_s
    it.unblock()
    since_s = now_s()
    await asyncio.sleep(8.0)
    assert set(it.events(since_s)) == {"stop"}
    assert it.belt_mps == 0


@every_treadmill()
async def test_a_machine_that_falls_silent_is_seen_to(it: Subject) -> None:
    await it.walk(WALK_MPS)
    it.mute()
    silent_s = now_s()
    await asyncio.sleep(3.0)
    assert it.report.age_s(now_s()) > 2.5
    it.order_to(Level.STOP)
    await asyncio.sleep(4.0)
    times_s = it.times("stop", silent_s)
    assert max(b - a for a, b in itertools.pairwise(times_s)) <= 0.25
    assert it.belt_mps == 0

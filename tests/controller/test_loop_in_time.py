"""The loop in virtual time: its pace, its wake-ups, and how it leaves."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from controller.safety.view import Phase
from controller.session.commands import Role, Verb
from controller.step.state import State
from protocols.belt import Level
from tests.controller.bedside import NOW_S
from tests.controller.room import Room
from tests.simulators.virtual_time import in_virtual_time

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase


@in_virtual_time
async def test_it_turns_twenty_times_a_second_when_nothing_happens() -> None:
    clock = asyncio.get_running_loop().time
    room = Room(IDLE, clock, State())
    task = asyncio.create_task(room.loop.run())
    await asyncio.sleep(10.0)
    assert len(room.belt.orders) == pytest.approx(200, abs=3)
    room.loop.leave()
    await task


@in_virtual_time
async def test_news_is_a_turn_at_once() -> None:
    clock = asyncio.get_running_loop().time
    room = Room(IDLE, clock, State())
    task = asyncio.create_task(room.loop.run())
    await asyncio.sleep(10.01)
    before = len(room.belt.orders)
    room.ask(Verb.STOP)
    await asyncio.sleep(0.001)
    assert len(room.belt.orders) == before + 1
    assert room.answers
    room.loop.leave()
    await asyncio.wait_for(task, 30.0)


@in_virtual_time
async def test_a_sensor_has_its_order_before_its_callback_returns() -> None:
    room, task = await walking_room()
    room.hands.hold = False
    before = len(room.belt.orders)
    room.loop.at_once()
    assert len(room.belt.orders) == before + 1
    assert not room.loop.state.monitors.hands.any
    await end(room, task)


@in_virtual_time
async def test_what_came_beside_a_sensors_news_gets_its_turn_too() -> None:
    room, task = await walking_room()
    room.loop.at_once()
    room.loop.at_once()
    room.ask(Verb.STOP, Role.ANYONE)
    before, answers = len(room.belt.orders), len(room.answers)
    await asyncio.sleep(0.001)
    assert len(room.answers) == answers + 1
    assert len(room.belt.orders) == before + 1
    assert room.belt.orders[-1].level is Level.STOP
    await end(room, task)


@in_virtual_time
async def test_each_turn_that_a_sensor_called_is_written_once_and_in_order() -> None:
    room, task = await walking_room()
    for _ in range(5):
        room.loop.at_once()
        await asyncio.sleep(0.07)
    turns = [line for line in room.ledger.lines if line["kind"] == "turn"]
    assert all(now["after"] is after["before"] for now, after in pairwise(turns))
    assert len(room.beats) == len(room.belt.orders)
    await end(room, task)


@in_virtual_time
async def test_the_end_of_a_grace_that_began_with_a_sensors_news_is_not_missed() -> None:
    """The timer that was set before knows nothing of it."""
    room, task = await walking_room()
    assert await stopped_after_s(room, room.loop.at_once) == pytest.approx(0.5, abs=0.002)
    await end(room, task)


@in_virtual_time
async def test_after_its_end_a_loop_decides_nothing_at_once() -> None:
    room = Room(IDLE, asyncio.get_running_loop().time, State())
    task = asyncio.create_task(room.loop.run())
    await asyncio.sleep(1.0)
    task.cancel()
    await asyncio.wait({task})
    before = len(room.belt.orders)
    room.loop.at_once()
    assert len(room.belt.orders) == before


async def walking_room() -> tuple[Room, "asyncio.Task[None]"]:
    """A loop in virtual time that has been walking for a while."""
    clock = asyncio.get_running_loop().time
    await asyncio.sleep(NOW_S)
    room = Room(IDLE, clock, State())
    task = asyncio.create_task(room.loop.run())
    room.hands.hold = False
    await present(room, 1.0)
    room.hands.hold = True
    await present(room, 3.0)
    for verb in (Verb.ARM, Verb.START):
        room.ask(verb)
        await present(room, 0.1)
    await present(room, 8.0)
    assert room.phase is WALKING, room.answers
    return room, task


async def stopped_after_s(room: Room, tell: Callable[[], None]) -> float:
    """From a release, which `tell` tells the loop of, to the first Stop."""
    room.hands.hold = False
    tell()
    released_s = room.clock()
    while room.phase is WALKING:
        room.seen()
        await asyncio.sleep(0.01)
    stopped_s = next(order.decided_at_s for order in room.belt.orders if order.level is Level.STOP)
    return stopped_s - released_s


async def end(room: Room, task: "asyncio.Task[None]") -> None:
    room.loop.leave()
    await present(room, 5.0)
    await task


async def present(room: Room, seconds: float) -> None:
    """Time passes with guard and console heard."""
    for _ in range(round(seconds / 0.1)):
        room.seen()
        await asyncio.sleep(0.1)


@in_virtual_time
async def test_a_release_stops_the_belt_exactly_when_its_grace_ends() -> None:
    room, task = await walking_room()
    assert await stopped_after_s(room, room.loop.news.set) == pytest.approx(0.5, abs=0.002)
    await end(room, task)


@in_virtual_time
async def test_leaving_stops_the_belt_first_and_ends_when_rest_is_verified() -> None:
    room, task = await walking_room()
    room.loop.leave()
    await asyncio.sleep(0.001)
    assert room.belt.orders[-1].level is Level.STOP
    assert not task.done()
    await present(room, 5.0)
    assert task.done()
    assert room.phase is LATCHED


@in_virtual_time
async def test_leaving_waits_for_a_belt_that_will_not_stop() -> None:
    room, task = await walking_room()
    room.belt.obeys = False
    room.loop.leave()
    await present(room, 60.0)
    assert not task.done()
    assert room.belt.orders[-1].level is Level.STOP
    room.belt.obeys = True
    await present(room, 5.0)
    assert task.done()


@in_virtual_time
async def test_an_idle_loop_leaves_at_once() -> None:
    room = Room(IDLE, asyncio.get_running_loop().time, State())
    task = asyncio.create_task(room.loop.run())
    await asyncio.sleep(1.0)
    room.loop.leave()
    await asyncio.wait_for(task, 0.1)
    assert {order.level for order in room.belt.orders} == {Level.WATCH}

"""The loop joins the pure turn to the world: nothing is awaited, and no mistake ends in motion."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from controller.loop import TELEMETRY_S, Loop
from controller.safety.limits import tightest
from controller.safety.monitors import PERIOD_S
from controller.safety.view import Phase
from controller.session.commands import Answer, Role, Verb
from controller.step import Command
from controller.step.state import State
from protocols.belt import BeltOrder, BeltReport, Level
from protocols.grip import GripReport
from tests.controller.bedside import GRID, NOW_S, Story, healthy, in_phase
from tests.simulators.virtual_time import in_virtual_time

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED = Phase


class Belt:
    """A treadmill that does at once what it is told, and remembers it all."""

    def __init__(self, clock: Callable[[], float], moving: bool) -> None:
        self._clock = clock
        self._speed_mps = 0.2 if moving else 0.0
        self._rest_since_s = clock() - 60.0
        self.orders: list[BeltOrder] = []
        self.obeys = True

    @property
    def report(self) -> BeltReport:
        rest_since_s = None if self._speed_mps else self._rest_since_s
        return replace(
            healthy(self._clock()).belt,
            speed_mps=self._speed_mps,
            set_point_mps=self._speed_mps,
            rest_since_s=rest_since_s,
        )

    def command(self, order: BeltOrder) -> None:
        self.orders.append(order)
        speed_mps = GRID.mps(GRID.floor(order.speed_mps)) if order.level is Level.RUN else 0.0
        if self.obeys and speed_mps != self._speed_mps:
            self._speed_mps, self._rest_since_s = speed_mps, self._clock()


class Hands:
    """A grip unit in somebody's hands."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.hold = True

    @property
    def report(self) -> GripReport:
        return healthy(self._clock(), left=self.hold, right=self.hold).grip


class Ledger:
    """A journal in memory."""

    def __init__(self) -> None:
        self.ok = True
        self.lines: list[dict[str, Any]] = []

    def begin(self, session_id: str, now_s: float, **facts: object) -> None:
        self.add("begin", now_s, session=session_id, **facts)

    def add(self, kind: str, now_s: float, **facts: object) -> None:
        self.lines.append({"kind": kind, "t": now_s, **facts})

    def end(self, now_s: float, **facts: object) -> None:
        self.add("end", now_s, **facts)

    def kinds(self) -> list[str]:
        return [line["kind"] for line in self.lines]


class Room:
    """A loop with everything around it. Its clock is moved by hand unless another is given."""

    def __init__(
        self,
        phase: Phase = IDLE,
        clock: Callable[[], float] | None = None,
        state: State | None = None,
    ) -> None:
        story = in_phase(phase)
        self.now_s = story.now_s
        self.clock = clock or (lambda: self.now_s)
        self.belt = Belt(self.clock, moving=phase is WALKING)
        self.hands = Hands(self.clock)
        self.ledger = Ledger()
        self.told: list[dict[str, Any]] = []
        self.beats: list[bool] = []
        self.answers: list[Answer] = []
        limits, bound_by = tightest({})
        self.loop = Loop(
            self.belt,
            self.hands,
            self.ledger,
            limits,
            bound_by,
            clock=self.clock,
            news=asyncio.Event(),
            publish=self.told.append,
            beat=self.beats.append,
            state=state or story.state,
        )
        self.seen()

    @property
    def phase(self) -> Phase:
        return self.loop.state.phase

    @property
    def cause(self) -> str | None:
        return self.loop.state.latch.cause if self.loop.state.latch else None

    def seen(self) -> None:
        """Guard and console are heard."""
        self.loop.seen.guard_at_s = self.loop.seen.console_at_s = self.clock()

    def turn(self, count: int = 1) -> None:
        for _ in range(count):
            self.now_s += PERIOD_S
            self.seen()
            self.loop.turn()

    def ask(self, verb: Verb, role: Role = Role.SUPERVISOR) -> None:
        self.loop.ask(Command(verb.value, verb, role), self.answers.append)


class BrokenError(Exception):
    """Something beside the loop does not work."""


def fail(*_: object, **__: object) -> None:
    raise BrokenError


def test_each_turn_hands_one_order_to_the_mailbox_and_beats() -> None:
    room = Room(WALKING)
    room.turn(10)
    assert [order.level for order in room.belt.orders] == [Level.RUN] * 10
    assert room.belt.orders[-1].decided_at_s == room.now_s
    assert room.beats == [True] * 10


@pytest.mark.parametrize(("phase", "moves"), [(IDLE, False), (LATCHED, False), (STOPPING, True)])
def test_the_heartbeat_tells_whether_the_belt_may_move(phase: Phase, moves: bool) -> None:
    room = Room(phase)
    room.turn()
    assert room.beats == [moves]


def test_a_command_is_answered_by_the_next_turn_which_it_wakes() -> None:
    room = Room(WALKING)
    room.ask(Verb.STOP, Role.ANYONE)
    assert room.loop.news.is_set()
    assert not room.answers
    room.turn()
    assert [(answer.id, answer.accepted) for answer in room.answers] == [("stop", True)]
    assert room.belt.orders[-1].level is Level.STOP


def test_several_commands_are_answered_each_to_its_own() -> None:
    room = Room(ARMED)
    for verb in (Verb.RESET, Verb.DISARM, Verb.FASTER):
        room.ask(verb)
    room.turn()
    assert [answer.id for answer in room.answers] == ["reset", "disarm", "faster"]
    assert [answer.accepted for answer in room.answers] == [False, True, False]


def test_telemetry_comes_ten_times_a_second_and_on_each_change_of_phase() -> None:
    room = Room(WALKING)
    room.turn(200)
    per_second = len(room.told) / (200 * PERIOD_S)
    assert per_second == pytest.approx(1 / TELEMETRY_S, rel=0.5)
    assert per_second <= 1 / TELEMETRY_S + 0.1
    before = len(room.told)
    room.ask(Verb.STOP)
    room.turn(2)
    assert len(room.told) >= before + 1
    assert room.told[before]["state"] == "stopping"


def test_telemetry_carries_the_session_it_belongs_to() -> None:
    room = Room(IDLE)
    room.turn()
    assert room.told[-1]["kind"] == "telemetry"
    assert room.told[-1]["session_id"] is None


def test_a_session_is_written_down_from_begin_to_end() -> None:
    room = Room(IDLE)
    room.hands.hold = False
    room.turn(4)
    room.hands.hold = True
    room.turn(45)
    assert room.ledger.lines == []
    for verb in (Verb.ARM, Verb.START):
        room.ask(verb)
        room.turn()
    room.turn(100)
    room.ask(Verb.STOP)
    room.turn(60)
    room.ask(Verb.RESET)
    room.turn(2)
    kinds = room.ledger.kinds()
    assert (kinds[0], kinds[-1]) == ("begin", "end")
    assert room.ledger.lines[0]["session"] == room.loop.session_id
    assert room.ledger.lines[0]["program"] == "free-walk"
    phases = [line["phase"] for line in room.ledger.lines if line["kind"] == "phase"]
    assert phases == ["armed", "walking", "stopping", "latched", "idle"]
    verbs = [line["verb"] for line in room.ledger.lines if line["kind"] == "command"]
    assert verbs == ["arm", "start", "stop", "reset"]
    stops = [line for line in room.ledger.lines if line.get("cause") == "stop_pressed"]
    assert stops[0]["phase"] == "stopping"


def test_a_turn_of_a_walk_is_written_with_what_was_asked_and_what_was_so() -> None:
    room = Room(WALKING)
    room.turn()
    line = room.ledger.lines[-1]
    assert line["kind"] == "turn"
    assert line["level"] == "run"
    assert line["set_point_mps"] == room.belt.orders[-1].speed_mps
    assert (line["left"], line["right"]) == (True, True)


def test_a_refusal_is_written_with_its_reason() -> None:
    room = Room(WALKING)
    room.ask(Verb.ARM)
    room.turn()
    refused = next(line for line in room.ledger.lines if line["kind"] == "command")
    assert refused["refused"] == "A session can be armed only when none is under way."


def test_at_rest_no_turn_is_written() -> None:
    room = Room(IDLE)
    room.turn(20)
    assert room.ledger.lines == []


def test_a_journal_that_failed_ends_the_walk() -> None:
    room = Room(WALKING)
    room.ledger.ok = False
    room.turn()
    assert (room.phase, room.cause) == (SLOWING, "not_recorded")


@pytest.mark.parametrize("phase", Phase)
def test_a_mistake_in_a_turn_is_a_stop_and_a_latch(
    phase: Phase, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(phase)
    monkeypatch.setattr("controller.loop.step", fail)
    with caplog.at_level(logging.ERROR):
        room.now_s += PERIOD_S
        room.loop.turn()
    assert room.belt.orders == [BeltOrder(Level.STOP, 0.0, room.now_s)]
    assert room.phase is STOPPING
    assert room.cause
    assert "A turn failed; the belt is stopped." in caplog.text


def test_a_mistake_that_stays_is_a_stop_in_every_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(WALKING)
    monkeypatch.setattr("controller.loop.step", fail)
    room.turn(100)
    assert [order.level for order in room.belt.orders] == [Level.STOP] * 100
    assert (room.phase, room.cause) == (STOPPING, "internal_error")


BESIDE = {
    "the consoles": lambda room: setattr(room.loop, "publish", fail),
    "the journal": lambda room: setattr(room.ledger, "add", fail),
    "who asked": lambda room: room.loop.ask(Command("1", Verb.PRESENT, Role.SUPERVISOR), fail),
}


@pytest.mark.parametrize("breaks", BESIDE.values(), ids=BESIDE)
def test_a_mistake_beside_the_turn_is_a_stop_and_no_heartbeat(
    breaks: Callable[[Room], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Control lives on to stop the belt; a guard that hears nothing stops it too."""
    room = Room(WALKING)
    breaks(room)
    room.turn()
    assert [order.level for order in room.belt.orders] == [Level.RUN, Level.STOP]
    assert (room.phase, room.cause) == (STOPPING, "internal_error")
    assert room.beats == []
    room.turn(3)
    assert {order.level for order in room.belt.orders[1:]} == {Level.STOP}
    assert "the belt is stopped" in caplog.text


def test_a_command_is_not_lost_to_a_mistake_in_another_s_turn() -> None:
    room = Room(WALKING)
    room.loop.ask(Command("1", Verb.PRESENT, Role.SUPERVISOR), fail)
    room.turn()
    room.ask(Verb.STOP)
    room.turn()
    assert room.answers[-1].accepted


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


async def present(room: Room, seconds: float) -> None:
    """Time passes with guard and console heard."""
    for _ in range(round(seconds / 0.1)):
        room.seen()
        await asyncio.sleep(0.1)


@in_virtual_time
async def test_a_release_stops_the_belt_exactly_when_its_grace_ends() -> None:
    room, task = await walking_room()
    room.hands.hold = False
    room.loop.news.set()
    released_s = room.clock()
    while room.phase is WALKING:
        room.seen()
        await asyncio.sleep(0.01)
    stopped_s = next(order.decided_at_s for order in room.belt.orders if order.level is Level.STOP)
    assert stopped_s - released_s == pytest.approx(0.5, abs=0.002)
    room.loop.leave()
    await present(room, 5.0)
    await task


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


def test_an_armed_session_is_stopped_on_leaving() -> None:
    room = Room(ARMED)
    room.loop.leave()
    room.turn(60)
    assert (room.phase, room.cause) == (LATCHED, "stop_pressed")


def test_a_story_and_a_loop_agree() -> None:
    """The loop adds nothing to what a turn decides."""
    story, room = Story(), Room(IDLE, state=State())
    room.now_s = story.now_s
    room.hands.hold = False
    for _ in range(20):
        story.turn()
        room.turn()
    assert room.phase is story.phase
    assert [order.level for order in room.belt.orders] == [story.decision.order.level] * 20

"""The loop joins the pure turn to the world: nothing is awaited, and no mistake ends in motion."""

import logging
from collections.abc import Callable

import pytest

from controller import loop
from controller.loop import TELEMETRY_S
from controller.safety.heart import Beat
from controller.safety.limits import fingerprint
from controller.safety.monitors import PERIOD_S
from controller.safety.view import Phase
from controller.session.commands import Orientation, Role, Verb
from controller.step import Command
from controller.step.state import State, crashed
from protocols.belt import BeltOrder, Level
from tests.controller.bedside import LIMITS, Story
from tests.controller.room import Room

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase


class BrokenError(Exception):
    """Something beside the loop does not work."""


def fail(*_: object, **__: object) -> None:
    raise BrokenError


def test_each_turn_hands_one_order_to_the_mailbox_and_beats() -> None:
    room = Room(WALKING)
    room.turn(10)
    assert [order.level for order in room.belt.orders] == [Level.RUN] * 10
    assert room.belt.orders[-1].decided_at_s == room.now_s
    assert room.beats == [(True, False)] * 10


@pytest.mark.parametrize(("phase", "moves"), [(IDLE, False), (LATCHED, False), (STOPPING, True)])
def test_the_heartbeat_tells_whether_the_belt_may_move(phase: Phase, moves: bool) -> None:
    room = Room(phase)
    room.turn()
    assert room.beats == [(moves, False)]


def test_a_command_is_answered_by_the_next_turn_which_it_wakes() -> None:
    room = Room(WALKING)
    room.ask(Verb.STOP, Role.ANYONE)
    assert room.loop.news.is_set()
    assert not room.answers
    room.turn()
    assert [(answer.id, answer.accepted) for answer in room.answers] == [("stop", True)]
    assert room.belt.orders[-1].level is Level.STOP


def test_before_its_first_turn_a_sensors_news_waits_for_it() -> None:
    room = Room(WALKING)
    room.loop.at_once()
    assert room.loop.news.is_set()
    assert not room.belt.orders


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
    assert room.ledger.lines[0]["limits"]["cap_mps"] == LIMITS.cap_mps
    assert room.ledger.lines[0]["limits_sha256"] == fingerprint(LIMITS)
    phases = [line["phase"] for line in room.ledger.lines if line["kind"] == "phase"]
    assert phases == ["armed", "walking", "stopping", "latched", "idle"]
    verbs = [line["verb"] for line in room.ledger.lines if line["kind"] == "command"]
    assert verbs == ["arm", "start", "stop", "reset"]
    stops = [line for line in room.ledger.lines if line.get("cause") == "stop_pressed"]
    assert stops[0]["phase"] == "stopping"


def test_a_turn_of_a_walk_is_written_with_what_was_asked_and_what_was_so() -> None:
    room = Room(WALKING)
    before = room.loop.state
    room.turn()
    line = room.ledger.lines[-1]
    assert line["kind"] == "turn"
    assert line["decision"].order == room.belt.orders[-1]
    assert line["before"] is before
    assert line["after"] is room.loop.state
    assert line["evidence"].grip.frame.left_held
    assert (line["commands"], line["failed"]) == ((), False)


def test_commands_are_written_whole_with_the_turn_that_obeys_them() -> None:
    room = Room(LATCHED)
    room.turn(3)
    assert "turn" not in room.ledger.kinds()
    room.ask(Verb.STOP, Role.ANYONE)
    room.turn()
    line = room.ledger.lines[-1]
    assert line["kind"] == "turn"
    assert line["commands"] == (Command("stop", Verb.STOP, orientation=Orientation.TURNED),)


def test_a_belt_that_is_stopped_from_the_start_has_a_record_too() -> None:
    """After a death nobody has armed anything, and what control does is written all the same."""
    room = Room(IDLE, state=crashed(0.0))
    room.turn(60)
    kinds = room.ledger.kinds()
    assert (kinds[0], kinds.count("begin")) == ("begin", 1)
    assert kinds[-1] in ("turn", "phase")


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


def test_a_second_mistake_is_escalated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules themselves are broken, and with them whatever else would escalate."""
    room = Room(WALKING)
    monkeypatch.setattr(loop, "step", fail)
    room.turn(2)
    assert room.beats == [(True, False), (True, True)]


def test_a_command_is_not_lost_to_a_mistake_in_another_s_turn() -> None:
    room = Room(WALKING)
    room.loop.ask(Command("1", Verb.PRESENT, Role.SUPERVISOR), fail)
    room.turn()
    room.ask(Verb.STOP)
    room.turn()
    assert room.answers[-1].accepted


def test_an_armed_session_is_stopped_on_leaving() -> None:
    room = Room(ARMED)
    room.loop.leave()
    room.turn(60)
    assert (room.phase, room.cause) == (LATCHED, "service_ended")


def test_the_first_reason_to_leave_is_the_one_that_is_told() -> None:
    room = Room(WALKING)
    room.loop.leave("guard_ended")
    room.loop.leave()
    room.turn(60)
    assert (room.phase, room.cause) == (LATCHED, "guard_ended")


async def test_a_record_ends_with_a_service_that_is_left_latched() -> None:
    room = Room(ARMED)
    room.turn()
    room.loop.leave()
    room.turn(60)
    await room.loop.run()
    assert room.phase is LATCHED
    assert room.ledger.lines[-1].items() >= {"kind": "end", "leaving": True}.items()


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


def test_a_computer_that_slept_stops_the_walk_and_may_serve_again() -> None:
    """The monotonic clock stands still while it sleeps: no turn is late (F79)."""
    room = Room(WALKING)
    room.turn()
    room.asleep_s = 0.2
    room.turn()
    assert room.phase is WALKING
    room.asleep_s = 7.0
    room.turn()
    assert (room.phase, room.cause) == (STOPPING, "suspended")


def test_when_the_loop_begins_it_knows_of_no_sleep() -> None:
    room = Room(IDLE)
    room.loop.seen.asleep_s = room.loop.seen.awake_since_s = None
    room.turn()
    assert room.loop.seen.awake_since_s == room.now_s


def test_a_heart_is_evidence_with_its_age_and_told_while_it_is_fresh() -> None:
    room = Room(WALKING)
    heard_s = room.now_s
    room.loop.heart = lambda: Beat(96, heard_s)
    room.turn(10)
    assert room.told[-1]["heart_rate_bpm"] == 96
    room.turn(120)
    assert room.told[-1]["heart_rate_bpm"] is None


async def test_a_loop_that_gives_way_ends_after_that_turn_at_rest() -> None:
    room = Room(IDLE)
    room.ask(Verb.COMMISSION, Role.ENGINEER)
    await room.loop.run()
    assert [answer.accepted for answer in room.answers] == [True]
    assert room.beats == [(False, False)]
    assert room.loop.gives_way


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.VIEWER, Role.NETWORK, Role.ANYONE])
def test_a_loop_gives_way_to_nobody_but_an_engineer(role: Role) -> None:
    room = Room(IDLE)
    room.ask(Verb.COMMISSION, role)
    room.turn()
    assert not room.loop.gives_way


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not IDLE])
def test_a_loop_gives_way_only_when_nothing_is_under_way(phase: Phase) -> None:
    room = Room(phase)
    room.ask(Verb.COMMISSION, Role.ENGINEER)
    room.turn()
    assert not room.answers[0].accepted
    assert not room.loop.gives_way


def test_what_trips_in_the_turn_that_would_give_way_is_stopped_instead() -> None:
    room = Room(IDLE)
    room.ask(Verb.COMMISSION, Role.ENGINEER)
    room.ask(Verb.STOP, Role.ANYONE)
    room.turn()
    assert room.answers[0].accepted
    assert not room.loop.gives_way
    assert room.phase is STOPPING


async def test_a_loop_that_is_leaving_leaves_and_gives_way_to_nobody() -> None:
    room = Room(IDLE)
    room.loop.leave()
    room.ask(Verb.COMMISSION, Role.ENGINEER)
    room.turn()
    assert not room.loop.gives_way


def test_a_mistake_in_the_turn_that_would_give_way_is_a_stop_and_a_latch_instead() -> None:
    room = Room(IDLE)
    room.loop.beat = fail
    room.ask(Verb.COMMISSION, Role.ENGINEER)
    room.turn()
    assert room.answers[0].accepted
    assert not room.loop.gives_way
    assert (room.phase, room.cause) == (STOPPING, "internal_error")

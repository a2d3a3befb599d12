"""The conversation with each simulated serial machine, on a line that can be broken."""

import itertools
from dataclasses import replace

import pytest

from protocols import trackmaster
from protocols.belt import PERMIT_S, REST_PROOF_S, BeltOrder, Control, Level
from protocols.conversation import Conversation
from protocols.dialect import Purpose, tenths
from protocols.serial_machines import Fitting, dialect
from protocols.stop_run import RESTATE_STOP_S
from tests.protocols.talk import DT_S, TICK_S, WALK_MPS, Talk, every_kind


@every_kind
def test_connecting_only_reads(kind: str) -> None:
    talk = Talk(kind)
    talk.wait(20.0)
    assert talk.requests == []
    assert talk.report.at_rest_for_s(talk.now_s) > 18
    assert talk.report.grid == dialect(kind).grid
    assert talk.report.control is Control.GRANTED


@every_kind
def test_a_walk_goes_by_start_speed_and_stop_until_rest_is_proven(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    assert talk.events()[:2] == ["start_received", "speed_set"]
    assert talk.belt_mps == pytest.approx(WALK_MPS, abs=0.045)
    assert talk.belt_mps <= WALK_MPS
    assert talk.report.unanswered_since_s is None
    stopped_s = talk.now_s
    talk.order_to(Level.STOP)
    assert talk.written[-1][0] == stopped_s
    talk.wait(5.0)
    assert talk.belt_mps == 0
    assert talk.report.set_point_mps == 0
    assert talk.report.stop_sent_at_s == stopped_s
    quiet_s = talk.now_s
    talk.wait(20.0)
    assert talk.events(quiet_s) == []
    talk.walk()
    assert talk.belt_mps == pytest.approx(WALK_MPS, abs=0.045)


@every_kind
def test_a_stop_overtakes_what_is_unanswered_and_is_restated_until_rest(kind: str) -> None:
    talk = Talk(kind, "slow_stop")
    talk.walk()
    talk.inward = lambda _: b""
    talk.order_to(Level.RUN, 0.3)
    talk.wait(0.05)
    talk.order_to(Level.STOP)
    since_s = talk.now_s
    talk.wait(3.0)
    times_s = [since_s, *talk.times("stop_received", since_s)]
    assert times_s[1] - since_s <= 2 * DT_S
    assert max(b - a for a, b in itertools.pairwise(times_s)) <= 0.25
    assert "speed_set" not in talk.events(since_s)
    talk.inward = bytes
    talk.wait(10.0)
    quiet_s = talk.now_s
    talk.wait(3.0)
    assert talk.events(quiet_s) == []


@every_kind
def test_nothing_that_moves_follows_a_stop_before_rest_is_proven(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.order_to(Level.STOP)
    since_s = talk.now_s
    talk.wait(0.2)
    talk.order_to(Level.RUN, WALK_MPS)
    talk.wait(10.0)
    assert set(talk.events(since_s)) == {"stop_received"}
    assert talk.belt_mps == 0


@every_kind
def test_an_order_older_than_its_permit_is_a_stop_until_another_has_come(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.deciding = False
    old_s = talk.now_s
    talk.wait(PERMIT_S + 2 * TICK_S)
    assert talk.times("stop_received", old_s)
    assert talk.times("stop_received", old_s)[0] - old_s <= PERMIT_S + 2 * TICK_S
    talk.deciding = True
    talk.wait(8.0)
    assert set(talk.events(old_s)) == {"stop_received"}
    assert talk.belt_mps == 0


@every_kind
def test_a_speed_below_the_lowest_stops_and_does_not_come_back_by_itself(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    low_s = talk.now_s
    talk.order_to(Level.RUN, 0.9 * dialect(kind).grid.mps(dialect(kind).grid.minimum))
    talk.wait(1.0)
    talk.order_to(Level.RUN, WALK_MPS)
    talk.wait(6.0)
    assert set(talk.events(low_s)) == {"stop_received"}
    assert talk.belt_mps == 0


@every_kind
@pytest.mark.parametrize("level", [Level.READY, Level.WATCH])
def test_a_motion_that_nobody_orders_any_more_is_stopped(kind: str, level: Level) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.order_to(level)
    talk.wait(5.0)
    assert talk.belt_mps == 0


@every_kind
def test_start_is_never_written_to_a_belt_that_moves(kind: str) -> None:
    talk = Talk(kind)
    talk.treadmill.press("start")
    talk.wait(3.0)
    talk.order_to(Level.RUN, WALK_MPS)
    talk.wait(3.0)
    assert talk.events() in ([], ["stop_received"] * len(talk.events()))
    assert talk.report.speed_mps


@every_kind
def test_a_new_connection_restores_nothing_and_stops(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.connect()
    since_s = talk.now_s
    talk.wait(8.0)
    assert set(talk.events(since_s)) <= {"stop_received"}
    talk.order_to(Level.READY)
    talk.order_to(Level.STOP)
    talk.wait(5.0)
    assert talk.belt_mps == 0
    assert talk.report.set_point_mps == 0


@every_kind
def test_the_newest_set_point_wins_and_lost_ones_are_written_again(kind: str) -> None:
    talk = Talk(kind)
    talk.walk(0.3)
    talk.outward = lambda octets: b"" if b"0" in octets[1:] or b"\x25" in octets else octets
    for speed_mps in (0.35, 0.38, 0.4):
        talk.order_to(Level.RUN, speed_mps)
        talk.wait(0.25)
    assert talk.report.unanswered_since_s is not None
    talk.outward = bytes
    talk.wait(4.0)
    assert talk.report.unanswered_since_s is None
    assert talk.belt_mps == pytest.approx(0.4, abs=0.045)


@every_kind
def test_lowering_is_at_once_and_raising_is_spaced(kind: str) -> None:
    talk = Talk(kind)
    talk.walk(0.5)
    since_s = talk.now_s
    for speed_mps in (0.45, 0.4, 0.35):
        talk.order_to(Level.RUN, speed_mps)
        talk.wait(0.1)
    assert len(talk.times("speed_set", since_s)) == 3
    for speed_mps in (0.4, 0.45, 0.5):
        talk.order_to(Level.RUN, speed_mps)
        talk.wait(0.1)
    assert len(talk.times("speed_set", since_s)) == 3
    talk.wait(0.5)
    assert len(talk.times("speed_set", since_s)) == 4


@every_kind
def test_a_start_without_an_answer_is_not_repeated(kind: str) -> None:
    talk = Talk(kind)
    talk.ready()
    start = dialect(kind).octets(Purpose.START)
    talk.outward = lambda octets: b"" if octets == start else octets
    talk.order_to(Level.RUN, WALK_MPS)
    talk.wait(3.0)
    assert [octets for _, octets in talk.written].count(start) == 1
    assert talk.report.unanswered_since_s is not None
    assert talk.belt_mps == 0


@every_kind
def test_a_machine_that_ignores_stop_is_told_for_as_long_as_it_moves(kind: str) -> None:
    talk = Talk(kind, "ignores_stop")
    talk.walk()
    since_s = talk.now_s
    talk.order_to(Level.STOP)
    talk.wait(20.0)
    times_s = talk.times("stop_received", since_s)
    assert max(b - a for a, b in itertools.pairwise(times_s)) <= 0.25
    assert times_s[-1] > talk.now_s - 0.25


@every_kind
def test_a_port_that_takes_nothing_is_offered_the_stop_again_at_the_next_tick(kind: str) -> None:
    talk, stop = Talk(kind), dialect(kind).octets(Purpose.STOP)
    talk.walk()
    talk.order_to(Level.STOP)
    talk.conversation.write_failed()
    before = len(talk.written)
    talk.order_to(Level.STOP)
    assert stop not in [octets for _, octets in talk.written[before:]]
    talk.now_s += 1.1 * TICK_S
    talk.order_to(Level.STOP)
    assert talk.written[-1] == (talk.now_s, stop)


@every_kind
def test_a_set_point_that_the_port_did_not_take_is_written_again(kind: str) -> None:
    talk = Talk(kind)
    talk.walk(0.5)
    talk.order_to(Level.RUN, 0.4)
    since_s = talk.now_s
    talk.outward = lambda _: b""
    talk.conversation.write_failed()
    talk.outward = bytes
    talk.wait(2.0)
    assert talk.times("speed_set", since_s)
    talk.order_to(Level.WATCH)
    talk.conversation.write_failed()


@every_kind
def test_a_refused_set_point_ends_in_a_stop(kind: str) -> None:
    talk = Talk(kind, fitting=Fitting(maximum=6.0))
    talk.walk(0.3)
    talk.machine.grid = replace(talk.machine.grid, maximum=8)
    talk.order_to(Level.RUN, 0.6)
    talk.wait(1.5)
    if kind == "biodex":
        assert talk.report.unanswered_since_s is not None
        return
    assert talk.report.control is Control.REFUSED
    assert talk.conversation.refusals
    assert talk.times("stop_received")
    talk.wait(5.0)
    assert talk.belt_mps == 0
    talk.order_to(Level.READY)
    talk.wait(2.0)
    assert talk.report.control is (Control.REFUSED if kind == "csafe" else Control.GRANTED)


def test_a_fresh_conversation_stops_a_belt_of_which_nothing_is_known() -> None:
    conversation = Conversation(dialect("trackmaster"))
    talk = Talk("trackmaster")
    octets = conversation.next_write(BeltOrder(Level.STOP), talk.report, 0.0)
    assert octets == trackmaster.request(Purpose.STOP)
    assert RESTATE_STOP_S < PERMIT_S < REST_PROOF_S
    assert tenths("mph", 0.5, 4).minimum == 5

"""The conversation with each simulated serial machine, on a line that can be broken."""

import itertools
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import trackmaster, woodway
from protocols.belt import PERMIT_S, REST_PROOF_S, BeltOrder, Control, Level
from protocols.conversation import PROOF_S, Conversation
from protocols.dialect import Purpose, tenths
from protocols.incline import TRIES
from protocols.op_codes import encode
from protocols.serial_machines import KINDS, Fitting, dialect
from protocols.stop_run import RESTATE_STOP_S
from simulators.csafe import CsafeTreadmill
from tests.protocols.talk import DT_S, TICK_S, Talk

every_kind = pytest.mark.parametrize("kind", KINDS)
DEAD_MEN = pytest.mark.parametrize("kind", ["trackmaster", "woodway"])
WALK_MPS = 0.4


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
def test_a_port_that_takes_nothing_is_offered_the_stop_again_at_once(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.order_to(Level.STOP)
    talk.conversation.write_failed()
    before = len(talk.written)
    talk.order_to(Level.STOP)
    assert talk.written[before][1] == dialect(kind).octets(Purpose.STOP)


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


@pytest.mark.parametrize("kind", ["trackmaster", "woodway", "csafe"])
def test_a_stop_at_the_console_is_told_and_honoured(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.treadmill.press("pause" if kind == "csafe" else "stop")
    since_s = talk.now_s
    talk.wait(1.0)
    assert talk.report.console_stop_at_s is not None
    assert talk.report.console_stop_at_s >= since_s
    talk.wait(8.0)
    assert set(talk.events(since_s)) <= {"stop_received"}
    assert talk.belt_mps == 0


@DEAD_MEN
def test_silence_stops_the_belt_and_polls_keep_it_going(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.wait(20.0)
    assert talk.machine.running
    assert talk.machine.guarded
    gaps = [b - a for (a, _), (b, _) in itertools.pairwise(talk.written)]
    assert max(gaps[100:]) <= 0.25
    talk.outward = lambda _: b""
    talk.wait(type(talk.machine).silence_s + 0.1)
    assert not talk.machine.running


def test_a_time_out_that_the_machine_tells_of_ends_the_motion() -> None:
    talk = Talk("woodway")
    talk.walk()
    since_s = talk.now_s
    talk.say(encode(woodway.TIMED_OUT))
    talk.wait(5.0)
    assert set(talk.events(since_s)) == {"stop_received"}


def test_a_belt_that_runs_without_its_dead_man_is_stopped() -> None:
    talk = Talk("trackmaster")
    talk.walk()
    talk.machine.guarded = False
    since_s = talk.now_s
    talk.wait(0.5)
    assert "stop_received" in talk.events(since_s)


def test_a_lost_acknowledgement_of_start_is_made_good_by_the_status() -> None:
    talk = Talk("trackmaster")
    talk.inward = lambda octets: b"" if octets == trackmaster.answer(trackmaster.START) else octets
    talk.walk()
    assert talk.events().count("start_received") == 1
    assert talk.belt_mps == pytest.approx(WALK_MPS, abs=0.045)


def test_a_set_point_raised_at_the_console_is_foreign() -> None:
    talk = Talk("trackmaster")
    talk.walk()
    talk.machine.firmware.set_point_mps = 0.6
    since_s = talk.now_s
    talk.wait(1.0)
    assert talk.report.foreign_at_s is not None
    assert talk.report.foreign_at_s >= since_s


def test_a_set_point_lowered_at_the_console_is_told_once_ours_has_stood() -> None:
    talk = Talk("trackmaster")
    talk.walk(0.5)
    talk.order_to(Level.RUN, 0.4)
    talk.wait(1.0)
    talk.machine.firmware.set_point_mps = 0.3
    talk.wait(0.5)
    assert talk.report.lowered_at_s is None
    talk.wait(3.0)
    assert talk.report.lowered_at_s is not None
    assert talk.report.lowered_mps == pytest.approx(0.3, abs=0.03)


def test_a_set_point_lost_before_the_belt_moves_is_written_again() -> None:
    talk = Talk("trackmaster")
    talk.ready()
    talk.order_to(Level.RUN, WALK_MPS)
    talk.wait(0.2)
    talk.machine.firmware.set_point_mps = 0.23
    talk.wait(0.6)
    assert len(talk.times("speed_set")) == 2


def test_a_damaged_set_point_is_seen_in_what_the_machine_holds() -> None:
    talk = Talk("trackmaster")
    talk.walk()

    def damaged(octets: bytes) -> bytes:
        return octets.replace(b"\xa30007", b"\xa30027")

    talk.outward = damaged
    talk.order_to(Level.RUN, 0.32)
    since_s = talk.now_s
    talk.wait(0.3)
    assert talk.report.foreign_at_s is not None
    assert talk.report.foreign_at_s - since_s <= 0.2


@every_kind
def test_a_line_full_of_rubbish_is_told_and_ends_the_motion(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    since_s = talk.now_s
    talk.inward = lambda _: b"\xf1\xff\xf2\xff"
    talk.wait(1.0)
    assert talk.report.garbled_at_s is not None
    assert talk.report.garbled_at_s >= since_s
    assert "stop_received" in talk.events(since_s)
    talk.inward = bytes
    talk.wait(6.0)
    assert talk.belt_mps == 0


@every_kind
def test_one_damaged_answer_a_second_is_no_reason_to_stop(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    since_s = talk.now_s
    for _ in range(10):
        talk.say(b"\xff")
        talk.wait(1.0)
    assert talk.report.garbled_at_s is None
    assert talk.events(since_s) == []


def test_a_read_that_the_machine_did_not_understand_is_damage_and_no_refusal() -> None:
    talk = Talk("trackmaster")
    talk.walk()
    talk.order_to(Level.RUN, WALK_MPS)
    before = talk.conversation.rejected
    talk.say(encode(trackmaster.ILLEGAL))
    assert talk.conversation.rejected == before + 1
    assert talk.report.control is Control.GRANTED


@every_kind
def test_one_bit_in_a_hundred_stops_the_belt_and_raises_nothing(kind: str) -> None:
    for seed in range(5):
        chance = random.Random(seed)

        def flipped(octets: bytes, chance: random.Random = chance) -> bytes:
            return bytes(
                octet ^ sum(1 << bit for bit in range(8) if chance.random() < 0.01)
                for octet in octets
            )

        talk = Talk(kind)
        talk.walk()
        talk.inward = talk.outward = flipped
        talk.wait(30.0)
        assert talk.times("stop_received"), seed
        talk.order_to(Level.STOP)
        talk.wait(20.0)
        talk.inward = talk.outward = bytes
        talk.wait(6.0)
        assert talk.belt_mps == 0


def test_a_biodex_belt_turns_at_rest_and_is_read_back_before_it_starts() -> None:
    talk = Talk("biodex")
    talk.walk(reverse=True)
    assert talk.events()[:3] == ["direction_set", "start_received", "speed_set"]
    assert talk.machine.reverse
    assert talk.report.reverse is True
    assert talk.belt_mps == pytest.approx(WALK_MPS, abs=0.045)
    talk.order_to(Level.RUN, WALK_MPS, reverse=False)
    talk.wait(8.0)
    assert talk.events().count("direction_set") == 1
    assert talk.belt_mps == 0
    talk.walk()
    assert not talk.machine.reverse
    assert talk.report.reverse is False


def test_a_biodex_belt_that_does_not_turn_is_not_started() -> None:
    talk = Talk("biodex")
    talk.outward = lambda octets: b"" if octets == b"\x84R" else octets
    talk.walk(reverse=True)
    assert talk.events() == []
    assert talk.report.reverse is False


def test_a_biodex_belt_is_not_started_the_other_way() -> None:
    talk = Talk("biodex")
    talk.ready(reverse=True)
    talk.order_to(Level.RUN, WALK_MPS)
    talk.wait(3.0)
    assert talk.events() == ["direction_set"]


@every_kind
def test_a_belt_that_cannot_reverse_is_not_moved_by_an_order_to(kind: str) -> None:
    talk = Talk(kind)
    talk.ready(reverse=kind != "biodex")
    talk.order_to(Level.RUN, WALK_MPS, reverse=True)
    talk.wait(5.0)
    assert talk.belt_mps == 0
    assert talk.report.reverse is (False if kind == "biodex" else None)


def test_a_commissioned_woodway_belt_reverses_with_its_set_point() -> None:
    talk = Talk("woodway", fitting=Fitting(reverse=True))
    assert talk.report.reverse is False
    talk.walk(reverse=True)
    assert talk.machine.reverse
    assert talk.report.reverse is True
    assert talk.belt_mps == pytest.approx(WALK_MPS, abs=0.045)
    talk.order_to(Level.RUN, WALK_MPS)
    talk.wait(8.0)
    assert talk.machine.turned_moving == 0
    assert talk.belt_mps == 0


def test_a_woodway_belt_that_runs_the_other_way_is_stopped() -> None:
    for fitting in (Fitting(reverse=True), Fitting()):
        talk = Talk("woodway", fitting=fitting)
        talk.walk()
        talk.machine.reverse = True
        since_s = talk.now_s
        talk.wait(0.6)
        assert "stop_received" in talk.events(since_s)


orders = st.lists(
    st.tuples(
        st.sampled_from(Level),
        st.sampled_from([0.0, 0.2, 0.3, 0.4, float("nan")]),
        st.booleans(),
        st.sampled_from([0.05, 0.2, 0.6, 1.3, 2.5, 4.0]),
        st.sampled_from(["", "", "", "connect", "deaf", "mute", "well"]),
    ),
    min_size=1,
    max_size=14,
)


@pytest.mark.parametrize("kind", ["biodex", "woodway"])
@settings(max_examples=60)
@given(orders)
def test_no_sequence_of_orders_turns_a_belt_that_moves(kind: str, sequence: list[Any]) -> None:
    talk = Talk(kind, fitting=Fitting(reverse=True))
    talk.wait(1.2)
    for level, speed_mps, reverse, for_s, event in sequence:
        if event == "connect":
            talk.connect()
        elif event:
            talk.outward = (lambda _: b"") if event == "deaf" else bytes
            talk.inward = (lambda _: b"") if event == "mute" else bytes
        talk.order_to(level, speed_mps, reverse=reverse)
        talk.wait(for_s)
        assert talk.machine.turned_moving == 0
    talk.outward = talk.inward = bytes
    talk.order_to(Level.STOP)
    talk.wait(6.0)
    assert talk.belt_mps == 0


def test_a_csafe_machine_that_only_lets_itself_be_read_is_watched() -> None:
    talk = Talk("csafe")
    talk.machine = CsafeTreadmill(
        talk.treadmill, talk.machine.grid, talk._requested, read_only=True
    )
    talk.walk()
    assert talk.report.control is Control.REFUSED
    assert talk.report.grid is None
    talk.wait(5.0)
    assert talk.belt_mps == 0
    talk.order_to(Level.READY)
    talk.wait(2.0)
    talk.order_to(Level.RUN, WALK_MPS)
    talk.wait(3.0)
    assert talk.events().count("start_received") == 1


def test_a_csafe_machine_that_takes_a_speed_and_does_not_move_has_proven_nothing() -> None:
    talk = Talk("csafe", "success_without_motion")
    talk.walk()
    talk.wait(PROOF_S)
    assert talk.report.grid is None
    assert talk.report.control is Control.REFUSED


def test_a_csafe_machine_is_led_from_a_finished_workout_to_the_next() -> None:
    talk = Talk("csafe")
    for _ in range(2):
        talk.walk()
        assert talk.belt_mps == pytest.approx(WALK_MPS, abs=0.045)
        talk.order_to(Level.STOP)
        talk.wait(5.0)


def test_a_fresh_conversation_stops_a_belt_of_which_nothing_is_known() -> None:
    conversation = Conversation(dialect("trackmaster"))
    talk = Talk("trackmaster")
    octets = conversation.next_write(BeltOrder(Level.STOP), talk.report, 0.0)
    assert octets == trackmaster.request(Purpose.STOP)
    assert RESTATE_STOP_S < PERMIT_S < REST_PROOF_S
    assert tenths("mph", 0.5, 4).minimum == 5


LIFTS = pytest.mark.parametrize("kind", ["trackmaster", "biodex"])


@LIFTS
def test_a_deck_is_told_beside_a_set_point_that_stands_and_read_back(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.order = replace(talk.order, incline_pct=2.2)
    since_s = talk.now_s
    talk.wait(8.0)
    assert talk.events(since_s) == ["incline_set"]
    assert talk.report.inclination_pct == 2.0
    assert talk.report.inclines is not None
    talk.order = replace(talk.order, speed_mps=0.3, incline_pct=1.0)
    since_s = talk.now_s
    talk.wait(8.0)
    assert talk.events(since_s) == ["speed_set", "incline_set"]
    assert talk.report.inclination_pct == 1.0


@pytest.mark.parametrize("kind", ["woodway", "csafe"])
def test_a_deck_that_cannot_be_read_is_never_moved(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.order = replace(talk.order, incline_pct=1.0)
    since_s = talk.now_s
    talk.wait(5.0)
    assert talk.events(since_s) == []
    assert talk.report.inclines is None
    assert talk.report.inclination_pct is None


@LIFTS
def test_a_stop_does_not_wait_for_a_deck(kind: str) -> None:
    talk = Talk(kind)
    talk.walk()
    talk.order = replace(talk.order, incline_pct=1.0)
    waited_s = talk.now_s
    while "incline_set" not in talk.events() and talk.now_s < waited_s + 5.0:
        talk.wait(0.01)
    talk.inward = lambda _: b""
    talk.order_to(Level.STOP)
    stopped_s = talk.now_s
    talk.wait(0.02)
    assert talk.times("stop_received", stopped_s)


def test_a_deck_out_of_range_is_tried_three_times_and_is_no_damaged_line() -> None:
    talk = Talk("trackmaster")
    talk.walk()
    out = trackmaster.encode(trackmaster.OUT_OF_RANGE)
    talk.inward = lambda octets: out if octets == b"\xb4" else octets
    talk.order = replace(talk.order, incline_pct=1.0)
    rejected = talk.conversation.rejected
    talk.wait(20.0)
    assert talk.events().count("incline_set") == TRIES
    assert talk.conversation.rejected == rejected
    assert talk.machine.running


def test_an_incline_that_the_port_did_not_take_is_due_again() -> None:
    talk = Talk("trackmaster")
    talk.walk()
    talk.order = replace(talk.order, incline_pct=1.0)
    elevation = bytes([trackmaster.SET_ELEVATION])
    waited_s = talk.now_s
    while not talk.written[-1][1].startswith(elevation) and talk.now_s < waited_s + 5.0:
        talk.wait(0.01)
    talk.conversation.write_failed()
    since_s = talk.now_s
    talk.wait(4.0)
    again = [octets for at_s, octets in talk.written if at_s > since_s and octets[:1] == elevation]
    assert len(again) == 1

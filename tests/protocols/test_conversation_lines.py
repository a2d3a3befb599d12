"""A line that loses and damages octets, and a console whose keys are pressed."""

import itertools
import random

import pytest

from protocols import trackmaster, woodway
from protocols.belt import Control, Level
from protocols.op_codes import encode
from tests.protocols.talk import WALK_MPS, Talk, every_kind

DEAD_MEN = pytest.mark.parametrize("kind", ["trackmaster", "woodway"])


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

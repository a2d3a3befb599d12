"""A deck is lifted beside the set-point that stands, and never before a stop."""

from dataclasses import replace

import pytest

from protocols import trackmaster
from protocols.belt import Level
from protocols.incline import TRIES
from tests.protocols.talk import Talk

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

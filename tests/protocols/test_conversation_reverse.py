"""A belt that turns round does so at rest, and is read back."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.belt import Level
from protocols.serial_machines import Fitting
from tests.protocols.talk import WALK_MPS, Talk, every_kind


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

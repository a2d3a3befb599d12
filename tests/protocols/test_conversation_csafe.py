"""What a CSAFE machine has of its own: states, and control that it may not give."""

import pytest

from protocols.belt import Control, Level
from protocols.conversation import PROOF_S
from simulators.csafe import CsafeTreadmill
from tests.protocols.talk import WALK_MPS, Talk


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

"""Request Control: when it is asked for, and what an answer or the want of one allows."""

import pytest

from protocols.belt import Control
from protocols.ftms.conduct import UNMEASURED, Conduct
from protocols.ftms.permission import Permission
from tests.protocols.ftms.exact_point import (
    ASK,
    BASES,
    GO,
    GRANTED,
    HALT,
    READY,
    RUN,
    STOP,
    WATCH,
    Point,
)


def test_of_a_machine_that_nobody_has_measured_only_answers_are_expected() -> None:
    assert Conduct() == UNMEASURED
    assert (UNMEASURED.answers_control, UNMEASURED.spacing_s) == (True, 0.0)
    assert (UNMEASURED.start_toggles, UNMEASURED.stop_once) == (False, False)


def test_before_it_was_asked_for_nothing_is_awaited_and_nothing_held() -> None:
    permission = Permission(UNMEASURED)
    assert permission.control is Control.NONE
    assert permission.asking is False
    assert permission.awaited(0.0) is False
    assert permission.holds(0.0) is False


@pytest.mark.parametrize("base_s", BASES)
def test_it_is_due_at_once_and_again_after_two_seconds(base_s: float) -> None:
    permission = Permission(UNMEASURED)
    assert permission.due(base_s) is True
    assert permission.asking is True
    assert permission.due(base_s + 1.9999) is False
    assert permission.due(base_s + 2.0) is True
    assert permission.due(base_s + 3.9999) is False


@pytest.mark.parametrize("base_s", BASES)
def test_its_answer_is_awaited_for_a_second_and_silence_lets_us_command(base_s: float) -> None:
    permission = Permission(UNMEASURED)
    permission.due(base_s)
    assert permission.awaited(base_s + 0.9999) is True
    assert permission.holds(base_s + 0.9999) is False
    assert permission.awaited(base_s + 1.0) is False
    assert permission.holds(base_s + 1.0) is True


@pytest.mark.parametrize("base_s", BASES)
def test_of_a_machine_that_never_answers_it_nothing_is_awaited(base_s: float) -> None:
    permission = Permission(Conduct(answers_control=False))
    assert permission.holds(base_s) is False
    permission.due(base_s)
    assert permission.awaited(base_s) is False
    assert permission.holds(base_s) is True


def test_a_machine_that_never_answers_it_is_started_in_the_same_moment() -> None:
    line = Point(answers_control=False)
    assert line.turn(0.0, READY) == ASK
    assert line.turn(0.0, RUN, 100) == GO


@pytest.mark.parametrize(
    ("granted", "control"), [(True, Control.GRANTED), (False, Control.REFUSED)]
)
def test_an_answer_decides(granted: bool, control: Control) -> None:
    permission = Permission(UNMEASURED)
    permission.due(0.0)
    permission.answered(granted=granted)
    assert permission.control is control
    assert permission.asking is False
    assert permission.awaited(0.5) is False
    assert permission.holds(0.5) is granted


@pytest.mark.parametrize("answers_control", [True, False])
def test_the_silence_of_a_machine_that_once_answered_allows_nothing(answers_control: bool) -> None:
    permission = Permission(Conduct(answers_control=answers_control))
    permission.due(0.0)
    permission.answered(granted=False)
    assert permission.due(2.0) is True
    assert permission.holds(3.5) is False


def test_asked_anew_it_is_due_without_a_pause() -> None:
    permission = Permission(UNMEASURED)
    permission.due(0.0)
    permission.ask_anew()
    assert permission.asking is False
    assert permission.awaited(0.1) is False
    assert permission.holds(1.5) is False
    assert permission.due(0.1) is True


@pytest.mark.parametrize("answers_control", [True, False])
def test_control_that_was_taken_away_is_not_held_for_want_of_an_answer(
    answers_control: bool,
) -> None:
    permission = Permission(Conduct(answers_control=answers_control))
    permission.due(0.0)
    permission.lost()
    assert permission.control is Control.LOST
    assert permission.asking is False
    assert permission.awaited(0.5) is False
    assert permission.due(1.9999) is False
    assert permission.due(2.0) is True
    assert permission.holds(3.5) is False
    permission.answered(granted=True)
    assert permission.holds(3.5) is True


def test_what_was_taken_away_is_asked_for_again_once_nothing_is_under_way() -> None:
    line = Point()
    assert line.turn(0.0, READY) == ASK
    line.point.permission_lost()
    assert line.turn(0.5, READY) == ""
    assert line.point.control is Control.LOST
    assert line.turn(0.6, WATCH) == ""
    assert line.point.control is Control.NONE
    assert line.turn(0.7, READY) == ASK
    line.hear(0.8, GRANTED)
    assert line.turn(0.9, WATCH) == ""
    assert line.point.control is Control.GRANTED


def test_an_answer_to_a_request_from_before_the_loss_grants_nothing() -> None:
    line = Point()
    assert line.turn(0.0, READY) == ASK
    line.point.permission_lost()
    line.hear(0.1, GRANTED)
    assert line.point.control is Control.LOST
    assert line.point.foreign_answers == 1


def test_after_a_loss_a_silent_machine_is_stopped_and_never_started() -> None:
    line = Point()
    assert line.turn(0.0, READY) == ASK
    line.point.permission_lost()
    assert line.turn(2.0, READY) == ASK
    assert line.turn(3.5, RUN, 100) == ""
    assert line.turn(4.0, RUN, 100) == ASK
    assert line.moves().turn(4.1, STOP) == HALT

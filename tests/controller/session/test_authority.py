"""Everybody may stop the belt; all else is a supervisor's."""

import pytest

from controller.session.authority import ENGINEERS_ONLY, MAY, refusal
from controller.session.commands import Answer, Role, Verb, lets_in

ALL = [Verb.STOP, Verb.REPORT]
"""Of a report, the figures are a supervisor's: see the tests of `step`."""


def test_every_verb_has_its_line() -> None:
    assert set(MAY) == set(Verb)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", ALL)
def test_everybody_may_stop_and_tell_of_a_symptom(verb: Verb, role: Role) -> None:
    assert refusal(verb, role) == ""


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in (*ALL, Verb.COMMISSION)])
def test_only_a_supervisor_may_do_anything_else(verb: Verb) -> None:
    assert refusal(verb, Role.SUPERVISOR) == ""
    for role in (Role.ANYONE, Role.VIEWER, Role.ENGINEER):
        assert refusal(verb, role) == "Only a signed-in supervisor may do that."


def test_only_an_engineer_has_a_treadmill_commissioned() -> None:
    assert refusal(Verb.COMMISSION, Role.ENGINEER) == ""
    for role in (Role.SUPERVISOR, Role.VIEWER, Role.NETWORK, Role.ANYONE):
        assert refusal(Verb.COMMISSION, role) == ENGINEERS_ONLY


def test_the_network_may_stop_pause_and_slow_and_nothing_else() -> None:
    may = {verb for verb in Verb if not refusal(verb, Role.NETWORK)}
    assert may == {*ALL, Verb.PAUSE, Verb.SLOWER}


def test_a_commissioner_is_let_in_by_an_accepted_word_alone() -> None:
    let_in = Answer("1", Verb.COMMISSION)
    for answers in ((), (Answer("1", Verb.STOP),), (Answer("1", Verb.COMMISSION, "No."),)):
        assert not lets_in(answers)
        assert lets_in((*answers, let_in))


def test_an_answer_without_a_reason_is_an_acceptance() -> None:
    assert Answer("1", Verb.STOP).accepted
    assert not Answer("1", Verb.ARM, "Not now.").accepted

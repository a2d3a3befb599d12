"""The words of a commissioner's heartbeat: when the belt may move, and when nobody can tell."""

from dataclasses import replace

import pytest

from controller.commissioning import motion
from controller.commissioning.motion import Motion, watched, word
from controller.commissioning.notes import Notes, Sight
from controller.commissioning.probe import START_S, Probe
from controller.commissioning.steps import ENDING, LISTEN
from controller.safety.limits import HARD
from protocols.belt import BeltReport

NOW_S = 100.0
REST = BeltReport(linked=True, speed_mps=0.0, reported_at_s=NOW_S, rest_since_s=NOW_S - 3.0)
MOVES = BeltReport(linked=True, speed_mps=0.2, reported_at_s=NOW_S)
AWAY = BeltReport()
BEGUN = Probe(log=("listen",))
STARTED = replace(BEGUN, started_at_s=NOW_S - 1.0)
REFUSED = replace(BEGUN, steps=(LISTEN, ENDING), index=1, since_s=NOW_S, notes=Notes(("silent",)))


def said(probe: Probe, report: BeltReport) -> bytes:
    sight = Sight(NOW_S, report)
    return word(watched(Motion(), probe, sight), probe, sight.now_s)


@pytest.mark.parametrize(
    ("probe", "report", "says"),
    [
        (Probe(), AWAY, motion.RESTING),
        (Probe(), REST, motion.RESTING),
        (Probe(), MOVES, motion.MOVING),
        (BEGUN, REST, motion.RESTING),
        (BEGUN, MOVES, motion.MOVING),
        (BEGUN, AWAY, motion.MOVING),
        (STARTED, REST, motion.MOVING),
        (REFUSED, MOVES, motion.STOPPING),
        (REFUSED, AWAY, motion.STOPPING),
        (REFUSED, REST, motion.RESTING),
    ],
)
def test_each_turn_has_its_word(probe: Probe, report: BeltReport, says: bytes) -> None:
    assert said(probe, report) == says


def test_reports_of_rest_that_are_old_show_no_rest() -> None:
    old = replace(REST, reported_at_s=NOW_S - 2.6)
    assert said(BEGUN, old) == motion.MOVING


def test_a_belt_that_was_started_may_move_until_it_did_or_will_not_any_more() -> None:
    started = watched(Motion(), STARTED, Sight(NOW_S, REST))
    assert started.awaited
    moved = watched(started, STARTED, Sight(NOW_S, MOVES))
    assert (moved.may, moved.awaited) == (True, False)
    rests = watched(moved, STARTED, Sight(NOW_S, REST))
    assert (rests.may, rests.awaited) == (False, False)
    late = replace(STARTED, started_at_s=NOW_S - START_S)
    assert not watched(
        replace(started, started_at_s=late.started_at_s), late, Sight(NOW_S, REST)
    ).may
    again = replace(STARTED, started_at_s=NOW_S)
    assert watched(rests, again, Sight(NOW_S, REST)).may


def test_an_end_that_was_planned_is_no_stop_for_a_cause() -> None:
    planned = replace(REFUSED, notes=Notes())
    assert said(planned, MOVES) == motion.MOVING


def test_a_stop_for_a_cause_that_takes_too_long_is_not_believed() -> None:
    for since_s, says in (
        (NOW_S - HARD.escalate_s, motion.STOPPING),
        (NOW_S - HARD.escalate_s - 0.01, motion.UNVERIFIED),
    ):
        assert said(replace(REFUSED, since_s=since_s), MOVES) == says
    assert said(replace(REFUSED, since_s=None), MOVES) == motion.STOPPING


def test_an_end_without_rest_is_never_said_to_be_one() -> None:
    over = replace(REFUSED, over=True)
    assert said(replace(over, verified=False), REST) == motion.UNVERIFIED
    assert said(replace(over, verified=True), REST) == motion.RESTING

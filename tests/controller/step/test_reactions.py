"""Whatever the room tells while the patient walks, each hazard acts in the turn that sees it."""

import math
from typing import Any

import pytest

from controller.safety.interlocks import BY_NAME
from controller.safety.view import Action, Phase
from controller.session.commands import Verb
from protocols.belt import Control, Level
from tests.controller.bedside import Story, in_phase

LONG_AGO: Any = "long ago"
JUST_NOW: Any = "just now"

AT_ONCE: dict[str, tuple[str, dict[str, Any]]] = {
    "fall": ("frame", {"fall": True}),
    "tether": ("frame", {"tether": False}),
    "grip_silent": ("other", {"advanced_at_s": LONG_AGO}),
    "link_lost": ("belt", {"linked": False}),
    "safety_key": ("belt", {"safety_key_at_s": JUST_NOW}),
    "console_stop": ("belt", {"console_stop_at_s": JUST_NOW}),
    "control_lost": ("belt", {"control": Control.LOST}),
    "foreign_speed": ("belt", {"foreign_at_s": JUST_NOW}),
    "write_failed": ("belt", {"write_failed_at_s": JUST_NOW}),
    "belt_garbled": ("belt", {"garbled_at_s": JUST_NOW}),
    "guard_silent": ("other", {"guard_seen_at_s": LONG_AGO}),
    "belt_lost": ("belt", {"reported_at_s": LONG_AGO}),
    "console_lost": ("other", {"console_seen_at_s": LONG_AGO}),
    "not_recorded": ("other", {"journal_ok": False}),
    "relay_open": ("other", {"relay_ok": False}),
    "suspended": ("other", {"awake_since_s": JUST_NOW}),
    "unanswered": ("belt", {"unanswered_since_s": LONG_AGO}),
    "incline": ("belt", {"inclination_pct": 5.0}),
}
"""What is not well, by the interlock that answers."""


def dated(changes: dict[str, Any], now_s: float) -> dict[str, Any]:
    times = {LONG_AGO: now_s - 60.0, JUST_NOW: now_s}
    return {key: times.get(value, value) for key, value in changes.items()}


def afflict(story: Story, name: str) -> None:
    part, changes = AT_ONCE[name]
    getattr(story, part).update(dated(changes, story.now_s))


@pytest.mark.parametrize("name", AT_ONCE)
def test_a_hazard_acts_in_the_turn_that_sees_it(name: str) -> None:
    story = in_phase(Phase.WALKING)
    afflict(story, name)
    decision = story.turn()
    assert story.cause == name
    if BY_NAME[name].action is Action.PROTECTIVE:
        assert (story.phase, decision.order.level) == (Phase.STOPPING, Level.STOP)
    else:
        assert story.phase is Phase.SLOWING


@pytest.mark.parametrize("name", AT_ONCE)
def test_a_hazard_that_passes_leaves_its_latch_behind(name: str) -> None:
    story = in_phase(Phase.WALKING)
    afflict(story, name)
    story.turn()
    for part in (story.belt, story.frame, story.other):
        part.clear()
    story.wait(8.0)
    assert (story.phase, story.cause, story.belt_mps) == (Phase.LATCHED, name, 0.0)


@pytest.mark.parametrize("name", AT_ONCE)
def test_a_reset_waits_for_two_seconds_without_the_hazard(name: str) -> None:
    story = in_phase(Phase.WALKING)
    afflict(story, name)
    lasting = {"safety_key", "console_stop", "foreign_speed", "write_failed", "belt_garbled"}
    for _ in range(160):
        if name in lasting:
            afflict(story, name)
        story.turn()
    present = not BY_NAME[name].cleared(story.view)
    assert present is (name not in ("control_lost", "suspended", "incline", "relay_open"))
    assert not present or not story.ask(Verb.RESET).accepted
    for part in (story.belt, story.frame, story.other):
        part.clear()
    story.wait(6.0)
    story.must(Verb.RESET)


@pytest.mark.parametrize(
    "phase", [phase for phase in Phase if phase not in (Phase.WALKING, Phase.SLOWING)]
)
@pytest.mark.parametrize("name", AT_ONCE)
def test_no_hazard_ever_moves_a_belt_that_rests(name: str, phase: Phase) -> None:
    story = in_phase(phase)
    afflict(story, name)
    for _ in range(20):
        assert story.turn().order.level is not Level.RUN


@pytest.mark.parametrize("field", ["reported_at_s", "rest_since_s", "speed_mps"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0, 1e308])
def test_a_figure_that_cannot_be_stops_the_walk_or_changes_nothing(
    field: str, value: float
) -> None:
    story = Story().walking(20.0)
    before_mps = story.set_point_mps
    story.belt[field] = value
    for _ in range(100):
        story.turn()
        assert story.set_point_mps <= before_mps
    if field != "rest_since_s":
        assert story.phase is not Phase.WALKING

"""What control tells of itself: JSON-ready, and true to the state it tells of."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from controller.safety.evidence import Evidence
from controller.safety.view import Phase
from controller.session.commands import Role, Verb
from controller.step import Decision
from controller.step.state import State
from controller.telemetry import SENTENCES, snapshot
from protocols.belt import BeltOrder
from tests.controller.bedside import LIMITS, NOW_S, Story, in_phase

KEYS = {
    "time_s", "state", "sentence", "cause", "clears", "missing", "may", "warnings", "belt",
    "set_point_mps", "target_mps", "cap_mps", "cap_source", "grip", "pull_key", "program",
    "distance_m", "walked_s", "confirm_in_s", "orientation", "step_mps", "releases", "pain_before",
    "pain_peak", "effort", "effort_scale", "symptom", "holds", "heart_rate_bpm",
    "heart_rate_limit_bpm", "incline_pct", "incline_asked_pct",
    "program_id", "phase", "phases", "part", "phase_left_s", "rest_left_s", "belt_off",
    "heart_rate_age_s",
}  # fmt: skip
"""The contract between control and desk."""
MAY = {
    Phase.IDLE: {"stop", "present", "commission"},
    Phase.ARMED: {"stop", "present", "report", "disarm", "start", "pause"},
    Phase.WALKING: {"stop", "present", "report", "slower", "faster", "pause"},
    Phase.SLOWING: {"stop", "present", "report", "pause"},
    Phase.STOPPING: {"stop", "present", "report"},
    Phase.LATCHED: {"stop", "present", "report", "reset"},
    Phase.BELT_OFF: {"stop", "present", "report", "pause"},
}
"""What a supervisor may ask for when all is well (idle: the rails were not yet let go of), and an
engineer."""


def told(story: Story) -> dict[str, Any]:
    return snapshot(
        story.state,
        story.decision,
        story.evidence,
        story.limits,
        bound_by={"cap_mps": "first three sessions"},
        now_s=story.now_s,
    )


@pytest.mark.parametrize("phase", Phase)
def test_each_phase_is_told_in_full_and_as_json(phase: Phase) -> None:
    story = in_phase(phase)
    found = told(story)
    assert set(found) == KEYS
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["state"] == phase.value
    assert found["cap_source"] == "first three sessions"
    assert found["sentence"].endswith(".")


@pytest.mark.parametrize("phase", Phase)
def test_what_may_be_asked_for_is_what_would_be_accepted(phase: Phase) -> None:
    story = in_phase(phase)
    if phase is Phase.IDLE:
        story.turn()
    may = set(told(story)["may"])
    assert may == MAY[phase]
    for verb in Verb:
        asked = story.copy()
        role = Role.ENGINEER if verb is Verb.COMMISSION else Role.SUPERVISOR
        assert asked.ask(verb, role).accepted is (verb.value in may)


def test_an_idle_room_says_what_is_missing_before_it_can_be_armed() -> None:
    story = in_phase(Phase.IDLE)
    story.belt["linked"] = False
    story.turn()
    assert told(story)["missing"] == [
        "The treadmill is not connected.",
        "Let go of both rails once, then hold them, so that the sensors prove themselves.",
    ]
    assert told(story)["sentence"] == SENTENCES[Phase.IDLE]


def test_an_armed_room_says_what_is_missing_before_a_start() -> None:
    story = in_phase(Phase.ARMED)
    story.hold(left=False).turn()
    assert told(story)["missing"] == ["Both hands must hold the rails for a second."]


def test_a_deck_that_was_inclined_since_the_arming_is_brought_to_level_before_a_start() -> None:
    story = in_phase(Phase.ARMED)
    story.belt["inclination_pct"] = 12.0
    story.turn()
    assert told(story)["missing"] == [
        "The treadmill's deck is inclined: bring it to level at its console."
    ]
    assert "start" not in told(story)["may"]
    assert story.ask(Verb.START).reason == told(story)["missing"][0]
    story.belt["inclination_pct"] = 0.0
    story.turn()
    assert told(story)["missing"] == []
    story.must(Verb.START)


@pytest.mark.parametrize("phase", [Phase.WALKING, Phase.SLOWING, Phase.STOPPING])
def test_while_anything_moves_nothing_is_missing(phase: Phase) -> None:
    assert told(in_phase(phase))["missing"] == []


def test_a_latch_tells_its_cause_and_what_clears_it() -> None:
    story = in_phase(Phase.WALKING)
    story.frame["tether"] = False
    story.wait(6.0)
    found = told(story)
    assert (found["cause"], found["sentence"]) == ("tether", "The pull-cord came off.")
    assert found["clears"] == "Clip the pull-cord on again."
    assert found["missing"] == ["Clip the pull-cord on again."]
    assert "reset" not in found["may"]
    story.frame.clear()
    story.wait(2.2)
    found = told(story)
    assert (found["missing"], "reset" in found["may"]) == ([], True)
    assert found["clears"] == "Done. Reset once the patient is ready."


def test_without_a_latch_there_is_nothing_to_clear() -> None:
    found = told(in_phase(Phase.WALKING))
    assert (found["cause"], found["clears"]) == (None, "")


def test_a_session_that_ended_says_how() -> None:
    story = Story(replace(LIMITS, session_s=12.0)).walking(11.5)
    story.wait(8.0)
    assert told(story)["sentence"] == "The session's time is over."


def test_a_walk_tells_its_speeds_its_time_and_when_to_confirm() -> None:
    story = in_phase(Phase.WALKING)
    found = told(story)
    assert found["set_point_mps"] == round(story.set_point_mps, 4)
    assert found["target_mps"] == round(LIMITS.start_mps, 4)
    assert found["cap_mps"] == 0.44704
    assert 0 < found["walked_s"] < 10
    assert found["confirm_in_s"] == pytest.approx(50.0, abs=0.1)
    story.now_s += 100.0
    assert told(story)["confirm_in_s"] == 0
    assert told(in_phase(Phase.ARMED))["confirm_in_s"] is None
    assert told(in_phase(Phase.BELT_OFF))["confirm_in_s"] > 0


def test_the_belt_and_the_hands_are_told_with_their_age() -> None:
    story = in_phase(Phase.WALKING)
    story.belt["reported_at_s"] = story.now_s - 0.75
    story.other["advanced_at_s"] = story.now_s - 0.1
    found = told(story)
    assert found["belt"]["age_s"] == 0.75
    assert found["belt"]["linked"]
    assert not found["belt"]["at_rest"]
    assert found["grip"] == {
        "left": True, "right": True, "age_s": 0.1, "proven": True, "tether": True,
        "battery_pct": 90,
    }  # fmt: skip


def test_what_was_never_heard_is_told_as_unknown() -> None:
    decision = Decision(BeltOrder())
    bound_by = {"cap_mps": "default"}
    found = snapshot(State(), decision, Evidence(), LIMITS, bound_by=bound_by, now_s=NOW_S)
    assert found["belt"]["speed_mps"] is None
    assert found["belt"]["age_s"] is None
    assert found["grip"]["age_s"] is None
    assert found["grip"]["tether"] is None


def test_a_belt_that_fell_silent_while_stopping_asks_for_the_safety_key() -> None:
    story = in_phase(Phase.STOPPING)
    story.belt.update(linked=False, reported_at_s=None)
    story.wait(4.0)
    assert told(story)["pull_key"]
    story = in_phase(Phase.WALKING)
    story.now_s += math.tau
    assert not told(story)["pull_key"]

"""At its very figure: what a bound of the step's rooms does when it is met exactly, and no more."""

import math
from dataclasses import replace

import pytest

from controller.programs.follower import place
from controller.ramp import Ramp
from controller.safety.belt_watch import UNSEEN
from controller.safety.view import Action, Phase
from controller.session.commands import Role, Verb
from controller.step import Command
from controller.step.drive import aim_mps, progress
from controller.step.obey import MINUTE_S, obey, refusal
from controller.step.state import State
from tests.controller.bedside import LIMITS, NOW_S, QUICK, Story, in_phase

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, _ = Phase


def asked(story: Story, verb: Verb, **more: float) -> str:
    command = Command("1", verb, Role.SUPERVISOR, **more)  # type: ignore[arg-type]
    return refusal(command, story.state, story.view)


def walked(state: State, story: Story) -> State:
    here = place(state.program, state.done_s(story.now_s))
    return progress(state, replace(story.view, now_s=NOW_S), here)


def a_walk_of(seconds: float) -> tuple[State, Story]:
    """A free walk that has lasted so long at NOW_S, exactly."""
    story = in_phase(WALKING)
    monitors = replace(story.state.monitors, moved_at_s=NOW_S - seconds)
    story.now_s = NOW_S
    return replace(story.state, monitors=monitors), story


@pytest.mark.parametrize(("more_s", "phase"), [(0.0, SLOWING), (-0.125, WALKING)])
def test_a_session_ends_when_its_time_is_over_and_not_before(more_s: float, phase: Phase) -> None:
    state, story = a_walk_of(LIMITS.session_s + more_s)
    assert walked(state, story).phase is phase


@pytest.mark.parametrize(("more_s", "phase"), [(0.0, WALKING), (0.125, SLOWING)])
def test_the_time_for_fast_walking_may_be_used_up(more_s: float, phase: Phase) -> None:
    state, story = a_walk_of(60.0)
    belt = state.monitors.belt._replace(fast_s=LIMITS.fast_s + more_s)
    state = replace(state, monitors=replace(state.monitors, belt=belt))
    assert walked(state, story).phase is phase


def test_a_rest_leads_on_as_long_as_the_session_has_time() -> None:
    story = in_phase(ARMED)
    story.now_s = NOW_S
    over = replace(
        story.state, rest_until_s=NOW_S - 1.0, before_s=60.0, began_s=NOW_S - LIMITS.session_s
    )
    story.state = over
    assert "time is over" in asked(story, Verb.START)
    story.state = replace(over, began_s=over.began_s + 0.125)
    assert "time is over" not in asked(story, Verb.START)


def test_no_speed_is_aimed_at_on_a_machine_that_names_none() -> None:
    story = in_phase(WALKING)
    story.belt["grid"] = None
    here = place(story.state.program, 0.0)
    ramp = replace(story.state, ramp=Ramp(0.25), ceiling_mps=0.4)
    assert aim_mps(ramp, story.view, here, Action.WARN) <= 0.25
    unproven = replace(ramp, monitors=replace(ramp.monitors, belt=UNSEEN))
    assert aim_mps(unproven, story.view, here, Action.WARN) == 0


def test_a_machine_that_names_no_speeds_any_more_is_stopped_on_its_way_down() -> None:
    story = in_phase(SLOWING)
    story.belt["grid"] = None
    story.turn()
    assert story.phase is STOPPING


def test_how_a_session_ended_is_kept_through_what_stops_it_on_its_way_down() -> None:
    story = Story().walking(20.0, QUICK)
    story.must(Verb.PAUSE)
    story.other["console_seen_at_s"] = None
    story.turn()
    assert (story.phase, story.cause) == (SLOWING, "console_lost")
    assert story.state.ended == "The session was paused."


def test_a_pause_on_the_way_down_changes_nothing_of_why() -> None:
    story = Story().walking(20.0, QUICK)
    story.other["console_seen_at_s"] = None
    story.turn()
    assert (story.phase, story.cause) == (SLOWING, "console_lost")
    story.must(Verb.PAUSE)
    assert (story.cause, story.state.ended) == ("console_lost", "")


def test_arming_forgets_how_the_last_session_ended() -> None:
    story = Story().walking(20.0, QUICK)
    story.must(Verb.PAUSE)
    story.wait(10.0)
    assert (story.phase, story.state.ended) == (IDLE, "The session was paused.")
    story.armed()
    assert story.state.ended == ""


def test_what_was_walked_fast_before_a_rest_still_counts_after_it() -> None:
    story = in_phase(ARMED)
    belt = story.state.monitors.belt._replace(fast_s=7.0, walked_m=5.0)
    monitors = replace(story.state.monitors, belt=belt)
    story.state = replace(
        story.state, monitors=monitors, rest_until_s=NOW_S, before_s=60.0, began_s=NOW_S - 60.0
    )
    story.hold().wait(2.0)
    state, answer = obey(story.state, Command("1", Verb.START, Role.SUPERVISOR), story.view)
    assert answer.accepted, answer.reason
    assert (state.monitors.belt.fast_s, state.monitors.belt.walked_m) == (7.0, 5.0)


def test_slower_to_the_present_ceiling_is_not_slower() -> None:
    story = in_phase(WALKING)
    assert asked(story, Verb.SLOWER, speed_mps=story.state.ceiling_mps) == (
        "That is not slower than now."
    )


def test_faster_may_lead_to_the_cap_itself() -> None:
    story = in_phase(WALKING)
    story.state = replace(story.state, ceiling_mps=LIMITS.cap_mps - 0.04, rises=())
    assert asked(story, Verb.FASTER, speed_mps=LIMITS.cap_mps) == ""
    beyond = math.nextafter(LIMITS.cap_mps, 1.0)
    assert asked(story, Verb.FASTER, speed_mps=beyond) == "That is over the cap."


@pytest.mark.parametrize(("ago_s", "reason"), [(MINUTE_S, ""), (MINUTE_S - 0.125, "this minute")])
def test_a_rise_counts_for_a_minute(ago_s: float, reason: str) -> None:
    story = in_phase(WALKING)
    story.now_s = NOW_S
    lower_mps = LIMITS.cap_mps - 2 * LIMITS.step_mps
    rises = ((NOW_S - ago_s, LIMITS.rise_per_minute_mps),)
    story.state = replace(story.state, ceiling_mps=lower_mps, rises=rises)
    said = asked(story, Verb.FASTER)
    assert reason in said
    assert bool(reason) is bool(said)

"""Every way to a stop, what it takes to end one, and that nothing but people restart a belt."""

import itertools
import math
from dataclasses import replace

import pytest

from controller.safety.evidence import Evidence
from controller.safety.gate import Envelope
from controller.safety.interlocks import opened
from controller.safety.limits import tightest
from controller.safety.view import Action, Phase
from controller.session.commands import Orientation, Role, Verb
from controller.step import Command, Decision, State, step
from controller.step.state import crashed, tripped
from protocols.belt import BeltOrder, Level
from protocols.units import mps_from_mph
from tests.controller.bedside import GRID, LIMITS, NOW_S, QUICK, Story, in_phase

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase


def test_a_controlled_stop_ramps_down_and_then_says_stop() -> None:
    story = Story().walking(20.0, QUICK)
    story.other["console_seen_at_s"] = None
    orders = [story.turn().order for _ in range(200)]
    levels = [order.level for order in orders]
    assert levels == sorted(levels, key=[Level.RUN, Level.STOP].index)
    speeds = [order.speed_mps for order in orders if order.level is Level.RUN]
    falls = [before - after for before, after in itertools.pairwise(speeds)]
    assert max(falls) == pytest.approx(0.15 * 0.05)
    assert GRID.floor(speeds[-1]) == GRID.minimum
    assert GRID.floor(speeds[-2]) > GRID.minimum
    assert (story.phase, story.cause) == (LATCHED, "console_lost")


def test_what_comes_first_while_stopping_stays_the_cause() -> None:
    story = in_phase(Phase.WALKING)
    story.frame["fall"] = True
    story.turn()
    story.ask(Verb.STOP, Role.ANYONE)
    assert story.cause == "fall"


@pytest.mark.parametrize("change", ["fall", "tether", "safety_key"])
def test_a_stop_for_nothing_becomes_one_for_what_happens_before_rest(change: str) -> None:
    """The belt of a program that has ended still moves when the patient falls."""
    story = Story().walking(20.0, QUICK)
    story.must(Verb.PAUSE)
    while story.phase is SLOWING:
        story.turn()
    assert (story.phase, story.cause) == (STOPPING, None)
    happens(story, change)
    story.turn()
    assert (story.phase, story.cause) == (STOPPING, change)
    story.frame.clear()
    story.wait(4.0)
    assert (story.phase, story.cause) == (LATCHED, change)


def happens(story: Story, change: str) -> None:
    if change == "safety_key":
        story.belt["safety_key_at_s"] = story.now_s
    else:
        story.frame[change] = change == "fall"


def test_a_controlled_stop_leaves_the_belt_the_time_to_brake_from_its_last_speed() -> None:
    story = Story().walking(20.0, QUICK)
    story.must(Verb.PAUSE)
    while story.phase is SLOWING:
        before_mps = story.state.ramp.speed_mps
        story.turn()
    assert GRID.floor(story.state.stop_speed_mps) == GRID.minimum
    assert story.state.stop_speed_mps <= before_mps
    assert story.state.ramp.speed_mps == 0
    story.belt.update(speed_mps=0.1, rest_since_s=None)
    assert not story.wait(1.8).escalate
    assert story.wait(0.2).escalate


def test_a_worse_cause_replaces_a_controlled_stop_on_its_way_down() -> None:
    story = Story().walking(20.0, QUICK)
    story.other["console_seen_at_s"] = None
    story.turn()
    assert (story.phase, story.cause) == (SLOWING, "console_lost")
    story.frame["fall"] = True
    story.turn()
    assert (story.phase, story.cause) == (STOPPING, "fall")


def test_a_belt_that_moves_while_latched_is_stopped_again() -> None:
    story = in_phase(Phase.LATCHED)
    story.belt.update(speed_mps=0.14, rest_since_s=None)
    story.turn()
    assert (story.phase, story.cause) == (STOPPING, "uncommanded_motion")


def test_a_belt_that_moves_at_idle_is_stopped() -> None:
    story = Story()
    story.belt.update(speed_mps=0.14, rest_since_s=None)
    assert story.turn().order.level is Level.STOP
    assert (story.phase, story.cause) == (STOPPING, "uncommanded_motion")


def test_stopping_lasts_until_rest_has_been_fresh_for_longer_than_the_driver_s_own_proof() -> None:
    story = in_phase(Phase.WALKING)
    story.must(Verb.STOP)
    story.belt.update(speed_mps=0.3, rest_since_s=None)
    story.wait(60.0)
    assert (story.phase, story.decision.order.level) == (STOPPING, Level.STOP)
    story.belt.clear()
    story.rest_since_s = story.now_s
    story.wait(1.2)
    assert story.phase is STOPPING
    story.wait(0.15)
    assert story.phase is LATCHED


def test_an_old_rest_is_no_proof_of_a_new_stop() -> None:
    story = Story().armed()
    story.must(Verb.STOP)
    story.wait(1.2)
    assert story.phase is STOPPING
    story.wait(0.15)
    assert story.phase is LATCHED


def test_stopping_lasts_until_the_driver_has_seen_rest_too() -> None:
    """It has not proven it for itself: its Stop must go on."""
    story = in_phase(WALKING)
    story.must(Verb.STOP)
    story.belt["motion_asked"] = True
    story.wait(30.0)
    assert story.phase is STOPPING
    story.belt.clear()
    story.turn()
    assert story.phase is LATCHED


def test_a_silent_belt_is_never_taken_for_a_belt_at_rest() -> None:
    story = in_phase(Phase.WALKING)
    story.must(Verb.STOP)
    story.belt["linked"] = False
    story.belt["reported_at_s"] = None
    story.wait(60.0)
    assert story.phase is STOPPING


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("place", ["first", "last"])
def test_stop_dominates_every_phase_and_every_other_command(phase: Phase, place: str) -> None:
    story = in_phase(phase)
    others = [
        Command("1", verb, Role.SUPERVISOR, orientation=Orientation.TURNED)
        for verb in Verb
        if verb is not Verb.RESET
    ]
    stop = [Command("1", Verb.STOP, Role.ANYONE)]
    decision = story.turn(*(stop + others if place == "first" else others + stop))
    assert decision.order.level is Level.STOP
    assert story.phase is (LATCHED if phase is LATCHED else STOPPING)
    assert story.cause


@pytest.mark.parametrize("phase", Phase)
def test_after_a_stop_nothing_but_reset_arm_and_start_moves_the_belt(phase: Phase) -> None:
    story = in_phase(phase)
    story.must(Verb.STOP)
    others = [verb for verb in Verb if verb is not Verb.RESET]
    for turn in range(400):
        story.hold() if turn % 40 else story.release()
        verb = others[turn % len(others)]
        decision = story.turn(Command("1", verb, Role.SUPERVISOR, orientation=Orientation.TURNED))
        assert decision.order.level is Level.STOP
    assert story.phase is LATCHED


def test_a_belt_that_never_starts_ends_the_walk() -> None:
    story = Story().armed()
    story.must(Verb.START)
    story.belt["speed_mps"] = 0.0
    story.wait(9.9)
    assert story.phase is WALKING
    story.wait(10.0)
    assert (story.phase, story.cause) == (LATCHED, "did_not_start")


@pytest.mark.parametrize("ramp_up_mps2", [0.005, 0.02])
def test_a_gentle_ramp_has_its_time_to_come_to_the_lowest_speed(ramp_up_mps2: float) -> None:
    limits, _ = tightest({"site": {"ramp_up_mps2": ramp_up_mps2}})
    story = Story(limits).armed()
    story.must(Verb.START)
    story.belt["speed_mps"] = 0.0
    due_s = GRID.mps(GRID.minimum) / ramp_up_mps2
    story.wait(due_s + 9.9)
    assert story.phase is WALKING
    story.wait(0.3)
    assert story.cause == "did_not_start"


@pytest.mark.parametrize("told", ["console_stop_at_s", "write_failed_at_s"])
@pytest.mark.parametrize(("before_s", "cause"), [(0.4, True), (0.6, False), (20.0, False)])
def test_what_a_machine_at_rest_told_long_before_the_start_ends_no_walk(
    told: str, before_s: float, cause: bool
) -> None:
    story = Story().armed()
    story.belt[told] = story.now_s
    story.wait(before_s)
    story.must(Verb.START)
    story.wait(2.0)
    assert story.cause == (told.removesuffix("_at_s") if cause else None)
    if not cause:
        story.belt[told] = story.now_s
        story.turn()
        assert story.cause == told.removesuffix("_at_s")


@pytest.mark.parametrize("ratio", [1.609, 0.621])
def test_a_belt_in_the_wrong_units_never_gets_beyond_its_lowest_speed(ratio: float) -> None:
    """Asked for km/h, it runs miles per hour, or the other way round (F33)."""
    story = Story().armed(QUICK)
    story.must(Verb.START)
    while story.phase is WALKING:
        story.belt["speed_mps"] = ratio * GRID.mps(GRID.floor(story.set_point_mps))
        story.turn()
        assert GRID.floor(story.set_point_mps) <= GRID.minimum
    assert (story.phase, story.cause) == (STOPPING, "units")
    moved_at_s = story.state.monitors.moved_at_s
    assert moved_at_s is not None
    assert story.now_s - moved_at_s == pytest.approx(6.0, abs=0.06)


def test_the_units_are_proven_anew_in_each_walk() -> None:
    story = Story().walking(10.0)
    assert story.state.monitors.belt.probed
    story.must(Verb.PAUSE)
    story.wait(10.0)
    story.armed().must(Verb.START)
    assert not story.state.monitors.belt.probed


def test_a_belt_that_does_not_become_slower_is_stopped_within_two_seconds() -> None:
    story = Story(replace(LIMITS, cap_mps=mps_from_mph(1.8))).walking(35.0, QUICK)
    fast_mps = story.belt_mps
    story.must(Verb.PAUSE)
    story.belt["speed_mps"] = fast_mps
    story.wait(2.5)
    assert story.phase is SLOWING
    story.wait(0.3)
    assert (story.phase, story.cause) == (STOPPING, "unresponsive")


def test_a_belt_that_becomes_slower_in_its_own_time_is_let_go_on() -> None:
    story = Story().walking(25.0, QUICK)
    story.must(Verb.PAUSE)
    story.belt["speed_mps"] = story.belt_mps
    while story.phase is SLOWING:
        story.belt["speed_mps"] = max(0.0, story.belt["speed_mps"] - 0.03 * 0.05)
        story.turn()
    assert story.cause is None


def test_a_speed_lowered_at_the_machine_is_the_ceiling_until_it_is_raised_here() -> None:
    """F42: a person at the console who wants less is always right."""
    story = Story().walking(25.0, QUICK)
    lower_mps = GRID.mps(100)
    story.belt.update(lowered_at_s=story.now_s, lowered_mps=lower_mps)
    story.turn()
    assert story.set_point_mps == pytest.approx(lower_mps)
    story.wait(10.0)
    assert story.phase is WALKING
    assert story.set_point_mps == pytest.approx(lower_mps)
    story.must(Verb.FASTER)
    story.wait(5.0)
    assert story.set_point_mps == pytest.approx(lower_mps + LIMITS.step_mps)


def test_what_was_lowered_before_this_walk_counts_no_more() -> None:
    story = Story()
    story.belt.update(lowered_at_s=story.now_s, lowered_mps=GRID.mps(60))
    story.walking(25.0, QUICK)
    assert story.set_point_mps == pytest.approx(LIMITS.cap_mps)


def test_a_request_without_an_answer_stops_the_rise_and_then_the_belt() -> None:
    story = Story().walking(8.0, QUICK)
    story.belt["unanswered_since_s"] = story.now_s
    story.wait(0.5)
    before_mps = story.set_point_mps
    story.wait(0.5)
    assert story.set_point_mps == before_mps
    story.wait(0.1)
    assert (story.phase, story.cause) == (STOPPING, "unanswered")


def test_a_runaway_is_stopped_within_a_second_and_a_turn() -> None:
    story = Story().walking(20.0, QUICK)
    story.belt["speed_mps"] = 1.6
    story.wait(1.1)
    assert (story.phase, story.cause) == (STOPPING, "overspeed")


def test_the_gate_has_the_last_word() -> None:
    """A ramp that ran ahead of what the gate let through is a fault, whatever made it so."""
    story = in_phase(Phase.WALKING)
    story.state = replace(story.state, envelope=Envelope(0.0, story.now_s, story.now_s))
    decision = story.turn()
    assert decision.breach == "The speed rises faster than the ramp."
    assert decision.order.level is Level.STOP
    assert (story.phase, story.cause) == (STOPPING, "gate")


def test_a_machine_that_no_longer_names_its_speeds_is_stopped() -> None:
    story = in_phase(WALKING)
    story.belt["grid"] = None
    assert story.turn().breach == "The belt is not ours."
    assert (story.phase, story.decision.order.level) == (STOPPING, Level.STOP)


def test_a_late_turn_rises_no_further_and_a_lost_one_stops() -> None:
    story = Story().walking(5.0, QUICK)
    before_mps = story.set_point_mps
    story.turn(after_s=0.2)
    assert story.set_point_mps == before_mps
    assert "This computer is busy: no increase." in story.decision.warnings
    story.turn(after_s=0.35)
    assert (story.phase, story.cause) == (STOPPING, "turn_lost")


def test_control_that_died_begins_with_a_stop_and_latched() -> None:
    story = Story(state=crashed(NOW_S)).hold()
    assert story.turn().order.level is Level.STOP
    story.wait(3.0)
    assert (story.phase, story.cause) == (LATCHED, "restarted")
    story.must(Verb.RESET)


@pytest.mark.parametrize("phase", [ARMED, WALKING, SLOWING])
def test_an_active_session_without_any_evidence_is_stopped_at_once(phase: Phase) -> None:
    story = in_phase(phase)
    state, decision = step(story.state, Evidence(), (), LIMITS, story.now_s + 0.05)
    assert decision.order.level is Level.STOP
    assert state.phase is STOPPING


def test_a_reset_leaves_no_latch_behind() -> None:
    story = in_phase(Phase.LATCHED)
    story.must(Verb.RESET)
    assert (story.phase, story.state.latch) == (Phase.IDLE, None)


def test_a_first_state_remembers_nothing() -> None:
    state = State()
    assert (state.phase, state.latch, state.slow_to_mps) == (IDLE, None, None)
    never = (state.since_s, state.confirmed_at_s, state.yielded_at_s, state.inclined_at_s)
    assert never == (-math.inf,) * 4
    assert (state.armed_at_s, state.began_s) == (math.inf, math.inf)
    figures = (state.ceiling_mps, state.stop_speed_mps, state.before_s, state.rested_s)
    assert figures == (0.0,) * 4
    assert (state.rises, state.ended, state.rest_until_s, state.incline_pct) == ((), "", None, None)
    assert (state.resting, state.reverse, state.belt_off) == (False,) * 3
    assert (state.rest_left_s(NOW_S), state.walked_s(NOW_S), state.session_s(NOW_S)) == (0.0,) * 3


def test_a_decision_that_says_nothing_more_wakes_and_alarms_nobody() -> None:
    decision = Decision(BeltOrder())
    assert (decision.answers, decision.warnings, decision.breach) == ((), (), "")
    assert (decision.wake_at_s, decision.escalate) == (math.inf, False)
    assert Command("1", Verb.STOP).role is Role.ANYONE


def test_the_cause_of_a_trip_is_kept_only_while_it_still_stops() -> None:
    story = in_phase(STOPPING)
    again = tripped(story.state, "fall", story.now_s)
    assert again.latch == story.state.latch
    paused = replace(story.state, latch=None)
    new = tripped(paused, "fall", story.now_s).latch
    assert new is not None
    assert (new.cause, new.tripped_at_s) == ("fall", story.now_s)
    latched = in_phase(LATCHED)
    moved = tripped(latched.state, "uncommanded_motion", latched.now_s).latch
    assert moved is not None
    assert (moved.cause, moved.tripped_at_s) == ("uncommanded_motion", latched.now_s)


def test_after_a_death_the_belt_may_have_run_at_any_speed() -> None:
    state = crashed(NOW_S)
    assert (state.phase, state.since_s, state.stop_speed_mps) == (STOPPING, NOW_S, math.inf)
    assert state.latch is not None
    assert (state.latch.cause, state.latch.tripped_at_s) == ("restarted", NOW_S)


def test_what_stops_the_belt_is_told_as_the_stop_s_cause_and_not_as_a_warning() -> None:
    story = in_phase(Phase.WALKING)
    story.other["console_seen_at_s"] = None
    stops = {row.sentence for row in opened(story.view) if row.action is Action.CONTROLLED}
    assert stops
    assert not stops & set(story.turn().warnings)
    assert story.phase is Phase.SLOWING

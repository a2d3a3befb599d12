"""Sessions told turn by turn, from arming to reset."""

import itertools
import math
from dataclasses import replace

import pytest

from controller.programs.program import Program, ProgramPhase
from controller.safety.evidence import Evidence
from controller.safety.gate import Envelope
from controller.safety.view import Phase
from controller.session.commands import Role, Verb
from controller.session.machine import Move
from controller.step import Command, State, step
from controller.step.state import crashed, moved, tripped, wound_down
from protocols.belt import BeltOrder, Level
from protocols.grip import GripReport
from protocols.units import mps_from_mph
from tests.controller.bedside import GRID, LIMITS, NOW_S, Story, in_phase

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED = Phase
QUICK = Program("quick", "Quick", (ProgramPhase(60.0, 2.0),))
SHORT = Program("short", "Short", (ProgramPhase(5.0, 0.2), ProgramPhase(5.0, 0.3)))


def test_a_whole_session_from_arming_to_reset() -> None:
    story = Story()
    assert story.turn().order == BeltOrder(Level.WATCH, 0.0, story.now_s)

    story.armed(QUICK)
    assert story.turn().order.level is Level.READY
    assert story.set_point_mps == 0

    story.must(Verb.START)
    assert (story.phase, story.decision.order.level) == (WALKING, Level.RUN)
    climbed = [story.turn().order.speed_mps for _ in range(400)]
    assert climbed == sorted(climbed)
    assert climbed[-1] == LIMITS.cap_mps
    assert story.belt_mps == GRID.mps(GRID.floor(LIMITS.cap_mps))

    story.release()
    released_s = story.now_s
    while story.phase is WALKING:
        story.turn()
    assert 0.3 <= story.now_s - released_s <= 0.4
    assert (story.phase, story.cause) == (STOPPING, "grip_released")
    assert story.decision.order == BeltOrder(Level.STOP, 0.0, story.now_s)

    story.hold().wait(5.0)
    assert (story.phase, story.belt_mps) == (LATCHED, 0.0)
    assert story.decision.order.level is Level.STOP
    assert not story.ask(Verb.START).accepted
    assert not story.ask(Verb.ARM).accepted

    story.must(Verb.RESET)
    assert story.phase is IDLE
    assert story.ask(Verb.START).reason == "Arm the session first."
    assert "Let go of both rails once" in story.ask(Verb.ARM).reason

    story.walking()
    assert story.set_point_mps <= LIMITS.start_mps


def test_the_turn_wakes_exactly_when_the_grace_of_a_release_ends() -> None:
    story = Story().walking(20.0, QUICK)
    assert story.decision.wake_at_s == math.inf
    story.release().turn(after_s=0.01)
    assert story.decision.wake_at_s == pytest.approx(story.now_s + 0.3)
    story.turn(after_s=0.2)
    assert story.phase is WALKING
    story.turn(after_s=0.11)
    assert story.phase is STOPPING
    assert story.decision.wake_at_s == math.inf


def test_a_regrip_within_the_grace_walks_on_and_holds_the_speed_for_a_second() -> None:
    story = Story().walking(5.5, QUICK)
    story.release().wait(0.2)
    held_mps = story.hold().turn().order.speed_mps
    story.wait(0.9)
    assert story.set_point_mps == held_mps
    assert story.decision.warnings == ("No increase until both hands have held for a second.",)
    story.wait(1.0)
    assert story.set_point_mps > held_mps


@pytest.mark.parametrize("off_s", [0.02, 0.05, 0.1])
def test_hands_that_flap_stop_the_belt(off_s: float) -> None:
    story = Story().walking(5.0)
    for flap in range(400):
        story.hold() if flap % 2 else story.release()
        story.turn(after_s=off_s)
    assert story.cause == "grip_released"


def test_a_silent_grip_unit_stops_the_belt_within_half_a_second() -> None:
    story = in_phase(Phase.WALKING)
    story.other["advanced_at_s"] = story.now_s
    story.wait(0.5)
    assert story.phase is WALKING
    story.turn()
    assert (story.phase, story.cause) == (STOPPING, "grip_silent")


def test_one_hand_is_prompted_then_slowed_then_stopped() -> None:
    story = Story().walking(20.0, QUICK)
    story.hold(left=False).wait(1.1)
    assert "Only one hand is on the rails." in story.decision.warnings
    story.wait(1.8)
    assert story.set_point_mps == LIMITS.cap_mps
    story.wait(2.0)
    assert story.set_point_mps == pytest.approx(0.8 * LIMITS.cap_mps)
    story.wait(1.2)
    assert (story.phase, story.cause) == (SLOWING, "one_hand")
    slowing = [story.turn().order.speed_mps for _ in range(10)]
    assert slowing == sorted(slowing, reverse=True)
    story.wait(6.0)
    assert story.phase is LATCHED


def test_after_one_hand_the_belt_climbs_again_when_both_have_held_for_a_second() -> None:
    story = Story().walking(20.0, QUICK)
    story.hold(left=False).wait(4.0)
    slowed_mps = story.set_point_mps
    story.hold().wait(0.9)
    assert story.set_point_mps <= slowed_mps
    story.wait(10.0)
    assert story.set_point_mps == LIMITS.cap_mps


def test_a_walk_slowed_below_the_lowest_speed_ends_and_does_not_start_again_by_itself() -> None:
    """A fifth off 0.15 m/s is less than the machine can run: it stops, and stays stopped."""
    crawl = Program("crawl", "Crawl", (ProgramPhase(60.0, 0.15),))
    story = Story().walking(10.0, crawl)
    story.hold(left=False).wait(3.5)
    story.hold().wait(30.0)
    assert (story.phase, story.cause) == (LATCHED, "too_slow")
    assert story.belt_mps == 0


def test_a_program_is_followed_and_ends_without_a_latch() -> None:
    story = Story().walking(4.0, SHORT)
    assert story.set_point_mps <= 0.2
    story.wait(8.0)
    assert story.phase in (WALKING, SLOWING)
    assert 0.2 < story.set_point_mps <= 0.3
    story.wait(8.0)
    assert (story.phase, story.cause) == (IDLE, None)
    assert story.state.ended == "The program has ended."


def test_a_session_has_its_time() -> None:
    story = Story(replace(LIMITS, session_s=12.0)).walking(11.5)
    story.wait(8.0)
    assert (story.phase, story.state.ended) == (IDLE, "The session's time is over.")


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


def test_stopping_lasts_until_no_set_point_stands_any_more() -> None:
    """The driver has not proven rest for itself: its Stop must go on."""
    story = in_phase(WALKING)
    story.must(Verb.STOP)
    story.belt["set_point_mps"] = 0.2
    story.wait(30.0)
    assert story.phase is STOPPING
    story.belt.clear()
    story.turn()
    assert story.phase is LATCHED


def test_the_ramp_waits_for_a_machine_that_is_slow_to_take_set_points() -> None:
    story = Story().armed(QUICK)
    story.must(Verb.START)
    story.belt["set_point_mps"] = 0.0
    story.wait(9.0)
    assert story.set_point_mps == pytest.approx(GRID.mps(50) + 0.03, abs=0.005)
    story.belt["set_point_mps"] = GRID.mps(60)
    story.wait(9.0)
    assert story.set_point_mps == pytest.approx(GRID.mps(60) + 0.03, abs=0.005)


def test_a_set_point_that_the_machine_refused_holds_the_ramp_and_does_not_lower_it() -> None:
    story = Story().walking(5.5, QUICK)
    before_mps = story.set_point_mps
    story.belt["set_point_mps"] = 0.0
    story.wait(2.0)
    assert story.set_point_mps == before_mps


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
    others = [Command("1", verb, Role.SUPERVISOR) for verb in Verb if verb is not Verb.RESET]
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
        decision = story.turn(Command("1", verb, Role.SUPERVISOR))
        assert decision.order.level is Level.STOP
    assert story.phase is LATCHED


def test_arm_and_start_in_one_turn_are_still_two_commands() -> None:
    story = Story()
    story.wait(0.2)
    story.hold().wait(2.2)
    arm, start = (Command("1", verb, Role.SUPERVISOR) for verb in (Verb.ARM, Verb.START))
    answers = story.turn(start, arm).answers
    assert [answer.accepted for answer in answers] == [False, True]
    answers = story.turn(start).answers
    assert answers[0].accepted


def test_a_belt_that_never_starts_ends_the_walk() -> None:
    story = Story().armed()
    story.must(Verb.START)
    story.belt["speed_mps"] = 0.0
    story.wait(9.9)
    assert story.phase is WALKING
    story.wait(10.0)
    assert (story.phase, story.cause) == (LATCHED, "did_not_start")


def test_until_it_moves_a_belt_is_asked_for_no_more_than_the_start_speed() -> None:
    story = Story().armed(QUICK)
    story.must(Verb.START)
    story.belt["speed_mps"] = 0.0
    story.wait(9.0)
    assert 0 < story.set_point_mps <= LIMITS.start_mps


def test_a_belt_in_the_wrong_units_is_stopped() -> None:
    """Asked for km/h, it runs miles per hour (F33)."""
    story = Story().walking(5.0)
    for _ in range(90):
        story.belt["speed_mps"] = 1.609 * GRID.mps(GRID.floor(story.set_point_mps))
        story.turn()
    assert story.cause in ("mismatch", "overspeed")


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


def test_a_first_turn_without_any_evidence_asks_for_nothing() -> None:
    state, decision = step(State(), Evidence(), (), LIMITS, NOW_S)
    assert decision.order == BeltOrder(Level.WATCH, 0.0, NOW_S)
    assert state.phase is IDLE


@pytest.mark.parametrize("phase", [ARMED, WALKING, SLOWING])
def test_an_active_session_without_any_evidence_is_stopped_at_once(phase: Phase) -> None:
    story = in_phase(phase)
    state, decision = step(story.state, Evidence(), (), LIMITS, story.now_s + 0.05)
    assert decision.order.level is Level.STOP
    assert state.phase is STOPPING


def test_without_the_grip_unit_no_hand_is_known() -> None:
    story = in_phase(Phase.WALKING)
    story.other["grip"] = GripReport()
    assert story.turn().order.level is Level.STOP
    assert not story.state.monitors.hands.any


def test_the_same_turn_always_gives_the_same_decision() -> None:
    story = in_phase(Phase.WALKING)
    arguments = (story.state, story.evidence, (), story.limits, story.now_s + 0.05)
    assert step(*arguments) == step(*arguments)


def test_a_move_that_the_table_does_not_have_changes_nothing() -> None:
    state = State()
    assert moved(state, Move.START, NOW_S) is state
    slowing = replace(state, phase=SLOWING, since_s=1.0)
    assert moved(slowing, Move.WIND_DOWN, NOW_S) is slowing


def test_a_trip_remembers_how_fast_the_belt_was() -> None:
    story = Story().walking(20.0, QUICK)
    state = tripped(story.state, "fall", story.now_s)
    assert state.stop_speed_mps == LIMITS.cap_mps
    assert tripped(state, "tether", story.now_s).stop_speed_mps == LIMITS.cap_mps


def test_an_end_of_a_program_does_not_hide_a_cause_already_there() -> None:
    story = in_phase(Phase.WALKING)
    state = wound_down(story.state, "one_hand", "", story.now_s)
    state = wound_down(state, "console_lost", "", story.now_s)
    assert state.latch is not None
    assert state.latch.cause == "one_hand"


def test_half_a_mile_per_hour_is_the_fastest_start() -> None:
    assert mps_from_mph(0.5) == LIMITS.start_mps

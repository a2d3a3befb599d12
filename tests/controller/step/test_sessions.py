"""Sessions told turn by turn, from arming to reset."""

from dataclasses import replace

import pytest

from controller.programs.program import Program, ProgramPhase
from controller.safety.evidence import Evidence
from controller.safety.view import Phase
from controller.session.commands import Orientation, Role, Verb
from controller.session.machine import Move
from controller.step import Command, State, step
from controller.step.state import moved, tripped, wound_down
from protocols.belt import BeltOrder, Level
from protocols.units import mps_from_mph
from tests.controller.bedside import GRID, LIMITS, NOW_S, QUICK, Story, in_phase

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase
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


def test_a_session_has_its_distance() -> None:
    story = Story(replace(LIMITS, session_m=3.0)).walking(12.0, QUICK)
    assert 0 < story.state.monitors.belt.walked_m < 3.0
    story.wait(12.0)
    assert (story.phase, story.state.ended) == (IDLE, "The session's distance is walked.")
    assert 3.0 <= story.state.monitors.belt.walked_m < 4.0


def test_fast_walking_has_its_own_time() -> None:
    limits = replace(LIMITS, cap_mps=mps_from_mph(1.8), fast_s=2.0)
    story = Story(limits).walking(12.0, QUICK)
    assert story.state.monitors.belt.fast_s == 0.0
    story.wait(30.0)
    assert (story.phase, story.state.ended) == (IDLE, "The time for fast walking is over.")


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


def test_arm_and_start_in_one_turn_are_still_two_commands() -> None:
    story = Story()
    story.wait(0.2)
    story.hold().wait(2.2)
    arm, start = (
        Command("1", verb, Role.SUPERVISOR, orientation=Orientation.TURNED)
        for verb in (Verb.ARM, Verb.START)
    )
    answers = story.turn(start, arm).answers
    assert [answer.accepted for answer in answers] == [False, True]
    answers = story.turn(start).answers
    assert answers[0].accepted


def test_until_it_moves_a_belt_is_asked_for_no_more_than_the_start_speed() -> None:
    story = Story().armed(QUICK)
    story.must(Verb.START)
    story.belt["speed_mps"] = 0.0
    story.wait(9.0)
    assert 0 < story.set_point_mps <= LIMITS.start_mps


def test_a_first_turn_without_any_evidence_asks_for_nothing() -> None:
    state, decision = step(State(), Evidence(), (), LIMITS, NOW_S)
    assert decision.order == BeltOrder(Level.WATCH, 0.0, NOW_S)
    assert state.phase is IDLE


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


def reversing() -> Story:
    """A site with a belt that runs in reverse; it heads forward so far."""
    story = Story(state=State(orientation=Orientation.REVERSE_BELT))
    story.belt["reverse"] = False
    return story


def test_a_reverse_belt_is_walked_once_it_has_confirmed_its_direction() -> None:
    story = reversing().armed(QUICK)
    assert story.decision.order == BeltOrder(Level.READY, 0.0, story.now_s, reverse=True)
    refused = story.ask(Verb.START).reason
    assert refused == "The treadmill has not confirmed the direction of its belt yet."
    story.belt["reverse"] = True
    story.must(Verb.START)
    story.wait(20.0)
    assert (story.phase, story.decision.order.reverse) == (WALKING, True)
    assert story.set_point_mps == LIMITS.cap_mps


def test_a_belt_that_heads_another_way_all_at_once_is_stopped() -> None:
    story = reversing()
    story.belt["reverse"] = True
    story.walking(8.0)
    story.belt["reverse"] = False
    assert story.turn().order.level is Level.STOP
    assert (story.phase, story.cause) == (STOPPING, "direction")


def test_a_session_begins_with_nothing_walked() -> None:
    story = Story().armed(QUICK)
    story.must(Verb.START)
    watched = story.state.monitors.belt
    assert (watched.walked_m, watched.fast_s) == (0.0, 0.0)

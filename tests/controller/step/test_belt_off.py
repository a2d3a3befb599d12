"""A walk on a belt without power: the motor is never asked to run, and everything else holds."""

from dataclasses import replace

import pytest

from controller.programs.program import Kind, Part, Program, ProgramPhase
from controller.safety.view import Phase
from controller.session.commands import Verb
from controller.step import step
from protocols.belt import Level
from tests.controller.bedside import LIMITS, RESISTED, Story, in_phase

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase
RESTING = Program(
    "bouts",
    "Bouts",
    (
        ProgramPhase(5.0, 0.0),
        ProgramPhase(5.0, 0.0, part=Part.REST),
        ProgramPhase(5.0, 0.0),
    ),
    Kind.BELT_OFF,
)


@pytest.fixture
def story() -> Story:
    return in_phase(BELT_OFF)


def test_a_whole_walk_asks_for_no_motion_and_ends_by_itself(story: Story) -> None:
    levels = set()
    for _ in range(round(59 / 0.05)):
        levels.add(story.turn().order.level)
        assert story.decision.order.speed_mps == 0
    assert (story.phase, levels) == (BELT_OFF, {Level.READY})
    story.ask(Verb.PRESENT)
    story.wait(1.2)
    assert story.phase is STOPPING
    story.wait(2.0)
    assert (story.phase, story.cause) == (IDLE, None)
    assert story.state.ended == "The program has ended."


@pytest.mark.parametrize("speed_mps", [0.01, 0.3, -0.2, float("nan")])
def test_a_motor_that_moves_is_a_stop_and_a_latch(story: Story, speed_mps: float) -> None:
    story.belt |= {"speed_mps": speed_mps, "rest_since_s": None}
    story.turn()
    assert (story.phase, story.cause) == (STOPPING, "motor_on")
    assert story.decision.order.level is Level.STOP
    story.belt.clear()
    story.wait(5.0)
    assert story.phase is LATCHED


@pytest.mark.parametrize("verb", [Verb.SLOWER, Verb.FASTER])
def test_nobody_sets_a_speed(story: Story, verb: Verb) -> None:
    reason = story.ask(verb).reason
    assert reason == "The motor stays off in this walk: the patient sets the speed."


def test_released_rails_stop_it_when_the_grace_of_a_slow_belt_is_spent(story: Story) -> None:
    story.release().turn()
    assert story.decision.wake_at_s == pytest.approx(story.now_s + 0.5, abs=0.06)
    story.wait(0.45)
    assert story.phase is BELT_OFF
    story.wait(0.15)
    assert (story.phase, story.cause) == (STOPPING, "grip_released")


def test_one_hand_is_prompted_and_then_ends_it(story: Story) -> None:
    story.hold(left=False).wait(1.1)
    assert "Only one hand is on the rails." in story.decision.warnings
    story.wait(5.1)
    assert story.cause == "one_hand"


@pytest.mark.parametrize(
    ("other", "cause"),
    [({"console_seen_at_s": None}, "console_lost"), ({"journal_ok": False}, "not_recorded")],
)
def test_the_supervisor_and_the_record_are_as_needed_as_ever(
    story: Story, other: dict[str, object], cause: str
) -> None:
    story.other |= other
    story.turn()
    assert (story.phase, story.cause) == (STOPPING, cause)


def test_presence_is_confirmed_as_often_as_ever() -> None:
    long = replace(RESISTED, phases=(ProgramPhase(600.0, 0.0),))
    story = Story().armed(long)
    story.must(Verb.START)
    story.wait(LIMITS.confirm_s - 0.2)
    assert story.phase is BELT_OFF
    story.wait(0.4)
    assert story.cause == "not_confirmed"


def test_its_time_is_limited_as_ever() -> None:
    story = Story(replace(LIMITS, session_s=10.0)).armed(RESISTED)
    story.must(Verb.START)
    story.wait(9.9)
    assert story.phase is BELT_OFF
    story.wait(0.2)
    assert (story.phase, story.state.ended) == (STOPPING, "The session's time is over.")


def test_a_pause_ends_it_without_a_latch(story: Story) -> None:
    assert story.ask(Verb.PAUSE).accepted
    story.wait(3.0)
    assert (story.phase, story.cause) == (IDLE, None)


def test_a_rest_that_is_planned_comes_back_to_a_belt_without_power() -> None:
    story = Story().armed(RESTING)
    story.must(Verb.START)
    story.wait(8.0)
    assert story.phase is ARMED
    story.release().wait(0.3)
    story.hold().wait(3.0)
    story.must(Verb.START)
    assert story.phase is BELT_OFF
    story.wait(5.2)
    assert story.state.ended == "The program has ended."


def test_neither_speed_nor_incline_of_the_machine_matters() -> None:
    story = Story()
    story.release().wait(0.2)
    story.hold().wait(2.2)
    story.belt["inclination_pct"] = 4.0
    assert story.ask(Verb.ARM, program=RESISTED).accepted


def test_the_gate_lets_nothing_run_even_if_a_phase_asked_for_it(story: Story) -> None:
    walking = in_phase(WALKING)
    state = replace(walking.state, program=RESISTED)
    now_s = walking.now_s + 0.05
    walking.now_s = now_s
    after, decision = step(state, walking.evidence, (), walking.limits, now_s)
    assert decision.order.level is Level.STOP
    assert decision.breach == "The motor is to stay off."
    assert after.latch is not None
    assert after.latch.cause == "gate"

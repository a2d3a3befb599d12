"""Rests that a program plans: the belt comes to rest, the program keeps its place, and only a
supervisor's Start goes on."""

from dataclasses import replace

import pytest

from controller.programs.program import Part, Program, ProgramPhase
from controller.safety.view import Phase
from controller.session.commands import Orientation, Role, Verb
from controller.step import Command
from controller.telemetry import snapshot
from protocols.belt import Level
from tests.controller.bedside import GRID, LIMITS, Story

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, _ = Phase
REST_S = 20.0
RESTED = Program(
    "rested",
    "Rested",
    (
        ProgramPhase(10.0, 0.2, part=Part.WARM_UP),
        ProgramPhase(REST_S, 0.0, part=Part.REST),
        ProgramPhase(10.0, 0.25),
    ),
)


def slowing() -> Story:
    """A story that has just begun to slow down to its rest."""
    story = Story().walking(9.0, RESTED)
    while story.phase is WALKING:
        story.turn()
    return story


def resting() -> Story:
    """A story at rest, the rest not over."""
    story = slowing()
    while story.phase is not ARMED:
        story.turn()
    return story


def ready() -> Story:
    """A story whose rest is over, with sensors that have proven themselves anew."""
    story = resting()
    story.release().wait(1.0)
    story.hold().wait(REST_S)
    return story


def told(story: Story) -> dict[str, object]:
    bound_by = {"cap_mps": "site"}
    arguments = (story.state, story.decision, story.evidence, story.limits)
    return snapshot(*arguments, bound_by=bound_by, now_s=story.now_s)


def test_a_rest_is_a_controlled_stop_that_comes_to_rest_armed() -> None:
    story = Story().walking(9.0, RESTED)
    phases = []
    while story.phase is not ARMED:
        if story.phase not in phases:
            phases.append(story.phase)
        story.turn()
    assert phases == [WALKING, SLOWING, STOPPING]
    assert (story.cause, story.belt_mps) == (None, 0.0)
    assert story.turn().order.level is Level.READY


def test_nothing_goes_on_by_itself() -> None:
    story = ready()
    story.wait(60.0)
    assert (story.phase, story.belt_mps, story.set_point_mps) == (ARMED, 0.0, 0.0)


def test_start_goes_on_with_the_next_phase_from_a_belt_at_rest() -> None:
    story = ready()
    story.must(Verb.START)
    assert story.phase is WALKING
    assert story.set_point_mps <= LIMITS.start_mps
    assert not story.state.monitors.belt.probed
    story.wait(8.0)
    assert GRID.mps(50) < story.set_point_mps <= 0.25
    story.wait(12.0)
    assert (story.phase, story.state.ended) == (IDLE, "The program has ended.")


def test_the_rest_lasts_at_least_as_long_as_the_program_says_slowing_down_included() -> None:
    story = slowing()
    began_s = story.now_s
    story.wait(3.0)
    story.release().wait(1.0)
    story.hold().wait(2.0)
    assert story.ask(Verb.START).reason == "The rest lasts for 14 more seconds."
    while not story.ask(Verb.START).accepted:
        assert story.phase is ARMED
    assert story.now_s - began_s == pytest.approx(REST_S, abs=0.15)


def test_to_go_on_needs_all_that_an_arming_and_a_start_need() -> None:
    story = resting()
    story.wait(REST_S + 5.0)
    assert "Let go of both rails once" in story.ask(Verb.START).reason
    story.release().wait(1.0)
    assert "Let go of both rails once" in story.ask(Verb.START).reason
    story.hold().wait(0.5)
    assert story.ask(Verb.START).reason == "Both hands must hold the rails for a second."
    story.hold(right=False).wait(2.0)
    assert story.ask(Verb.START).reason == "Both hands must hold the rails."
    story.hold().wait(2.0)
    story.other["commissioned"] = False
    assert "may only be watched" in story.ask(Verb.START).reason
    story.other.clear()
    story.must(Verb.START)


def test_the_patient_may_let_go_while_the_belt_rests() -> None:
    story = resting()
    story.release().wait(10.0)
    assert (story.phase, story.cause) == (ARMED, None)


def test_what_the_machine_says_of_the_rest_s_own_stop_trips_nothing() -> None:
    story = slowing()
    story.wait(1.0)
    stopped_at_s = story.now_s
    while story.phase is not ARMED:
        story.turn()
    assert story.state.armed_at_s > stopped_at_s
    story.belt["safety_key_at_s"] = stopped_at_s
    story.turn()
    assert story.phase is ARMED
    story.belt["safety_key_at_s"] = story.now_s + 0.05
    story.turn()
    assert (story.phase, story.cause) == (STOPPING, "safety_key")


@pytest.mark.parametrize("begin", [slowing, resting, ready])
def test_a_stop_during_a_rest_latches_and_the_program_does_not_go_on(begin: object) -> None:
    story = begin()  # type: ignore[operator]
    story.must(Verb.STOP)
    story.wait(5.0)
    assert (story.phase, story.cause) == (LATCHED, "stop_pressed")
    story.hold().wait(3.0)
    story.must(Verb.RESET)
    assert story.ask(Verb.START).reason == "Arm the session first."
    story.armed(RESTED)
    assert story.state.done_s(story.now_s) == 0.0


def test_a_fall_on_the_way_to_a_rest_latches_and_the_program_does_not_go_on() -> None:
    story = slowing()
    while story.phase is not STOPPING:
        story.turn()
    assert story.cause is None
    story.frame["fall"] = True
    story.turn()
    story.frame.clear()
    story.wait(4.0)
    assert (story.phase, story.cause) == (LATCHED, "fall")
    assert not story.ask(Verb.START).accepted


@pytest.mark.parametrize("begin", [slowing, resting])
def test_a_missing_supervisor_ends_a_rest_latched(begin: object) -> None:
    story = begin()  # type: ignore[operator]
    story.other["console_seen_at_s"] = None
    story.wait(6.0)
    assert (story.phase, story.cause) == (LATCHED, "console_lost")


@pytest.mark.parametrize("begin", [slowing, resting])
def test_a_pause_during_a_rest_ends_the_session_without_a_latch(begin: object) -> None:
    story = begin()  # type: ignore[operator]
    story.must(Verb.PAUSE)
    story.wait(6.0)
    assert (story.phase, story.cause) == (IDLE, None)
    assert told(story)["sentence"] == "The session was paused."


def test_a_rest_may_be_disarmed_and_the_next_session_begins_anew() -> None:
    story = ready()
    story.must(Verb.DISARM)
    assert story.phase is IDLE
    assert told(story)["rest_left_s"] is None
    story.armed(RESTED)
    assert (story.state.rest_until_s, story.state.rested_s, story.state.before_s) == (None, 0, 0)
    story.must(Verb.START)
    story.wait(3.0)
    assert told(story)["phase"] == 1


def test_the_program_stands_while_a_rest_takes_longer() -> None:
    story = ready()
    story.wait(30.0)
    walked_s = story.state.before_s
    assert walked_s == pytest.approx(10.0, abs=0.1)
    assert story.state.walked_s(story.now_s) == walked_s
    assert story.state.done_s(story.now_s) == pytest.approx(10.0 + REST_S)
    story.must(Verb.START)
    story.wait(5.0)
    moved_at_s = story.state.monitors.moved_at_s
    assert moved_at_s is not None
    assert story.state.walked_s(story.now_s) == walked_s + story.now_s - moved_at_s > walked_s + 1
    done_s = story.state.walked_s(story.now_s) + REST_S
    assert story.state.done_s(story.now_s) == pytest.approx(done_s)


def test_a_lowered_speed_stays_lowered_after_a_rest() -> None:
    story = Story().walking(6.0, RESTED)
    answer = story.turn(Command("1", Verb.SLOWER, Role.SUPERVISOR, speed_mps=0.15)).answers[0]
    assert answer.accepted
    while story.phase is not ARMED:
        story.turn()
    story.release().wait(1.0)
    story.hold().wait(REST_S)
    story.must(Verb.START)
    story.wait(9.0)
    assert story.set_point_mps == 0.15


def test_distance_and_time_of_a_session_count_through_its_rests() -> None:
    story = ready()
    walked_m = story.state.monitors.belt.walked_m
    began_s = story.state.began_s
    assert walked_m > 1.0
    story.must(Verb.START)
    story.wait(4.0)
    assert story.state.monitors.belt.walked_m > walked_m
    assert story.state.session_s(story.now_s) == story.now_s - began_s > 30.0


def test_a_new_session_counts_anew() -> None:
    story = ready()
    story.must(Verb.DISARM)
    story.armed(RESTED).must(Verb.START)
    story.wait(2.0)
    assert story.state.monitors.belt.walked_m < 0.5
    assert story.state.session_s(story.now_s) < 2.1


def test_after_the_session_s_time_a_rest_does_not_lead_on() -> None:
    story = ready()
    story.limits = replace(LIMITS, session_s=25.0)
    assert story.ask(Verb.START).reason == "The session's time is over: disarm it."
    story.limits = LIMITS
    story.must(Verb.START)


def test_a_rest_after_another_counts_from_the_first_motion() -> None:
    rest = ProgramPhase(5.0, 0.0, part=Part.REST)
    walk = ProgramPhase(6.0, 0.2)
    story = Story().walking(5.0, Program("two", "Two rests", (walk, rest, walk, rest, walk)))
    began_s = story.state.monitors.moved_at_s
    for done_s in (11.0, 22.0):
        while story.phase is not ARMED:
            story.turn()
        story.release().wait(1.0)
        story.hold().wait(8.0)
        assert story.state.done_s(story.now_s) == pytest.approx(done_s)
        assert story.state.began_s == began_s
        story.must(Verb.START)
    story.wait(12.0)
    assert story.state.ended == "The program has ended."


def test_a_program_that_begins_with_a_rest_does_not_move_the_belt() -> None:
    first = Program("first", "First", (ProgramPhase(5.0, 0.0, part=Part.REST), *RESTED.phases))
    story = Story().armed(first)
    story.must(Verb.START)
    peak_mps = max(story.turn().order.speed_mps for _ in range(100))
    assert (story.phase, peak_mps, story.state.before_s) == (ARMED, 0.0, 0.0)


def test_people_are_told_how_a_rest_goes() -> None:
    story = slowing()
    first = told(story)
    assert (first["state"], first["phase"], first["phases"]) == ("slowing", 2, 3)
    assert (first["sentence"], first["rest_left_s"]) == ("Rest: 20 more seconds.", 20.0)
    story = resting()
    assert "Let go of both rails once" in " ".join(told(story)["missing"])  # type: ignore[arg-type]
    over = told(ready())
    assert (over["sentence"], over["rest_left_s"], over["phase"]) == (
        "The rest is over. Start goes on, once the patient stands as before.",
        0.0,
        3,
    )
    assert "start" in over["may"]  # type: ignore[operator]


def test_a_program_s_own_cap_and_time_narrow_the_limits_while_it_is_under_way() -> None:
    program = Program("slow", "Slow", (ProgramPhase(60.0, 0.4),), cap_mps=0.2, max_s=30.0)
    story = Story().armed(program)
    assert story.state.ceiling_mps == 0.2
    assert told(story)["cap_source"] == "program"
    story.must(Verb.START)
    story.wait(20.0)
    assert story.set_point_mps == 0.2
    assert story.state.envelope.speed_mps == 0.2
    story.wait(20.0)
    assert (story.phase, story.state.ended) == (IDLE, "The session's time is over.")
    assert told(story)["cap_source"] == "site"
    assert story.state.bounded(story.limits) is story.limits


def test_a_program_s_cap_widens_nothing() -> None:
    program = Program("fast", "Fast", (ProgramPhase(60.0, 0.8),), cap_mps=0.89, max_s=2400.0)
    story = Story().walking(20.0, program)
    assert story.set_point_mps == LIMITS.cap_mps
    assert told(story)["cap_source"] == "site"


BY_BASE = Program("base", "By base", (ProgramPhase(60.0, 0.0, base_share=0.5),), cap_mps=0.3)


def test_a_program_by_the_measured_speed_needs_it_with_arm() -> None:
    story = Story()
    story.release().wait(0.2)
    story.hold().wait(2.2)

    def ask(baseline_mps: float | None) -> str:
        more = {"orientation": Orientation.TURNED, "baseline_mps": baseline_mps}
        arm = Command("1", Verb.ARM, Role.SUPERVISOR, BY_BASE, **more)  # type: ignore[arg-type]
        return story.turn(arm).answers[0].reason

    assert "goes by the patient's measured walking speed: give it with Arm." in ask(None)
    assert "is not." in ask(0.0)
    assert "Phase 1 of By base is walked at 0.22 mph (0.36 km/h)" in ask(0.2)
    assert ask(0.5) == ""
    assert story.state.program.phases[0].speed_mps == 0.25


def test_slowing_down_to_a_rest_is_not_walked() -> None:
    story = slowing()
    assert story.state.monitors.moved_at_s is not None
    walked_s = story.state.before_s
    story.turn()
    assert story.phase in (SLOWING, STOPPING)
    assert story.state.walked_s(story.now_s) == walked_s > 0

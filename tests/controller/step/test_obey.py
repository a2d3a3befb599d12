"""Every verb in every phase: accepted and done, or refused with a sentence and nothing changed."""

import math
from dataclasses import replace

import pytest

from controller.programs.program import FREE_WALK, Program, ProgramPhase
from controller.safety.told import Told
from controller.safety.view import Phase
from controller.session.authority import ENGINEERS_ONLY
from controller.session.commands import Orientation, Role, Verb
from controller.step import Command
from controller.step.obey import VERBS, obey, refusal
from protocols.units import mps_from_mph
from tests.controller.bedside import GRID, LIMITS, Story, in_phase

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase
GOES = {
    Verb.ARM: {IDLE: ARMED},
    Verb.DISARM: {ARMED: IDLE},
    Verb.START: {ARMED: WALKING},
    Verb.SLOWER: {WALKING: WALKING},
    Verb.FASTER: {WALKING: WALKING},
    Verb.PAUSE: {
        ARMED: STOPPING,
        WALKING: SLOWING,
        SLOWING: SLOWING,
        BELT_OFF: STOPPING,
    },
    Verb.STOP: {**dict.fromkeys(Phase, STOPPING), LATCHED: LATCHED},
    Verb.RESET: {LATCHED: IDLE},
    Verb.PRESENT: {phase: phase for phase in Phase},
    Verb.REPORT: {phase: phase for phase in Phase if phase is not IDLE},
    Verb.COMMISSION: {IDLE: IDLE},
}
"""Where each verb leads from the phases in which it is accepted, when all is well."""
QUICK = Program("quick", "Quick", (ProgramPhase(60.0, 0.4),))


def ready(phase: Phase) -> Story:
    """A story in which the rails were let go and held, so that an idle one can be armed."""
    story = Story()
    if phase is IDLE:
        story.release().wait(0.2)
        story.hold().wait(2.2)
        return story
    return in_phase(phase)


def command(verb: Verb, role: Role = Role.SUPERVISOR, program: Program = FREE_WALK) -> Command:
    told = Told(pain_nprs=2) if verb is Verb.REPORT else None
    if verb is Verb.COMMISSION and role is Role.SUPERVISOR:
        role = Role.ENGINEER
    return Command("1", verb, role, program, orientation=Orientation.TURNED, told=told)


each_phase = pytest.mark.parametrize("phase", Phase)
each_verb = pytest.mark.parametrize("verb", Verb)


def test_every_verb_can_be_obeyed() -> None:
    assert set(VERBS) == set(GOES) == set(Verb)


@each_phase
@each_verb
def test_a_verb_is_done_or_refused_with_a_sentence_and_nothing_changed(
    verb: Verb, phase: Phase
) -> None:
    story = ready(phase)
    state, answer = obey(story.state, command(verb), story.view)
    assert (answer.id, answer.verb) == ("1", verb)
    assert answer.accepted is (phase in GOES[verb])
    assert state.phase is GOES[verb].get(phase, phase)
    if not answer.accepted:
        assert state is story.state
        assert answer.reason[0].isupper()
        assert answer.reason.endswith(".")


@each_phase
@each_verb
def test_a_stranger_may_only_stop(verb: Verb, phase: Phase) -> None:
    story = ready(phase)
    state, answer = obey(story.state, command(verb, Role.ANYONE), story.view)
    assert answer.accepted is (verb is Verb.STOP)
    if verb is not Verb.STOP:
        assert state is story.state


@each_phase
def test_whatever_a_supervisor_does_confirms_presence(phase: Phase) -> None:
    story = ready(phase)
    story.now_s += 7.0
    state, _ = obey(story.state, command(Verb.PRESENT), story.view)
    assert state.confirmed_at_s == story.now_s


def test_a_stranger_s_stop_and_a_refused_command_confirm_nobody() -> None:
    story = ready(WALKING)
    before_s = story.state.confirmed_at_s
    story.now_s += 7.0
    for asked in (command(Verb.STOP, Role.ANYONE), command(Verb.ARM)):
        state, _ = obey(story.state, asked, story.view)
        assert state.confirmed_at_s == before_s


def test_arming_forgets_the_last_session() -> None:
    story = in_phase(Phase.WALKING)
    story.must(Verb.FASTER)
    story.must(Verb.STOP)
    story.wait(5.0)
    story.must(Verb.RESET)
    story.armed()
    assert story.state.rises == ()
    assert story.state.ceiling_mps == LIMITS.start_mps
    assert story.state.stop_speed_mps == 0
    assert story.state.armed_at_s == story.now_s


def test_a_program_is_walked_up_to_the_cap_and_a_free_walk_from_the_start_speed() -> None:
    assert Story().armed().state.ceiling_mps == LIMITS.start_mps
    assert Story().armed(QUICK).state.ceiling_mps == LIMITS.cap_mps


def test_a_phase_below_the_machine_s_lowest_speed_is_refused_never_raised() -> None:
    story = ready(IDLE)
    crawl = Program("crawl", "Crawl", (ProgramPhase(60.0, 0.4), ProgramPhase(60.0, 0.13)))
    answer = story.ask(Verb.ARM, program=crawl)
    assert answer.reason == (
        "Phase 2 of Crawl is walked at 0.29 mph (0.47 km/h), below this treadmill's lowest speed "
        "of 0.31 mph (0.50 km/h): choose another program or a slower treadmill."
    )


@pytest.mark.parametrize("said", [None, Orientation.REVERSE_BELT])
def test_arming_confirms_how_the_patient_walks(said: Orientation | None) -> None:
    story = ready(IDLE)
    arm = replace(command(Verb.ARM), orientation=said)
    reason = story.turn(arm).answers[0].reason
    assert reason == "Confirm that the patient stands turned round: the belt runs forward."
    story.must(Verb.ARM)


def test_after_disarming_the_sensors_must_prove_themselves_anew() -> None:
    story = in_phase(ARMED)
    story.must(Verb.DISARM)
    story.wait(3.0)
    assert "Let go of both rails once" in story.ask(Verb.ARM).reason
    story.armed()


def test_arming_names_the_first_thing_that_is_missing() -> None:
    story = ready(IDLE)
    story.belt["linked"] = False
    story.frame["tether"] = False
    assert story.ask(Verb.ARM).reason == "The treadmill is not connected."


def test_a_start_needs_what_a_start_needs() -> None:
    story = Story().armed()
    story.hold(right=False).turn()
    assert story.ask(Verb.START).reason == "Both hands must hold the rails for a second."
    assert story.phase is ARMED


def test_each_press_of_faster_is_one_step_and_each_minute_has_two() -> None:
    story = in_phase(Phase.WALKING)
    story.must(Verb.FASTER)
    story.must(Verb.FASTER)
    assert story.state.ceiling_mps == pytest.approx(mps_from_mph(0.7))
    assert story.ask(Verb.FASTER).reason == "The speed has risen enough for this minute."
    story.wait(55.0)
    assert not story.ask(Verb.FASTER).accepted
    story.must(Verb.PRESENT)
    story.wait(6.0)
    story.must(Verb.FASTER)
    assert story.state.ceiling_mps == pytest.approx(mps_from_mph(0.8))


def test_faster_ends_at_the_cap() -> None:
    story = Story(replace(LIMITS, cap_mps=mps_from_mph(0.55))).walking()
    story.must(Verb.FASTER)
    assert story.state.ceiling_mps == story.limits.cap_mps
    assert story.ask(Verb.FASTER).reason == "The speed is at its cap."


def test_faster_needs_both_hands() -> None:
    story = in_phase(Phase.WALKING)
    story.hold(left=False).turn()
    assert story.ask(Verb.FASTER).reason == "Both hands must hold the rails."


def test_slower_is_one_step_below_the_present_speed() -> None:
    story = Story().walking(program=QUICK, seconds=6.0)
    before_mps = story.set_point_mps
    story.must(Verb.SLOWER)
    assert story.state.ceiling_mps == pytest.approx(before_mps - LIMITS.step_mps, abs=0.01)
    story.wait(3.0)
    assert story.set_point_mps == story.state.ceiling_mps


def test_slower_never_leads_below_the_machine_s_lowest_speed() -> None:
    """However fast it is pressed: below the lowest speed there is only Stop."""
    story = Story().walking(30.0, program=QUICK)
    presses = 0
    while (answer := story.ask(Verb.SLOWER)).accepted:
        presses += 1
        assert presses < 20
    assert answer.reason == "That is below the treadmill's lowest speed. Use Stop."
    assert GRID.floor(story.state.ceiling_mps) >= GRID.minimum
    story.wait(10.0)
    assert story.phase is WALKING
    assert GRID.floor(story.set_point_mps) >= GRID.minimum


def test_slower_is_refused_on_a_machine_that_names_no_speeds() -> None:
    story = in_phase(Phase.WALKING)
    story.belt["grid"] = None
    _, answer = obey(story.state, command(Verb.SLOWER), story.view)
    assert answer.reason == "That is below the treadmill's lowest speed. Use Stop."


def test_stop_in_a_latched_session_changes_nothing() -> None:
    story = in_phase(Phase.LATCHED)
    state, answer = obey(story.state, command(Verb.STOP, Role.ANYONE), story.view)
    assert answer.accepted
    assert state is story.state


def test_a_walk_begins_with_nothing_held_against_it() -> None:
    story = ready(ARMED)
    old = replace(
        story.state.monitors,
        grace_left=0.1,
        moved_at_s=1.0,
        mismatch_since_s=1.0,
        overspeed_since_s=1.0,
    )
    story.state = replace(story.state, monitors=old)
    state, answer = obey(story.state, command(Verb.START), story.view)
    began = state.monitors
    assert answer.accepted
    assert began.grace_left == 1.0
    assert (began.moved_at_s, began.mismatch_since_s, began.overspeed_since_s) == (None,) * 3


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ENGINEER])
def test_who_looks_and_who_sees_to_machines_may_stop_and_tell_a_symptom_only(role: Role) -> None:
    for phase in Phase:
        story = ready(phase)
        for verb in Verb:
            state, answer = obey(story.state, command(verb, role), story.view)
            let_in = role is Role.ENGINEER and verb is Verb.COMMISSION and phase is IDLE
            assert answer.accepted is (verb is Verb.STOP or let_in)
            assert state is story.state or verb is Verb.STOP


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"belt": {"linked": False}}, "The treadmill is not connected."),
        ({"belt": {"rest_since_s": None}}, "The belt must be at rest for 2 seconds."),
        ({"other": {"guard_seen_at_s": None}}, "The guard process is not heard."),
        ({"other": {"relay_ok": False}}, "The safety relay is open, or does not answer."),
    ],
)
def test_a_treadmill_is_given_up_to_a_commissioner_only_at_rest_with_a_guard(
    changes: dict[str, dict[str, object]], reason: str
) -> None:
    story = ready(IDLE)
    for part, values in changes.items():
        getattr(story, part).update(values)
    _, answer = obey(story.state, command(Verb.COMMISSION), story.view)
    assert answer.reason.startswith(reason)


def test_no_supervisor_has_a_treadmill_commissioned() -> None:
    story = ready(IDLE)
    asked = Command("1", Verb.COMMISSION, Role.SUPERVISOR)
    assert obey(story.state, asked, story.view)[1].reason == ENGINEERS_ONLY


def test_an_armed_session_begins_afresh() -> None:
    """Nothing that an earlier one left counts."""
    story = ready(IDLE)
    left = replace(story.state, slow_to_mps=0.2, incline_pct=3.0, inclined_at_s=story.now_s)
    armed, answer = obey(left, command(Verb.ARM), story.view)
    assert answer.accepted
    assert (armed.slow_to_mps, armed.incline_pct, armed.inclined_at_s) == (None, None, -math.inf)


def test_a_walk_begins_on_a_deck_that_nothing_was_asked_of() -> None:
    story = ready(ARMED)
    left = replace(story.state, incline_pct=3.0, inclined_at_s=story.now_s)
    walking, answer = obey(left, command(Verb.START), story.view)
    assert answer.accepted
    assert (walking.incline_pct, walking.inclined_at_s) == (None, -math.inf)


@pytest.mark.parametrize("verb", [Verb.STOP, Verb.PRESENT, Verb.REPORT])
def test_what_is_not_refused_has_an_empty_reason(verb: Verb) -> None:
    story = ready(WALKING)
    assert refusal(command(verb), story.state, story.view) == ""

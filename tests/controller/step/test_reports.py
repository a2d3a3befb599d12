"""What the patient says: who may tell it, what it does, and what stays of it."""

from typing import Any

import pytest

from controller.programs.program import Program, ProgramPhase
from controller.safety.told import Scale, Symptom, Told
from controller.safety.view import Phase
from controller.session.commands import Role, Verb
from controller.step import Command
from controller.step.report import refuse_before
from tests.controller.bedside import LIMITS, QUICK, Story, in_phase

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase
BORG, CR = Scale.BORG_6_20, Scale.CR_0_10
NOT_ENTITLED = "Only a signed-in supervisor may do that."
FEW = Program("few", "Few", (ProgramPhase(600.0, 2.0),), max_releases=2)


def tell(story: Story, role: Role = Role.SUPERVISOR, **said: Any) -> str:
    return story.ask(Verb.REPORT, role, told=Told(**said)).reason


def beating(story: Story, bpm: int | None) -> None:
    """A strap that is heard now, and goes on telling this."""
    story.other |= {"heart_rate_bpm": bpm, "heart_rate_at_s": story.now_s + 1e9}


def strapped(limit_bpm: int = 120, bpm: int = 80) -> Story:
    """A walk with a limit of the heart rate; the strap tells with each turn."""
    story = Beating(bpm)
    story.release().wait(0.2)
    story.hold().wait(2.2)
    story.must(Verb.ARM, QUICK, heart_rate_limit_bpm=limit_bpm)
    story.must(Verb.START)
    story.wait(10.0)
    assert story.phase is WALKING, story.cause
    return story


class Beating(Story):
    """A story whose strap is heard at every turn, until it is `mute`."""

    def __init__(self, bpm: int | None) -> None:
        super().__init__()
        self.bpm = bpm
        self.mute = False

    def turn(self, *commands: Command, after_s: float = 0.05) -> Any:
        if not self.mute:
            self.other |= {
                "heart_rate_bpm": self.bpm,
                "heart_rate_at_s": self.now_s + after_s,
            }
        return super().turn(*commands, after_s=after_s)


@pytest.mark.parametrize("phase", [ARMED, WALKING, BELT_OFF])
@pytest.mark.parametrize("symptom", Symptom)
@pytest.mark.parametrize("role", Role)
def test_anybody_may_tell_a_symptom_and_it_ends_the_walk(
    phase: Phase, symptom: Symptom, role: Role
) -> None:
    story = in_phase(phase)
    assert tell(story, role, symptom=symptom) == ""
    wish = symptom is Symptom.PATIENT_REQUEST
    assert story.cause == ("patient_request" if wish else "symptom")
    assert story.phase is (SLOWING if phase is WALKING else STOPPING)
    story.wait(8.0)
    assert story.phase is LATCHED


@pytest.mark.parametrize("said", [{"pain_nprs": 0}, {"effort": 6, "effort_scale": BORG}])
@pytest.mark.parametrize("role", [Role.ANYONE, Role.NETWORK])
def test_figures_are_a_supervisor_s_even_beside_a_symptom(role: Role, said: Any) -> None:
    story = in_phase(WALKING)
    assert tell(story, role, **said) == NOT_ENTITLED
    assert tell(story, role, symptom=Symptom.PALLOR, **said) == NOT_ENTITLED
    assert (story.phase, story.cause) == (WALKING, None)


def test_a_stranger_s_symptom_confirms_no_supervisor() -> None:
    story = in_phase(BELT_OFF)
    before_s = story.state.confirmed_at_s
    tell(story, Role.ANYONE, symptom=Symptom.SWELLING)
    assert story.state.confirmed_at_s == before_s


@pytest.mark.parametrize("phase", [ARMED, WALKING, BELT_OFF])
@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"pain_nprs": 6}, "pain"),
        ({"pain_nprs": 10}, "pain"),
        ({"effort": 15, "effort_scale": BORG}, "effort"),
        ({"effort": 7, "effort_scale": CR}, "effort"),
        ({"pain_nprs": 5}, None),
        ({"effort": 14, "effort_scale": BORG}, None),
        ({"effort": 6, "effort_scale": CR}, None),
    ],
)
def test_red_pain_and_hard_effort_end_the_walk_and_less_does_not(
    phase: Phase, said: Any, cause: str | None
) -> None:
    story = in_phase(phase)
    assert tell(story, **said) == ""
    assert story.cause == cause
    assert (story.phase is phase) is (cause is None)


def test_a_walk_that_hurts_slows_down_before_it_stops() -> None:
    story = Story().walking(20.0, QUICK)
    tell(story, pain_nprs=6)
    before_mps = story.set_point_mps
    story.turn()
    assert 0 < before_mps - story.set_point_mps <= LIMITS.ramp_down_mps2 * 0.05 + 1e-9


@pytest.mark.parametrize(("before", "now"), [(None, 4), (2, 4), (1, 3), (3, 5)])
def test_amber_pain_holds_the_speed_for_the_rest_of_the_walk(before: int | None, now: int) -> None:
    story = Story()
    story.release().wait(0.2)
    story.hold().wait(2.2)
    story.must(Verb.ARM, QUICK, pain_before=before)
    story.must(Verb.START)
    story.wait(6.0)
    tell(story, pain_nprs=now)
    held_mps = story.set_point_mps
    assert "no increase in this walk" in " ".join(story.decision.warnings)
    tell(story, pain_nprs=0)
    story.wait(20.0)
    assert story.phase is WALKING
    assert story.set_point_mps == held_mps < LIMITS.cap_mps


def test_a_rise_of_three_ends_a_walk_that_began_in_pain() -> None:
    story = Story()
    story.release().wait(0.2)
    story.hold().wait(2.2)
    story.must(Verb.ARM, QUICK, pain_before=2)
    tell(story, pain_nprs=5)
    assert story.cause == "pain"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Say what the patient told: pain, effort or a symptom."),
        ({"pain_nprs": 11}, "Pain is told as a whole number from 0 to 10."),
        ({"pain_nprs": -1}, "Pain is told as a whole number from 0 to 10."),
        ({"effort": 5, "effort_scale": BORG}, "from 6 to 20."),
        ({"effort": 21, "effort_scale": BORG}, "from 6 to 20."),
        ({"effort": -1, "effort_scale": CR}, "from 0 to 10."),
        ({"effort": 11, "effort_scale": CR}, "from 0 to 10."),
        ({"effort": 5}, "An effort needs its figure and its scale."),
        ({"effort_scale": CR}, "An effort needs its figure and its scale."),
    ],
)
def test_what_cannot_be_told_is_refused_and_changes_nothing(said: Any, sentence: str) -> None:
    story = in_phase(WALKING)
    before = story.state.care
    assert tell(story, **said).endswith(sentence)
    assert story.state.care == before


def test_a_report_without_anything_in_it_is_refused() -> None:
    story = in_phase(WALKING)
    assert story.ask(Verb.REPORT, told=None).reason.startswith("Say what the patient told")


def test_nothing_is_told_of_nobody() -> None:
    assert tell(in_phase(IDLE), pain_nprs=1) == "Nobody is walking."


def test_after_a_stop_pain_is_still_written_down() -> None:
    story = in_phase(LATCHED)
    assert tell(story, pain_nprs=7) == ""
    assert story.state.care.pain_peak == 7
    assert story.cause == "stop_pressed"


def test_the_highest_pain_and_the_last_effort_are_kept() -> None:
    story = in_phase(WALKING)
    for pain, effort in ((1, 9), (3, 13), (2, 11)):
        tell(story, pain_nprs=pain, effort=effort, effort_scale=BORG)
    care = story.state.care
    assert (care.pain_peak, care.effort, care.effort_scale) == (3, 11, BORG)


def test_arming_forgets_what_the_last_session_was_told() -> None:
    story = in_phase(LATCHED)
    tell(story, pain_nprs=7, symptom=Symptom.LOCKING)
    story.must(Verb.RESET)
    story.armed()
    assert story.state.care.pain_peak is None
    assert story.phase is ARMED


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"pain_before": 11}, "Pain is told as a whole number from 0 to 10."),
        ({"pain_before": 6}, "With pain of 6 or more no walk begins. Let it settle first."),
        ({"heart_rate_limit_bpm": 59}, "A limit of the heart rate is from 60 to 220 a minute."),
        ({"heart_rate_limit_bpm": 221}, "A limit of the heart rate is from 60 to 220 a minute."),
        (
            {"heart_rate_limit_bpm": 120},
            "The heart rate is not heard: put the strap on, or arm without a limit for it.",
        ),
    ],
)
def test_nobody_is_armed_like_that(more: Any, sentence: str) -> None:
    story = in_phase(IDLE)
    story.release().wait(0.2)
    story.hold().wait(2.2)
    assert story.ask(Verb.ARM, **more).reason == sentence
    assert story.phase is IDLE


@pytest.mark.parametrize("limit_bpm", [60, 220])
def test_a_limit_is_taken_at_its_bounds(limit_bpm: int) -> None:
    story = Beating(50)
    story.release().wait(0.2)
    story.hold().wait(2.2)
    story.must(Verb.ARM, heart_rate_limit_bpm=limit_bpm)
    assert story.state.care.heart_rate_limit_bpm == limit_bpm


def test_a_heart_above_its_limit_for_three_seconds_ends_the_walk() -> None:
    story = strapped()
    story.bpm = 121  # type: ignore[attr-defined]
    story.wait(2.9)
    assert story.phase is WALKING
    story.wait(0.2)
    assert (story.phase, story.cause) == (SLOWING, "heart_rate")


def test_a_heart_above_its_limit_holds_the_speed_at_once() -> None:
    story = strapped()
    story.bpm = 121  # type: ignore[attr-defined]
    story.turn()
    held_mps = story.set_point_mps
    story.wait(2.0)
    assert story.set_point_mps == held_mps < LIMITS.cap_mps
    story.bpm = 120  # type: ignore[attr-defined]
    story.wait(4.0)
    assert story.phase is WALKING
    assert story.set_point_mps > held_mps


def test_a_silent_strap_holds_after_five_seconds_and_ends_the_walk_ten_later() -> None:
    story = strapped()
    story.mute = True  # type: ignore[attr-defined]
    story.wait(5.2)
    held_mps = story.set_point_mps
    assert any("heart rate is not known" in warning for warning in story.decision.warnings)
    story.wait(9.7)
    assert story.set_point_mps == held_mps
    assert story.phase is WALKING
    story.wait(0.3)
    assert (story.phase, story.cause) == (SLOWING, "heart_silent")


def test_a_strap_taken_off_is_as_silent() -> None:
    story = strapped()
    story.bpm = None  # type: ignore[attr-defined]
    story.wait(10.2)
    assert story.cause == "heart_silent"


def test_without_a_limit_a_heart_ends_nothing() -> None:
    story = Beating(230)
    story.walking(30.0, QUICK)
    story.mute = True
    story.wait(30.0)
    assert story.phase is WALKING


def test_each_letting_go_is_counted_once_and_its_flutter_is_not() -> None:
    story = Story().walking(20.0, QUICK)
    for _ in range(2):
        for _ in range(3):
            story.release().turn()
            story.hold().turn()
        story.wait(4.0)
    assert story.state.care.releases == 2
    assert story.phase is WALKING


@pytest.mark.parametrize(("program", "most"), [(QUICK, 3), (FEW, 2)])
def test_too_many_releases_end_the_session(program: Program, most: int) -> None:
    story = Story().walking(20.0, program)
    for count in range(1, most + 1):
        assert story.phase is WALKING
        story.release().turn()
        story.hold().turn()
        assert story.state.care.releases == count
        story.wait(3.0)
    assert story.cause == "releases"


def test_hands_that_are_off_while_nobody_walks_are_no_release() -> None:
    story = in_phase(ARMED)
    for _ in range(5):
        story.release().wait(3.0)
        story.hold().wait(3.0)
    assert story.state.care.releases == 0


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.DISARM])
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.NETWORK])
def test_a_fall_in_the_turn_that_leaves_an_armed_session_is_latched(verb: Verb, role: Role) -> None:
    story = in_phase(ARMED)
    story.frame["fall"] = True
    story.ask(verb, role)
    assert (story.phase, story.cause) == (STOPPING, "fall")


def test_a_console_that_is_lost_in_the_turn_of_a_pause_changes_nothing_of_it() -> None:
    story = in_phase(ARMED)
    story.other["console_seen_at_s"] = None
    assert story.ask(Verb.PAUSE).accepted
    assert (story.phase, story.cause) == (STOPPING, None)


def test_pain_before_the_walk_is_the_first_that_was_told() -> None:
    story = in_phase(IDLE)
    story.release().wait(0.2)
    story.hold().wait(2.2)
    story.must(Verb.ARM, QUICK, pain_before=4)
    care = story.state.care
    assert (care.pain_before, care.pain_peak, care.heart_rate_limit_bpm) == (4, 4, None)
    story.must(Verb.START)
    assert "no increase in this walk" in " ".join(story.decision.warnings)


def test_an_arming_that_says_nothing_of_its_patient_is_not_refused_for_it() -> None:
    assert refuse_before(Command("1", Verb.ARM)) == ""
    assert refuse_before(Command("1", Verb.ARM, pain_before=5, heart_rate_limit_bpm=60)) == ""

"""What the network can ask for only ever slows the belt (S30)."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.programs.program import FREE_WALK, Program, ProgramPhase
from controller.safety.view import Phase
from controller.session.commands import Role, Verb
from controller.step import Command
from controller.step.obey import obey
from tests.controller.bedside import LIMITS, Story, in_phase

SPEEDS = (None, -1.0, 0.0, 0.1, 0.2, 0.4, 2.0, math.inf, -math.inf, math.nan)
PROGRAM = Program("quick", "Quick", (ProgramPhase(60.0, 0.4),))
CAUTIOUS = settings(max_examples=60, deadline=None)

asked = st.builds(
    Command,
    st.just("n"),
    st.sampled_from(Verb),
    st.sampled_from([Role.NETWORK, Role.ANYONE]),
    st.sampled_from([FREE_WALK, PROGRAM]),
    st.sampled_from(SPEEDS),
)
commands = st.lists(st.tuples(asked, st.integers(1, 20)), min_size=1, max_size=12)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.WALKING])
@given(alphabet=commands)
@CAUTIOUS
def test_no_word_of_the_network_leads_to_walking(
    phase: Phase, alphabet: list[tuple[Command, int]]
) -> None:
    story = in_phase(phase)
    for command, turns in alphabet:
        story.turn(command)
        for _ in range(turns):
            story.turn()
            assert story.phase is not Phase.WALKING


@given(alphabet=commands)
@CAUTIOUS
def test_no_word_of_the_network_raises_a_set_point(alphabet: list[tuple[Command, int]]) -> None:
    told, untold = Story().walking(4.0), Story().walking(4.0)
    for command, turns in alphabet:
        ceiling_mps = told.state.ceiling_mps
        told.turn(command)
        untold.turn()
        for _ in range(turns):
            told.turn()
            untold.turn()
        assert told.set_point_mps <= untold.set_point_mps + 1e-12
        assert told.state.ceiling_mps <= ceiling_mps


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("speed_mps", SPEEDS, ids=str)
def test_every_single_word_in_every_phase(
    phase: Phase, verb: Verb, speed_mps: float | None
) -> None:
    story = in_phase(phase)
    before = story.state
    command = Command("1", verb, Role.NETWORK, PROGRAM, speed_mps)
    after, answer = obey(before, command, story.view)
    assert after.phase is before.phase or after.phase in (Phase.SLOWING, Phase.STOPPING)
    assert after.ceiling_mps <= before.ceiling_mps
    assert after.confirmed_at_s == before.confirmed_at_s
    assert answer.accepted or after is before


def test_a_pause_ends_a_walk_without_a_latch() -> None:
    story = Story().walking()
    assert story.ask(Verb.PAUSE, Role.NETWORK).accepted
    assert story.phase is Phase.SLOWING
    story.wait(10.0)
    assert (story.phase, story.cause) == (Phase.IDLE, None)
    assert story.state.ended == "The session was paused."


def test_a_pause_during_a_controlled_stop_leaves_its_cause() -> None:
    story = in_phase(Phase.SLOWING)
    cause = story.cause
    assert story.ask(Verb.PAUSE, Role.NETWORK).accepted
    assert story.cause == cause


def to(story: Story, verb: Verb, speed_mps: float, role: Role = Role.SUPERVISOR) -> str:
    return story.turn(Command("1", verb, role, FREE_WALK, speed_mps)).answers[0].reason


def test_lower_leads_to_the_speed_that_is_named() -> None:
    story = Story().walking()
    assert to(story, Verb.SLOWER, 0.17, Role.NETWORK) == ""
    assert story.state.ceiling_mps == 0.17
    assert to(story, Verb.SLOWER, 0.18, Role.NETWORK) == "That is not slower than now."
    assert "lowest speed" in to(story, Verb.SLOWER, 0.1, Role.NETWORK)


def test_faster_leads_to_the_speed_that_is_named_within_the_limits_of_a_minute() -> None:
    story = Story().walking()
    now_mps = story.state.ceiling_mps
    assert to(story, Verb.FASTER, now_mps) == "That is not faster than now."
    assert to(story, Verb.FASTER, math.nan) == "That is not faster than now."
    assert to(story, Verb.FASTER, LIMITS.cap_mps + 0.01) == "That is over the cap."
    too_much_mps = now_mps + LIMITS.rise_per_minute_mps + 0.01
    assert to(story, Verb.FASTER, too_much_mps) == "The speed has risen enough for this minute."
    assert to(story, Verb.FASTER, now_mps + LIMITS.rise_per_minute_mps) == ""
    assert story.state.ceiling_mps == pytest.approx(now_mps + LIMITS.rise_per_minute_mps)
    assert story.ask(Verb.FASTER).reason == "The speed has risen enough for this minute."

"""A turn never raises: not for any evidence, any command, or a clock that goes anywhere."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.programs.program import Kind, Program, ProgramPhase
from controller.safety.evidence import Evidence
from controller.safety.limits import FLOOR, HARD, Limits
from controller.safety.mark import Mark
from controller.safety.told import Scale, Symptom, Told
from controller.safety.view import Phase
from controller.session.commands import Role, Verb
from controller.step import Command, State, step
from controller.telemetry import snapshot
from protocols.belt import BeltReport, Control, InclineGrid, Level, SpeedGrid
from protocols.grip import GripFrame, GripReport
from tests.controller.bedside import NOW_S, in_phase

WILD = (math.nan, math.inf, -math.inf, 0.0, -1.0, 1e308, -1e308, 5e-324)
figures = st.one_of(st.none(), st.sampled_from(WILD), st.floats(NOW_S - 10, NOW_S + 10))
times = st.one_of(st.sampled_from(WILD), st.floats(-1e6, 1e6), st.floats(NOW_S, NOW_S + 1))
flags = st.booleans()
grids = st.builds(
    SpeedGrid,
    minimum=st.integers(0, 65535),
    maximum=st.integers(0, 65535),
    increment=st.integers(1, 65535),
    units_per_mps=st.sampled_from((1.0, 360.0, 22.369)),
)
lifts = st.builds(
    InclineGrid,
    minimum=st.integers(-300, 300),
    maximum=st.integers(-300, 300),
    increment=st.integers(1, 100),
    units_per_pct=st.sampled_from((1.0, 10.0)),
)
belts = st.builds(
    BeltReport,
    linked=flags,
    repeats=st.integers(0, 5),
    lowered_mps=times,
    control=st.sampled_from(Control),
    grid=st.none() | grids,
    **dict.fromkeys(
        (
            "speed_mps", "reported_at_s", "rest_since_s", "safety_key_at_s", "console_stop_at_s",
            "foreign_at_s", "write_failed_at_s", "inclination_pct", "changed_at_s", "lowered_at_s",
            "unanswered_since_s", "elapsed_s", "garbled_at_s",
        ),
        figures,
    ),
    inclines=st.none() | lifts,
)  # fmt: skip
frames = st.builds(
    GripFrame,
    left_held=flags,
    right_held=flags,
    left_force_n=figures,
    right_force_n=figures,
    tether=flags,
    fall=flags,
    battery_pct=st.none() | st.integers(-5, 300),
)
grips = st.builds(
    GripReport,
    rejected=st.integers(0, 9),
    frame=frames,
    received_at_s=figures,
    advanced_at_s=figures,
)
anything = st.builds(
    Evidence,
    belt=belts,
    grip=grips,
    guard_seen_at_s=figures,
    console_seen_at_s=figures,
    journal_ok=flags,
    awake_since_s=figures,
    kept=st.none() | st.builds(Mark, flags),
    commissioned=flags,
    relay_ok=flags,
    witness_mps=figures,
    witness_at_s=figures,
    witness_due=flags,
    heart_rate_bpm=st.none() | st.integers(-5, 300),
    heart_rate_at_s=figures,
)
phases = st.builds(ProgramPhase, duration_s=times, speed_mps=times, incline_pct=times)
programs = st.builds(
    Program,
    id=st.just("p"),
    title=st.just("P"),
    phases=st.lists(phases, max_size=3).map(tuple),
    kind=st.sampled_from(Kind),
)
whole = st.none() | st.integers(-3, 300)
reports = st.builds(
    Told,
    pain_nprs=whole,
    effort=whole,
    effort_scale=st.none() | st.sampled_from(Scale),
    symptom=st.none() | st.sampled_from(Symptom),
)
commands = st.lists(
    st.builds(
        Command,
        id=st.just(""),
        verb=st.sampled_from(Verb),
        role=st.sampled_from(Role),
        program=programs,
        told=st.none() | reports,
        pain_before=whole,
        heart_rate_limit_bpm=whole,
    ),
    max_size=3,
).map(tuple)


def state_in(phase: Phase | None) -> State:
    """One that has just come to this phase; None is the very first."""
    return State() if phase is None else in_phase(phase).state


starts = (None, *Phase)
limits = st.sampled_from((Limits(), HARD, FLOOR))
turns = st.lists(st.tuples(anything, commands, times), min_size=1, max_size=6)
often = settings(max_examples=400, deadline=None, derandomize=True, database=None)


@often
@given(start=st.sampled_from(starts), limits=limits, turns=turns)
def test_a_turn_always_decides(start: Phase | None, limits: Limits, turns: Any) -> None:
    now = state_in(start)
    for evidence, asked, now_s in turns:
        now, decision = step(now, evidence, asked, limits, now_s)
        assert len(decision.answers) == len(asked)
        assert 0 <= decision.order.speed_mps <= limits.cap_mps
        assert decision.order.level in Level
        assert not math.isnan(decision.wake_at_s)
        if decision.order.level is Level.RUN:
            assert now.phase in (Phase.WALKING, Phase.SLOWING)
        else:
            assert decision.order.speed_mps == 0


@often
@given(evidence=anything, now_s=times)
def test_whatever_is_decided_can_be_told(evidence: Evidence, now_s: float) -> None:
    for start in starts:
        after, decision = step(state_in(start), evidence, (), Limits(), now_s)
        bound_by = {"cap_mps": "default"}
        told = snapshot(after, decision, evidence, Limits(), bound_by=bound_by, now_s=now_s)
        assert told["state"] == after.phase.value


@pytest.mark.parametrize("phase", [Phase.ARMED, Phase.WALKING, Phase.SLOWING])
@pytest.mark.parametrize("now_s", [math.nan, math.inf, -math.inf, 0.0, -1e9, 1e12])
def test_a_clock_that_jumps_stops_the_belt(phase: Phase, now_s: float) -> None:
    story = in_phase(phase)
    state, decision = step(story.state, story.evidence, (), story.limits, now_s)
    assert decision.order.level is Level.STOP
    assert state.phase is Phase.STOPPING


@pytest.mark.parametrize("later_s", [-1.0, -0.06, -1e-6])
def test_a_clock_that_goes_back_never_speeds_the_belt_up(later_s: float) -> None:
    story = in_phase(Phase.WALKING)
    before_mps = story.set_point_mps
    evidence = story.evidence
    _, decision = step(story.state, evidence, (), story.limits, story.now_s + later_s)
    assert decision.order.speed_mps <= before_mps

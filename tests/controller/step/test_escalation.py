"""A stop that takes too long."""

from dataclasses import replace

import pytest

from controller.safety.view import Phase
from controller.step.escalation import escalates
from tests.controller.bedside import LIMITS, NOW_S, in_phase


@pytest.mark.parametrize(
    ("speed_mps", "patience_s"), [(0.0, 1.3), (0.2, 2.1), (0.44, 3.0), (0.89, 3.0)]
)
def test_a_stop_that_cannot_be_verified_is_escalated(speed_mps: float, patience_s: float) -> None:
    story = in_phase(Phase.STOPPING)
    story.state = replace(story.state, stop_speed_mps=speed_mps, since_s=NOW_S)
    story.belt.update(speed_mps=0.2, rest_since_s=None)
    story.now_s = NOW_S + patience_s - 0.01
    assert not escalates(story.state, story.evidence, LIMITS, story.now_s)
    story.now_s = NOW_S + patience_s + 0.01
    assert escalates(story.state, story.evidence, LIMITS, story.now_s)
    story.belt.update(speed_mps=0.0, rest_since_s=story.now_s - 0.1)
    assert not escalates(story.state, story.evidence, LIMITS, story.now_s)


def test_a_machine_that_was_measured_to_stop_sooner_is_given_less_time() -> None:
    story = in_phase(Phase.STOPPING)
    story.state = replace(story.state, stop_speed_mps=0.44, since_s=NOW_S)
    story.belt.update(speed_mps=0.2, rest_since_s=None)
    story.now_s = NOW_S + 2.0
    assert not escalates(story.state, story.evidence, LIMITS, story.now_s)
    measured = replace(LIMITS, escalate_s=1.8)
    assert escalates(story.state, story.evidence, measured, story.now_s)


@pytest.mark.parametrize(("rested_s", "escalated"), [(0.0, True), (0.001, False)])
def test_rest_ends_the_waiting_as_soon_as_it_is_reported_twice(
    rested_s: float, escalated: bool
) -> None:
    story = in_phase(Phase.STOPPING)
    story.state = replace(story.state, stop_speed_mps=0.89, since_s=NOW_S)
    story.now_s = NOW_S + 10.0
    story.belt.update(speed_mps=0.0, rest_since_s=story.now_s - rested_s)
    assert escalates(story.state, story.evidence, LIMITS, story.now_s) is escalated


@pytest.mark.parametrize(("witness_mps", "escalated"), [(0.2, False), (0.21, True)])
def test_a_rest_that_the_belt_s_own_sensor_denies_is_none(
    witness_mps: float, escalated: bool
) -> None:
    story = in_phase(Phase.STOPPING)
    story.state = replace(story.state, stop_speed_mps=0.89, since_s=NOW_S)
    story.now_s = NOW_S + 10.0
    story.belt.update(speed_mps=0.0, rest_since_s=NOW_S)
    story.other.update(witness_mps=witness_mps, witness_at_s=story.now_s)
    assert escalates(story.state, story.evidence, LIMITS, story.now_s) is escalated


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.STOPPING])
def test_only_a_stop_is_escalated(phase: Phase) -> None:
    story = in_phase(phase)
    story.belt.update(speed_mps=0.2, rest_since_s=None)
    assert not escalates(story.state, story.evidence, LIMITS, story.now_s + 60.0)


def test_the_whole_time_is_waited_for() -> None:
    story = in_phase(Phase.STOPPING)
    story.state = replace(story.state, stop_speed_mps=0.89, since_s=0.0)
    story.belt.update(speed_mps=0.2, rest_since_s=None)
    assert not escalates(story.state, story.evidence, LIMITS, LIMITS.escalate_s)
    assert escalates(story.state, story.evidence, LIMITS, LIMITS.escalate_s + 1e-6)


def test_a_clock_before_the_rest_that_was_reported_proves_no_rest() -> None:
    story = in_phase(Phase.STOPPING)
    story.state = replace(story.state, stop_speed_mps=0.89, since_s=NOW_S - 10.0)
    story.belt.update(speed_mps=0.0, rest_since_s=NOW_S + 1.0)
    assert escalates(story.state, story.evidence, LIMITS, NOW_S)

"""Every scenario that comes with Retrotread, played on the whole stack."""

import pytest

from simulators.scenario import Scenario, library, parse
from tests.safety.stack.player import play


@pytest.mark.parametrize("scenario", library(), ids=lambda scenario: scenario.name)
def test_the_scenario_comes_true(scenario: Scenario) -> None:
    assert play(scenario).unmet == ()


def test_the_same_scenario_comes_true_on_other_seeds() -> None:
    told = next(each for each in library() if each.name == "release_at_steady_speed")
    played = [play(told, seed) for seed in range(100, 106)]
    assert [each.unmet for each in played] == [()] * 6
    assert len({each.digest for each in played}) == 6


WRONG = {
    "starts = false": "starts",
    'cause = "fall"': "cause",
    'ends = "idle"': "ends",
    "rest = false": "rest",
    "pull_key = true": "pull_key",
    "stop_within_s = 0.001": "stop_within_s",
    "rest_within_s = 0.01": "rest_within_s",
    "peak_at_most_mps = 0.1": "peak_at_most_mps",
    "peak_at_least_mps = 0.9": "peak_at_least_mps",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_come_true_is_said(wrong: str) -> None:
    """One short walk with one wrong expectation each."""
    told = parse(
        'title = "Stop"\nstory = "Stop."\nseed = 1\nwatch_s = 9.0\n'
        f'[[events]]\nat_s = 6.0\nsupervisor = "stop"\n[expect]\n{wrong}\n'
    )
    (sentence,) = play(told).unmet
    assert sentence.startswith(f"expected {WRONG[wrong]} ")

"""What the words for phases and actions mean."""

from controller.safety.view import QUIET, Action, Phase


def test_nothing_may_move_before_arming_and_after_rest_alone() -> None:
    assert {Phase.IDLE, Phase.LATCHED} == QUIET


def test_actions_grow_more_severe_from_a_warning_on() -> None:
    named = ["WARN", "HOLD", "SLOW", "CONTROLLED", "PROTECTIVE"]
    assert [Action(level).name for level in range(5)] == named

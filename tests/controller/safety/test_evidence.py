"""Absence is a fault: what was never heard, or not lately, counts as not there."""

import math

import pytest

from controller.safety.evidence import Evidence, Hands, age_s, grip_fresh, hands
from protocols.belt import BeltReport
from protocols.grip import GripFrame, GripReport
from tests.controller.bedside import NOW_S, changed, healthy


def test_default_evidence_knows_of_nothing() -> None:
    nothing = Evidence()
    assert nothing.belt == BeltReport()
    assert nothing.grip == GripReport()
    assert not nothing.journal_ok
    assert not nothing.relay_ok
    assert not nothing.commissioned
    assert not nothing.witness_due
    assert hands(nothing, 0.25, NOW_S) == Hands()


@pytest.mark.parametrize("seen_at_s", [None, NOW_S + 1e-9, math.inf, math.nan])
def test_never_and_not_yet_and_no_time_at_all_are_infinitely_long_ago(
    seen_at_s: float | None,
) -> None:
    assert age_s(seen_at_s, NOW_S) == math.inf


def test_an_age_is_the_time_since_a_sighting() -> None:
    assert age_s(NOW_S, NOW_S) == 0
    assert age_s(NOW_S - 2, NOW_S) == 2
    assert age_s(NOW_S, math.nan) == math.inf


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("right", [True, False])
def test_a_fresh_frame_vouches_for_each_hand(left: bool, right: bool) -> None:
    found = hands(healthy(left=left, right=right), 0.25, NOW_S)
    assert found == Hands(left, right)
    assert found.any is (left or right)
    assert found.both is (left and right)


def test_silence_is_release() -> None:
    assert hands(healthy(), 0.25, NOW_S + 0.24).both
    assert not hands(healthy(), 0.25, NOW_S + 0.26).any


def test_a_sensor_that_repeats_itself_is_silent() -> None:
    """Frames keep coming, the sequence number does not move (F24)."""
    frozen = changed(healthy(), other={"received_at_s": NOW_S, "advanced_at_s": NOW_S - 1})
    assert not grip_fresh(frozen, 0.25, NOW_S)


def test_one_frame_alone_vouches_for_nothing() -> None:
    first = GripReport(GripFrame(left_held=True, right_held=True), received_at_s=NOW_S)
    assert not hands(Evidence(grip=first), 0.25, NOW_S).any


def test_at_its_limit_a_frame_is_still_fresh() -> None:
    heard = changed(healthy(), other={"advanced_at_s": NOW_S - 0.25})
    assert grip_fresh(heard, 0.25, NOW_S)
    assert not grip_fresh(heard, 0.25, NOW_S + 0.001)

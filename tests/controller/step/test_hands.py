"""Hands on the rails, turn by turn: what a release, a regrip and one hand alone do."""

import math

import pytest

from controller.programs.program import Program, ProgramPhase
from controller.safety.view import Phase
from protocols.belt import Level
from protocols.grip import GripReport
from tests.controller.bedside import LIMITS, QUICK, Story, in_phase

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase


def test_the_turn_wakes_exactly_when_the_grace_of_a_release_ends() -> None:
    story = Story().walking(20.0, QUICK)
    assert story.decision.wake_at_s == math.inf
    story.release().turn(after_s=0.01)
    assert story.decision.wake_at_s == pytest.approx(story.now_s + 0.3)
    story.turn(after_s=0.2)
    assert story.phase is WALKING
    story.turn(after_s=0.11)
    assert story.phase is STOPPING
    assert story.decision.wake_at_s == math.inf


def test_a_regrip_within_the_grace_walks_on_and_holds_the_speed_for_a_second() -> None:
    story = Story().walking(5.5, QUICK)
    story.release().wait(0.2)
    held_mps = story.hold().turn().order.speed_mps
    story.wait(0.9)
    assert story.set_point_mps == held_mps
    assert story.decision.warnings == ("No increase until both hands have held for a second.",)
    story.wait(1.0)
    assert story.set_point_mps > held_mps


@pytest.mark.parametrize("off_s", [0.02, 0.05, 0.1])
def test_hands_that_flap_stop_the_belt(off_s: float) -> None:
    story = Story().walking(5.0)
    for flap in range(400):
        story.hold() if flap % 2 else story.release()
        story.turn(after_s=off_s)
    assert story.cause == "grip_released"


def test_a_silent_grip_unit_stops_the_belt_within_half_a_second() -> None:
    story = in_phase(Phase.WALKING)
    story.other["advanced_at_s"] = story.now_s
    story.wait(0.5)
    assert story.phase is WALKING
    story.turn()
    assert (story.phase, story.cause) == (STOPPING, "grip_silent")


def test_one_hand_is_prompted_then_slowed_then_stopped() -> None:
    story = Story().walking(20.0, QUICK)
    story.hold(left=False).wait(1.1)
    assert "Only one hand is on the rails." in story.decision.warnings
    story.wait(1.8)
    assert story.set_point_mps == LIMITS.cap_mps
    story.wait(2.0)
    assert story.set_point_mps == pytest.approx(0.8 * LIMITS.cap_mps)
    story.wait(1.2)
    assert (story.phase, story.cause) == (SLOWING, "one_hand")
    slowing = [story.turn().order.speed_mps for _ in range(10)]
    assert slowing == sorted(slowing, reverse=True)
    story.wait(6.0)
    assert story.phase is LATCHED


def test_after_one_hand_the_belt_climbs_again_when_both_have_held_for_a_second() -> None:
    story = Story().walking(20.0, QUICK)
    story.hold(left=False).wait(4.0)
    slowed_mps = story.set_point_mps
    story.hold().wait(0.9)
    assert story.set_point_mps <= slowed_mps
    story.wait(10.0)
    assert story.set_point_mps == LIMITS.cap_mps


def test_a_walk_slowed_below_the_lowest_speed_ends_and_does_not_start_again_by_itself() -> None:
    """A fifth off 0.15 m/s is less than the machine can run: it stops, and stays stopped."""
    crawl = Program("crawl", "Crawl", (ProgramPhase(60.0, 0.15),))
    story = Story().walking(10.0, crawl)
    story.hold(left=False).wait(3.5)
    story.hold().wait(30.0)
    assert (story.phase, story.cause) == (LATCHED, "too_slow")
    assert story.belt_mps == 0


def test_without_the_grip_unit_no_hand_is_known() -> None:
    story = in_phase(Phase.WALKING)
    story.other["grip"] = GripReport()
    assert story.turn().order.level is Level.STOP
    assert not story.state.monitors.hands.any

"""What must be true before arming and starting, each alone."""

from dataclasses import replace
from typing import Any

import pytest

from controller.safety.evidence import Hands
from controller.safety.grip_watch import GripWatch
from controller.safety.mark import CLEAN
from controller.safety.told import Care
from controller.safety.view import Phase
from controller.session.requirements import ARM, START, missing
from protocols.belt import Control
from tests.controller.bedside import GRID, LIMITS, NOW_S, look

REST = "The belt must be at rest for 2 seconds."
SEEN = "The belt's own speed sensor sees it run: stop the belt, or check the sensor."
RUNS: dict[str, Any] = {"other": {"witness_mps": 0.21, "witness_at_s": NOW_S - 2.5}}
REACH = "The treadmill has not said that it can run at or below the cap."
LATE = "The grip unit's way over the network takes too long or is not known; it may take 150 ms."
COMMISSION = (
    "This treadmill may only be watched: run retrotread commission with nobody on its belt."
)
RECORD = "The session cannot be recorded."
HEADS = "The treadmill has not confirmed the direction of its belt yet."
HOLD = "Both hands must hold the rails."

ARM_CASES: list[tuple[str, dict[str, Any]]] = [
    ("The treadmill is not connected.", {"belt": {"linked": False}}),
    (COMMISSION, {"other": {"commissioned": False}}),
    (REACH, {"belt": {"grid": None}}),
    (REACH, {"belt": {"grid": replace(GRID, minimum=0)}}),
    (
        REACH,
        {"belt": {"grid": replace(GRID, minimum=75)}, "limits": replace(LIMITS, cap_mps=0.2)},
    ),
    (
        "The treadmill's lowest speed is too fast to start at.",
        {"belt": {"grid": replace(GRID, minimum=90)}},
    ),
    ("This treadmill cannot run its belt in reverse.", {"reverse": True}),
    (REST, {"belt": {"rest_since_s": NOW_S - 1.9}}),
    (REST, {"belt": {"rest_since_s": None, "speed_mps": 0.14}}),
    (REST, {"belt": {"reported_at_s": NOW_S - 2.6}}),
    (SEEN, RUNS),
    ("The grip unit is not heard.", {"other": {"advanced_at_s": NOW_S - 0.6}}),
    (LATE, {"other": {"latency_s": None}}),
    (LATE, {"other": {"latency_s": 0.151}}),
    (LATE, {"other": {"latency_s": -0.1}}),
    (
        "The grip unit contradicts itself: force and contact do not agree.",
        {"monitors": {"grip": GripWatch(disagrees_since_s=NOW_S - 0.4)}},
    ),
    (
        "The grip unit's lines arrive damaged.",
        {"monitors": {"grip": GripWatch(3, (NOW_S - 0.9, NOW_S, NOW_S))}},
    ),
    (
        "The grip unit's battery is low: charge it, or put in a new one.",
        {"frame": {"battery_pct": 19}},
    ),
    ("The pull-cord is not clipped on.", {"frame": {"tether": False}}),
    ("The fall sensor reports a fall.", {"frame": {"fall": True}}),
    (
        "Let go of both rails once, then hold them, so that the sensors prove themselves.",
        {"monitors": {"proven": False}},
    ),
    (HOLD, {"monitors": {"hands": Hands(left=True)}}),
    ("No supervisor is signed in.", {"other": {"console_seen_at_s": NOW_S - 5.1}}),
    ("The guard process is not heard.", {"other": {"guard_seen_at_s": NOW_S - 0.6}}),
    (RECORD, {"other": {"journal_ok": False}}),
    (
        "The safety relay is open, or does not answer. Check its cable.",
        {"other": {"relay_ok": False}},
    ),
    (RECORD, {"other": {"kept": None}}),
    (
        "Whether this computer sleeps cannot be told: its clocks do not say.",
        {"other": {"awake_since_s": None}},
    ),
]
START_CASES: list[tuple[str, dict[str, Any]]] = [
    (SEEN, RUNS),
    ("Both hands must hold the rails for a second.", {"monitors": {"both_since_s": NOW_S - 0.9}}),
    ("Both hands must hold the rails for a second.", {"monitors": {"both_since_s": None}}),
    (REST, {"belt": {"rest_since_s": NOW_S - 1.9}}),
    (HEADS, {"belt": {"reverse": True}}),
    (HEADS, {"belt": {"reverse": False}, "reverse": True}),
    (
        "The treadmill refuses to be controlled. Close other programs that use it.",
        {"belt": {"control": Control.REFUSED}},
    ),
    (RECORD, {"other": {"journal_ok": False}}),
    (
        "The heart rate is not heard, and this walk has a limit for it. Put the strap on.",
        {"care": Care(heart_rate_limit_bpm=120)},
    ),
    (
        "The heart rate is above its limit.",
        {
            "care": Care(heart_rate_limit_bpm=120),
            "other": {"heart_rate_bpm": 121, "heart_rate_at_s": NOW_S},
        },
    ),
    (
        "That the belt may move is not on the disk yet. Try again in a moment.",
        {"other": {"kept": CLEAN}},
    ),
]


def test_nothing_is_missing_when_all_is_well() -> None:
    assert missing(ARM, look(Phase.IDLE)) == ()
    assert missing(START, look(Phase.ARMED)) == ()


@pytest.mark.parametrize(("sentence", "changes"), ARM_CASES)
def test_each_thing_alone_forbids_arming(sentence: str, changes: dict[str, Any]) -> None:
    assert missing(ARM, look(Phase.IDLE, **changes)) == (sentence,)


@pytest.mark.parametrize(("sentence", "changes"), START_CASES)
def test_each_thing_alone_forbids_a_start(sentence: str, changes: dict[str, Any]) -> None:
    assert missing(START, look(Phase.ARMED, **changes)) == (sentence,)


@pytest.mark.parametrize("units", [GRID.minimum, 80])
def test_a_lowest_speed_at_its_bounds_will_do(units: int) -> None:
    grid = replace(GRID, minimum=units)
    bound_mps = grid.mps(units)
    limits = replace(LIMITS, start_mps=bound_mps, cap_mps=bound_mps)
    assert missing(ARM, look(Phase.IDLE, belt={"grid": grid}, limits=limits)) == ()


def test_what_is_just_enough_will_do() -> None:
    rest, held = {"rest_since_s": NOW_S - 2.0}, {"both_since_s": NOW_S - 1.0}
    assert missing(ARM, look(Phase.IDLE, belt=rest, other={"latency_s": 0.15})) == ()
    assert missing(START, look(Phase.ARMED, belt=rest, monitors=held)) == ()


def test_every_requirement_is_tried_here() -> None:
    assert {sentence for _, sentence in ARM} == {sentence for sentence, _ in ARM_CASES}
    assert {sentence for _, sentence in START} == {sentence for sentence, _ in START_CASES}


def test_a_machine_that_has_not_answered_may_be_started() -> None:
    """Some never answer Request Control, yet obey."""
    assert missing(START, look(Phase.ARMED, belt={"control": Control.NONE})) == ()

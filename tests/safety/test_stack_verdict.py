"""The verdict can fail: each claim, broken once in front of it, is found, and alone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.safety.stack.verdict import Truth, Verdict

STOP, START = b"\x08\x01", b"\x07"
SLICE_S = 0.02


def speed(units: int) -> bytes:
    return b"\x02" + units.to_bytes(2, "little")


class Run:
    """A walk by the book, told to a verdict slice by slice."""

    def __init__(self) -> None:
        self.verdict = Verdict(cap_mps=0.447, ramp_mps2=0.05)
        self.now_s = 0.0
        self.hands_on = True
        self.takes_since_s = 0.0
        self.belt_mps = 0.0
        self.phase, self.cause, self.pull_key = "idle", None, False

    def passes(self, seconds: float) -> "Run":
        for _ in range(round(seconds / SLICE_S)):
            self.now_s += SLICE_S
            truth = Truth(self.now_s, self.belt_mps, self.hands_on, self.takes_since_s, self.now_s)
            self.verdict.saw(truth)
        return self

    def told(self, phase: str, cause: str | None = None, *, pull_key: bool = False) -> "Run":
        self.verdict.heard({"state": phase, "cause": cause, "pull_key": pull_key})
        return self

    def writes(self, *requests: bytes) -> "Run":
        for octets in requests:
            self.verdict.wrote(octets, self.now_s)
        return self

    def walks(self) -> "Run":
        self.passes(1.0)
        for verb in ("arm", "start"):
            self.verdict.answered(verb, True)
        self.told("walking").writes(b"\x00", START, speed(50)).passes(1.0)
        self.belt_mps = 0.13
        return self.passes(1.0)

    def stops(self) -> "Run":
        """Stop, repeated until the belt rests a second later."""
        self.told("stopping", "fall")
        for _ in range(5):
            self.writes(STOP).passes(0.2)
        self.belt_mps = 0.0
        return self.passes(1.2).told("latched", "fall")


def _no_stop_after_a_release(run: Run) -> None:
    run.hands_on = False
    run.passes(0.7)


def _belt_that_is_not_told_again(run: Run) -> None:
    run.told("stopping", "fall").writes(STOP).passes(0.4)


def _silence_about_a_belt_that_runs_on(run: Run) -> None:
    run.told("stopping", "fall")
    for _ in range(20):
        run.writes(STOP).passes(0.2)


def _belt_far_too_fast(run: Run) -> None:
    run.belt_mps = 0.8
    run.passes(5.0)


def _motion_that_nobody_asked_for(run: Run) -> None:
    run.stops().belt_mps = 0.2
    run.passes(2.0)


def incline(tenths: int) -> bytes:
    return b"\x03" + tenths.to_bytes(2, "little", signed=True)


def _arms_without_a_reset(run: Run) -> None:
    run.stops().verdict.answered("arm", True)


def _starts_without_arming(run: Run) -> None:
    run.stops().verdict.answered("reset", True)
    run.verdict.answered("start", True)


BREACHES: dict[str, Callable[[Run], Any]] = {
    "above the cap": lambda run: run.passes(60.0).writes(speed(170)),
    "off the grid": lambda run: run.passes(60.0).writes(speed(55)),
    "was allowed": lambda run: run.writes(speed(80)),
    "a malformed request": lambda run: run.writes(speed(50) + b"\x00"),
    "an incline of 6.0 %": lambda run: run.writes(incline(60)),
    "an incline of 2.0 % after one of 0.0 %": lambda run: run.writes(incline(20)),
    "an incline of 1.5 % after one of 1.0 %": lambda run: run.writes(incline(10), incline(15)),
    "an incline of -0.5 %": lambda run: run.writes(incline(-5)),
    "an unknown request": lambda run: run.writes(b"\x01"),
    "a Stop that is no Stop": lambda run: run.writes(b"\x08\x02"),
    "Start was written to a belt that moves": lambda run: run.passes(2.0).writes(START),
    "no Stop 0.": _no_stop_after_a_release,
    "was not told to stop": _belt_that_is_not_told_again,
    "nobody was told to pull the key": _silence_about_a_belt_that_runs_on,
    "was not stopped": _belt_far_too_fast,
    "while control says latched": _motion_that_nobody_asked_for,
    "armed without a reset": _arms_without_a_reset,
    "started without arming": _starts_without_arming,
    "a Stop was refused": lambda run: run.verdict.answered("stop", False),
    "is not latched but idle": lambda run: run.stops().told("idle", "fall"),
    "a stop led to walking": lambda run: run.told("stopping").told("walking"),
    "the latch went without a reset": lambda run: run.stops().told("idle"),
    "without arm and start after": lambda run: run.writes(STOP, speed(50)),
}


def test_a_walk_by_the_book_breaks_nothing() -> None:
    assert Run().walks().stops().verdict.found == []


@pytest.mark.parametrize("claim", BREACHES)
def test_a_broken_claim_is_found(claim: str) -> None:
    run = Run().walks()
    BREACHES[claim](run)
    assert any(claim in sentence for sentence in run.verdict.found), run.verdict.found
    assert len(run.verdict.found) <= 2


def test_a_set_point_after_a_latched_stop_breaks_two_claims() -> None:
    run = Run().walks().stops().writes(speed(50))
    assert [sentence.partition(": ")[2] for sentence in run.verdict.found] == [
        "motion was asked for without arm and start after the last stop",
        "motion was asked for without a reset",
    ]


def test_what_nobody_can_know_is_not_asked() -> None:
    run = Run().walks()
    run.verdict.grip_blind = run.verdict.belt_blind = True
    _no_stop_after_a_release(run)
    _belt_far_too_fast(run)
    assert run.verdict.found == []


def test_a_link_that_takes_no_write_excuses_silence_on_the_wire_but_not_towards_people() -> None:
    run = Run().walks()
    run.takes_since_s = float("inf")
    run.hands_on = False
    run.passes(1.0).told("stopping", "link_lost").passes(4.0)
    assert [sentence.partition(": ")[2] for sentence in run.verdict.found] == [
        "the belt does not stop and nobody was told to pull the key"
    ]

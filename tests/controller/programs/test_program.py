"""Programs as values, and the follower that walks them phase by phase."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.programs.follower import Place, place
from controller.programs.program import (
    FREE_WALK,
    Part,
    Program,
    ProgramError,
    ProgramPhase,
    resolved,
)
from protocols.units import mps_from_mph

TWO = Program(
    "two",
    "Two phases",
    (ProgramPhase(60.0, mps_from_mph(0.5)), ProgramPhase(30.0, mps_from_mph(1.0))),
)
BY_BASE = Program(
    "by-base",
    "By base",
    (ProgramPhase(60.0, 0.0, base_share=0.5), ProgramPhase(60.0, 0.3, base_share=None)),
    cap_mps=0.4,
)


def test_a_free_walk_has_no_phases_and_no_end() -> None:
    assert FREE_WALK.duration_s == math.inf
    assert place(FREE_WALK, 1e9) == Place(0, math.inf, math.inf)


@pytest.mark.parametrize(
    ("done_s", "here"),
    [
        (0.0, Place(0, TWO.phases[0].speed_mps, 60.0)),
        (59.0, Place(0, TWO.phases[0].speed_mps, 1.0)),
        (60.0, Place(1, TWO.phases[1].speed_mps, 30.0)),
        (89.0, Place(1, TWO.phases[1].speed_mps, 1.0)),
        (90.0, None),
        (1e9, None),
    ],
)
def test_the_follower_finds_its_place(done_s: float, here: Place | None) -> None:
    assert place(TWO, done_s) == here


def test_a_place_asks_for_the_incline_of_its_phase() -> None:
    hill = Program("hill", "Hill", (ProgramPhase(60.0, 0.3), ProgramPhase(60.0, 0.3, 1.0)))
    there = [place(hill, done_s) for done_s in (0.0, 60.0)]
    assert [here.incline_pct for here in there if here] == [0.0, 1.0]


def test_a_place_says_whether_it_is_a_rest() -> None:
    phases = (ProgramPhase(60.0, 0.3), ProgramPhase(60.0, 0.0, part=Part.REST))
    there = [place(Program("rest", "Rest", phases), done_s) for done_s in (59.9, 60.0)]
    assert [here.rests for here in there if here] == [False, True]


@given(st.floats(0, 89.999))
def test_what_is_done_and_what_is_left_are_the_whole(done_s: float) -> None:
    here = place(TWO, done_s)
    assert here is not None
    rest_s = sum(phase.duration_s for phase in TWO.phases[here.phase + 1 :])
    assert done_s + here.left_s + rest_s == pytest.approx(90.0)


def test_a_program_that_asks_for_no_baseline_stays_as_it_is() -> None:
    assert resolved(TWO, None) is TWO
    assert resolved(FREE_WALK, 1.0) is FREE_WALK


@pytest.mark.parametrize("short_s", [0.0, 1e-9, -1e-9])
def test_sums_that_are_not_exact_begin_no_phase_anew(short_s: float) -> None:
    assert place(TWO, 60.0 - short_s) == Place(1, TWO.phases[1].speed_mps, pytest.approx(30.0))
    assert place(TWO, 90.0 - short_s) is None


@given(st.floats(0.01, 2.5))
def test_a_speed_by_the_baseline_is_its_share_up_to_the_cap_and_never_raised(mps: float) -> None:
    first, second = resolved(BY_BASE, mps).phases
    assert first.speed_mps == min(0.5 * mps, 0.4)
    assert first.base_share is None
    assert second == BY_BASE.phases[1]


def test_without_a_baseline_a_program_that_goes_by_it_is_refused() -> None:
    with pytest.raises(ProgramError, match="By base goes by the patient's measured walking speed"):
        resolved(BY_BASE, None)


@pytest.mark.parametrize("baseline_mps", [0.0, -0.4, 2.51, math.nan, math.inf])
def test_a_baseline_is_a_walking_speed(baseline_mps: float) -> None:
    with pytest.raises(ProgramError, match=r"above 0 and up to 2\.5 m/s"):
        resolved(BY_BASE, baseline_mps)
    assert resolved(BY_BASE, 2.5).phases[0].speed_mps == 0.4

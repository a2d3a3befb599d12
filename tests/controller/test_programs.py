"""Treatment plans: read from TOML, walked phase by phase."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.programs.follower import Place, place
from controller.programs.program import (
    FREE_WALK,
    Program,
    ProgramError,
    ProgramPhase,
    built_in,
    parse,
)
from protocols.units import mps_from_mph

TEXT = """
id = "two"
title = "Two phases"
[[phases]]
minutes = 1
mph = 0.5
[[phases]]
minutes = 0.5
mph = 1.0
"""
TWO = Program(
    "two",
    "Two phases",
    (ProgramPhase(60.0, mps_from_mph(0.5)), ProgramPhase(30.0, mps_from_mph(1.0))),
)


def with_phase(minutes: str, mph: str) -> str:
    return f'id = "x"\ntitle = "X"\n[[phases]]\nminutes = {minutes}\nmph = {mph}\n'


def test_a_program_is_minutes_and_miles_per_hour_outside_and_si_inside() -> None:
    assert parse(TEXT) == TWO
    assert TWO.duration_s == 90


def test_a_free_walk_has_no_phases_and_no_end() -> None:
    assert FREE_WALK.duration_s == math.inf
    assert place(FREE_WALK, 1e9) == Place(0, math.inf, math.inf)


def test_every_built_in_program_can_be_walked_by_its_id() -> None:
    programs = built_in()
    assert programs[FREE_WALK.id] is FREE_WALK
    assert "demo" in programs
    for name, program in programs.items():
        assert program.id == name
        assert program.title
        assert all(0 < phase.speed_mps <= mps_from_mph(2.0) for phase in program.phases)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'id = "x"',
        'id = "x"\ntitle = "X"\nphases = 3',
        'id = "x"\ntitle = "X"\nphases = ["walk"]',
        'id = "x"\ntitle = "X"\n[[phases]]\nminutes = 1',
        'title = "X"\n[[phases]]\nminutes = 1\nmph = 1',
    ],
)
def test_a_program_without_its_parts_is_refused(text: str) -> None:
    with pytest.raises(ProgramError, match="needs id, title and phases of minutes and mph"):
        parse(text)


def test_what_is_not_toml_is_refused() -> None:
    with pytest.raises(ProgramError, match="not TOML"):
        parse("id = ")


@pytest.mark.parametrize("minutes", ["0", "-1", "41", "nan", "inf", '"1"', "true"])
def test_a_phase_has_a_length(minutes: str) -> None:
    with pytest.raises(ProgramError, match="A phase lasts up to 40 minutes"):
        parse(with_phase(minutes, "1.0"))


@pytest.mark.parametrize("mph", ["0", "-0.5", "2.1", "30", "nan", "inf", '"1"', "true"])
def test_a_phase_has_a_speed_within_the_hard_cap(mph: str) -> None:
    with pytest.raises(ProgramError, match="walked at up to 2 mph"):
        parse(with_phase("1", mph))


def test_a_program_is_not_longer_than_the_longest_session() -> None:
    phase = "[[phases]]\nminutes = 30\nmph = 1\n"
    with pytest.raises(ProgramError, match="lasts up to 40 minutes"):
        parse('id = "x"\ntitle = "X"\n' + phase * 2)
    with pytest.raises(ProgramError, match="at least one phase"):
        parse('id = "x"\ntitle = "X"\nphases = []')


@pytest.mark.parametrize(
    ("walked_s", "here"),
    [
        (0.0, Place(0, TWO.phases[0].speed_mps, 60.0)),
        (59.0, Place(0, TWO.phases[0].speed_mps, 1.0)),
        (60.0, Place(1, TWO.phases[1].speed_mps, 30.0)),
        (89.0, Place(1, TWO.phases[1].speed_mps, 1.0)),
        (90.0, None),
        (1e9, None),
    ],
)
def test_the_follower_finds_its_place(walked_s: float, here: Place | None) -> None:
    assert place(TWO, walked_s) == here


def test_a_place_asks_for_the_incline_of_its_phase() -> None:
    hill = Program("hill", "Hill", (ProgramPhase(60.0, 0.3), ProgramPhase(60.0, 0.3, 1.0)))
    there = [place(hill, walked_s) for walked_s in (0.0, 60.0)]
    assert [here.incline_pct for here in there if here] == [0.0, 1.0]


@given(st.floats(0, 90, exclude_max=True))
def test_what_is_walked_and_what_is_left_are_the_whole(walked_s: float) -> None:
    here = place(TWO, walked_s)
    assert here is not None
    rest_s = sum(phase.duration_s for phase in TWO.phases[here.phase + 1 :])
    assert walked_s + here.left_s + rest_s == pytest.approx(90.0)

"""What a machine can do of what a program prescribes."""

from dataclasses import replace
from typing import Any

import pytest

from controller.programs.program import Kind, Part, Program, ProgramPhase
from controller.safety.view import View
from controller.step.prescribed import beyond
from protocols.belt import InclineGrid
from tests.controller.bedside import LIMITS, look

LIFT = InclineGrid(minimum=-30, maximum=100, increment=5, units_per_pct=10)
STEEP = replace(LIMITS, incline_pct=5.0)
REST = ProgramPhase(20.0, 0.0, part=Part.REST)
WALK = ProgramPhase(20.0, 0.3)
SLOW = ProgramPhase(20.0, 0.13)
NONE_TOLD = "P needs inclines that this treadmill cannot be told."
STEEPER = (
    "P inclines beyond the limit of 5 %: raise incline_pct in the settings once this treadmill's "
    "inclines are proven."
)
LEVEL = "The treadmill's deck is inclined: bring it to level at its console."
SLOWER = (
    "Phase 2 of P is walked at 0.29 mph (0.47 km/h), below this treadmill's lowest speed of "
    "0.31 mph (0.50 km/h): choose another program or a slower treadmill."
)


def program(*phases: ProgramPhase, kind: Kind = Kind.MOTOR) -> Program:
    return Program("p", "P", phases, kind)


def inclined(*inclines_pct: float) -> Program:
    return program(*(ProgramPhase(20.0, 0.3, pct) for pct in inclines_pct))


def deck(lift: InclineGrid | None = LIFT, now_pct: float | None = 0.0, **more: Any) -> View:
    return look(belt={"inclines": lift, "inclination_pct": now_pct, **more}, limits=STEEP)


@pytest.mark.parametrize(
    ("walked", "belt", "reason"),
    [
        (program(WALK, REST, WALK), {}, ""),
        (program(), {}, ""),
        (program(WALK, SLOW), {}, SLOWER),
        (program(WALK, SLOW), {"grid": None}, ""),
        (program(ProgramPhase(20.0, 0.5 / 3.6)), {}, ""),
    ],
)
def test_a_phase_below_the_lowest_speed_is_named_and_a_rest_is_none(
    walked: Program, belt: dict[str, Any], reason: str
) -> None:
    assert beyond(walked, look(belt=belt)) == reason


def test_a_belt_without_power_need_do_nothing() -> None:
    walked = program(SLOW, ProgramPhase(20.0, 0.0, 9.0), kind=Kind.BELT_OFF)
    assert beyond(walked, deck(now_pct=9.0)) == ""


@pytest.mark.parametrize(
    ("inclines_pct", "reason"),
    [
        ((0.0, 0.5, 5.0), ""),
        ((0.0, 5.1), STEEPER),
        ((0.0, -0.1), STEEPER),
        ((float("nan"),), STEEPER),
        ((0.0, 0.4), NONE_TOLD),
        ((0.4, 3.0), NONE_TOLD),
    ],
)
def test_every_incline_is_within_the_limit_and_on_the_machine_s_own_grid(
    inclines_pct: tuple[float, ...], reason: str
) -> None:
    assert beyond(inclined(*inclines_pct), deck()) == reason


@pytest.mark.parametrize(
    ("lift", "now_pct", "reason"),
    [
        (LIFT, 0.0, ""),
        (replace(LIFT, increment=10), 0.0, ""),
        (replace(LIFT, increment=11), 0.0, NONE_TOLD),
        (replace(LIFT, minimum=10, increment=10), 0.0, ""),
        (replace(LIFT, minimum=11, increment=9), 0.0, NONE_TOLD),
        (LIFT, None, NONE_TOLD),
        (None, 0.0, NONE_TOLD),
    ],
)
def test_a_deck_must_be_told_gently_and_seen(
    lift: InclineGrid | None, now_pct: float | None, reason: str
) -> None:
    assert beyond(inclined(2.0, 3.0), deck(lift, now_pct)) == reason


@pytest.mark.parametrize(
    ("walked", "lift", "now_pct", "reason"),
    [
        (program(WALK), None, 0.5, ""),
        (program(WALK), None, 0.51, LEVEL),
        (program(WALK), None, -0.5, ""),
        (program(WALK), None, -0.51, LEVEL),
        (program(WALK), LIFT, 5.5, ""),
        (program(WALK), LIFT, 5.51, LEVEL),
        (program(), None, 5.5, ""),
        (program(), None, 5.51, LEVEL),
        (program(WALK), None, None, ""),
        (program(WALK), None, float("nan"), LEVEL),
    ],
)
def test_a_deck_that_cannot_be_told_is_where_the_program_begins(
    walked: Program, lift: InclineGrid | None, now_pct: float | None, reason: str
) -> None:
    assert beyond(walked, deck(lift, now_pct)) == reason

"""The table of phases, walked exhaustively."""

import itertools
from collections.abc import Set

import pytest

from controller.safety.view import Phase
from controller.session.machine import TABLE, Move, after, allows, diagram

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase
NOWHERE = None

LEADS = {
    Move.ARM: (ARMED, *[NOWHERE] * 6),
    Move.DISARM: (NOWHERE, IDLE, *[NOWHERE] * 5),
    Move.START: (NOWHERE, WALKING, *[NOWHERE] * 5),
    Move.START_BELT_OFF: (NOWHERE, BELT_OFF, *[NOWHERE] * 5),
    Move.WIND_DOWN: (NOWHERE, STOPPING, SLOWING, SLOWING, NOWHERE, NOWHERE, STOPPING),
    Move.SLOWED: (NOWHERE, NOWHERE, NOWHERE, STOPPING, NOWHERE, NOWHERE, NOWHERE),
    Move.TRIP: (STOPPING,) * 7,
    Move.REST: (NOWHERE, NOWHERE, NOWHERE, NOWHERE, IDLE, NOWHERE, NOWHERE),
    Move.REST_LATCHED: (NOWHERE, NOWHERE, NOWHERE, NOWHERE, LATCHED, NOWHERE, NOWHERE),
    Move.REST_PLANNED: (NOWHERE, NOWHERE, NOWHERE, NOWHERE, ARMED, NOWHERE, NOWHERE),
    Move.RESET: (NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE, IDLE, NOWHERE),
}
"""Where each move leads from idle, armed, walking, slowing, stopping, latched, belt off."""
PAIRS = [
    (phase, move, target)
    for move, targets in LEADS.items()
    for phase, target in zip(Phase, targets, strict=True)
]


def reachable(start: Phase, moves: Set[Move]) -> set[Phase]:
    """All phases that any sequence of these moves leads to."""
    found, new = set[Phase](), {start}
    while new:
        found |= new
        pairs = itertools.product(new, moves)
        new = {after(phase, move) for phase, move in pairs if allows(phase, move)} - found
    return found


@pytest.mark.parametrize(("phase", "move", "target"), PAIRS, ids=str)
def test_every_move_from_every_phase(phase: Phase, move: Move, target: Phase | None) -> None:
    assert allows(phase, move) is (target is not NOWHERE)
    if target is NOWHERE:
        with pytest.raises(KeyError):
            after(phase, move)
    else:
        assert after(phase, move) is target


def test_the_table_has_nothing_else() -> None:
    assert set(LEADS) == set(Move)
    assert len(TABLE) == sum(target is not NOWHERE for _, _, target in PAIRS)


@pytest.mark.parametrize("without", [Move.ARM, Move.START])
@pytest.mark.parametrize("start", [IDLE, STOPPING, LATCHED], ids=str)
def test_nobody_walks_without_arm_and_start(start: Phase, without: Move) -> None:
    """What a program's rest left armed was armed before: see the tests of `step`."""
    assert WALKING not in reachable(start, set(Move) - {without, Move.REST_PLANNED})


@pytest.mark.parametrize("start", [IDLE, ARMED, STOPPING, LATCHED], ids=str)
def test_nobody_walks_on_after_a_rest_without_start(start: Phase) -> None:
    assert WALKING not in reachable(start, set(Move) - {Move.START})


def test_no_way_leads_from_a_belt_without_power_to_one_that_runs_but_a_new_session() -> None:
    """A rest that its program plans goes on as it began: see the tests of `step`."""
    others = set(Move) - {Move.ARM, Move.REST_PLANNED}
    assert not {WALKING, SLOWING} & reachable(BELT_OFF, others)


def test_a_latch_is_left_by_a_reset_only() -> None:
    """A stop that is latched ends in REST_LATCHED, in no other rest: see the tests of `step`."""
    others = {Move.RESET, Move.REST, Move.REST_PLANNED}
    assert reachable(LATCHED, set(Move) - others) == {LATCHED, STOPPING}


@pytest.mark.parametrize("phase", Phase)
def test_a_trip_stops_every_phase(phase: Phase) -> None:
    assert after(phase, Move.TRIP) is STOPPING


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_can_come_to_idle_again(phase: Phase) -> None:
    assert IDLE in reachable(phase, set(Move))


def test_the_diagram_shows_each_arrow_once() -> None:
    lines = diagram().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> idle"]
    arrows = {(p, m, t) for p, m, t in PAIRS if t not in (NOWHERE, p)}
    assert len(lines) == len(arrows) + 2
    for phase, move, target in arrows:
        assert f"    {phase.value} --> {target.value}: {move.value}" in lines

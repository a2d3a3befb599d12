"""The speed's road from aim to order, one step of it at a time."""

from dataclasses import replace

import pytest

from controller.programs.follower import Place
from controller.ramp import Ramp
from controller.safety.latch import Latch
from controller.safety.view import Action, Phase
from controller.step import State, drive
from protocols.belt import BeltReport, Level, SpeedGrid
from tests.controller.bedside import GRID, LIMITS, NOW_S, PROVEN, healthy, look

HERE = Place(0, 0.4, 60.0)
WALK = State(phase=Phase.WALKING, since_s=NOW_S - 10.0, ceiling_mps=0.4, ramp=Ramp(0.3))


@pytest.mark.parametrize(
    ("phase", "at_s", "ceiling_mps"),
    [
        (Phase.WALKING, NOW_S - 10.0, 0.2),
        (Phase.WALKING, NOW_S, 0.2),
        (Phase.WALKING, NOW_S - 10.1, 0.4),
        (Phase.WALKING, NOW_S + 0.1, 0.4),
        (Phase.WALKING, None, 0.4),
        (Phase.SLOWING, NOW_S - 1.0, 0.4),
    ],
)
def test_a_speed_lowered_at_the_machine_during_this_walk_is_the_ceiling(
    phase: Phase, at_s: float | None, ceiling_mps: float
) -> None:
    report = BeltReport(lowered_at_s=at_s, lowered_mps=0.2)
    state = drive.yielded(replace(WALK, phase=phase), report, NOW_S)
    assert state.ceiling_mps == ceiling_mps


@pytest.mark.parametrize("phase", [Phase.STOPPING, Phase.LATCHED, Phase.IDLE, Phase.ARMED])
def test_where_no_belt_runs_the_ramp_is_still(phase: Phase) -> None:
    state = replace(WALK, phase=phase)
    stilled = drive.driven(state, look(phase), HERE, Action.WARN, 0.05)
    assert stilled.ramp == Ramp()
    assert drive.driven(stilled, look(phase), HERE, Action.WARN, 0.05) is stilled
    order = drive.order(stilled, healthy(), NOW_S)
    assert (order.speed_mps, order.doubted) == (0.0, False)
    assert order.level is not Level.RUN


def test_a_belt_that_its_own_sensor_sees_run_has_not_come_to_rest() -> None:
    at_rest = {"rest_since_s": NOW_S - 9.0}
    state = replace(WALK, phase=Phase.STOPPING, since_s=NOW_S - 5.0)
    for witness_mps, phase in ((0.2, Phase.IDLE), (0.21, Phase.STOPPING)):
        seen = {"witness_mps": witness_mps, "witness_at_s": NOW_S - 2.5}
        view = look(Phase.STOPPING, belt=at_rest, other=seen)
        assert drive.progress(state, view, HERE).phase is phase
        assert drive.order(state, view.evidence, NOW_S).doubted is (phase is Phase.STOPPING)
        assert not drive.order(state, view.evidence, NOW_S + 0.1).doubted


@pytest.mark.parametrize(("walked_m", "phase"), [(1499.9, Phase.WALKING), (1500.0, Phase.SLOWING)])
def test_the_session_s_distance_is_its_bound(walked_m: float, phase: Phase) -> None:
    walked = {"belt": PROVEN._replace(walked_m=walked_m)}
    view = look(monitors=walked)
    state = replace(WALK, monitors=view.monitors, began_s=NOW_S - 10.0)
    assert LIMITS.session_m == 1500.0
    assert drive.progress(state, view, HERE).phase is phase


def test_the_slowed_belt_s_ramp_begins_anew() -> None:
    view = look(Phase.SLOWING)
    state = replace(WALK, phase=Phase.SLOWING, ramp=Ramp(0.1))
    stopped = drive.progress(state, view, HERE)
    assert (stopped.phase, stopped.ramp) == (Phase.STOPPING, Ramp())


@pytest.mark.parametrize(("rested_s", "phase"), [(1.25, Phase.IDLE), (1.2, Phase.STOPPING)])
def test_rest_is_proven_after_a_second_and_a_quarter(rested_s: float, phase: Phase) -> None:
    since_s = NOW_S - rested_s
    view = look(Phase.STOPPING, belt={"rest_since_s": since_s}, since_s=since_s)
    state = replace(WALK, phase=Phase.STOPPING, since_s=since_s)
    assert drive.progress(state, view, HERE).phase is phase


@pytest.mark.parametrize(
    ("belt", "since_s", "phase"),
    [
        ({}, NOW_S - 1.25, Phase.IDLE),
        ({"motion_asked": True}, NOW_S - 1.25, Phase.STOPPING),
        ({"reported_at_s": NOW_S - 0.1}, NOW_S - 1.25, Phase.STOPPING),
        ({"reported_at_s": NOW_S - 0.1}, NOW_S - 1.5, Phase.IDLE),
        ({}, NOW_S - 1.2, Phase.STOPPING),
    ],
)
def test_rest_is_what_the_belt_has_shown_since_the_stop(
    belt: dict[str, object], since_s: float, phase: Phase
) -> None:
    belt = {"rest_since_s": NOW_S - 9.0, **belt}
    view = look(Phase.STOPPING, belt=belt, since_s=since_s)
    state = replace(WALK, phase=Phase.STOPPING, since_s=since_s)
    assert drive.progress(state, view, HERE).phase is phase


@pytest.mark.parametrize(("lead_mps", "goes_on"), [(0.0299, True), (0.05 * 0.6, False)])
def test_the_ramp_leads_what_was_written_by_six_tenths_of_a_second_at_most(
    lead_mps: float, goes_on: bool
) -> None:
    assert LIMITS.ramp_up_mps2 == 0.05
    ramp_mps = 0.3 + lead_mps
    view = look(belt={"set_point_mps": 0.3})
    walk = replace(WALK, monitors=view.monitors, ramp=Ramp(ramp_mps))
    aimed_mps = drive.aim_mps(walk, view, HERE, Action.WARN)
    assert (aimed_mps > ramp_mps) is goes_on


def test_who_slows_down_or_has_no_program_left_aims_at_rest() -> None:
    slowing = replace(WALK, phase=Phase.SLOWING)
    assert drive.aim_mps(slowing, look(Phase.SLOWING), HERE, Action.WARN) == 0.0
    assert drive.aim_mps(WALK, look(), None, Action.WARN) == 0.0


def test_no_aim_is_below_rest() -> None:
    assert drive.aim_mps(replace(WALK, ceiling_mps=-0.005), look(), HERE, Action.WARN) == 0.0


def falling(phase: Phase, grid: SpeedGrid | None, ceiling_mps: float = 0.1) -> State:
    """A second of it on the way down from just above the slowest speed of the usual grid."""
    state = replace(WALK, phase=phase, ceiling_mps=ceiling_mps, ramp=Ramp(0.15))
    view = look(phase, belt={"grid": grid, "set_point_mps": 0.15})
    return drive.driven(state, view, HERE, Action.WARN, 0.1)


@pytest.mark.parametrize("grid", [GRID, SpeedGrid(1, 10, 1, 7.0)])
def test_a_walk_asked_to_be_slower_than_the_belt_can_be_ends_by_a_latched_stop(
    grid: SpeedGrid,
) -> None:
    ended = falling(Phase.WALKING, grid)
    assert ended.ramp.speed_mps < grid.mps(grid.minimum)
    assert (ended.phase, ended.since_s, ended.ended) == (Phase.SLOWING, NOW_S, "")
    assert ended.latch == Latch("too_slow", NOW_S)


@pytest.mark.parametrize(
    ("phase", "grid"),
    [
        (Phase.SLOWING, GRID),
        (Phase.WALKING, None),
        (Phase.WALKING, SpeedGrid(1, 10, 1, 10.0)),
    ],
    ids=["it is stopping anyway", "the machine has not told its speeds", "its slowest is one unit"],
)
def test_who_is_not_asked_to_be_too_slow_is_not_said_to_be(
    phase: Phase, grid: SpeedGrid | None
) -> None:
    slower = falling(phase, grid)
    assert slower.ramp.speed_mps < 0.15
    assert (slower.phase, slower.latch) == (phase, None)

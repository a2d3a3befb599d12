"""The probe as a value: what it does at its edges."""

from dataclasses import replace

import pytest

from controller.commissioning.notes import Notes, Sample, Scene, Sight
from controller.commissioning.probe import Probe, advance, answered, interrupted
from controller.commissioning.steps import fast, plan
from protocols.belt import BeltReport, SpeedGrid
from protocols.ftms.quirks import HOLD_LONGER, LISTEN_LONGER
from protocols.probing import Answer, Ask
from tests.controller.bedside import GRID, NOW_S


def sight(now_s: float = NOW_S, speed_mps: float = 0.0, **more: object) -> Sight:
    report = BeltReport(
        linked=True, speed_mps=speed_mps, reported_at_s=now_s, grid=GRID, rest_since_s=NOW_S - 9
    )
    return Sight(now_s, replace(report, **more))


def begun() -> Probe:
    return advance(Probe(), sight())[0]


def test_it_asks_before_it_does_anything_and_waits_for_the_answer() -> None:
    probe = begun()
    assert "belt empty" in probe.question
    later, acts = advance(probe, sight(NOW_S + 60))
    assert acts == ()
    assert later.question == probe.question


def test_an_answer_that_nobody_asked_for_changes_nothing() -> None:
    probe = answered(begun(), True, sight())
    assert not probe.question
    assert answered(probe, False, sight()) == probe


def test_a_no_ends_it_and_nothing_more_follows() -> None:
    probe = answered(begun(), False, sight())
    assert probe.flaw == "interrupted"
    assert probe.ending
    assert interrupted(probe, sight()) == probe
    for second in range(1, 20):
        probe, acts = advance(probe, sight(NOW_S + second))
        assert acts == ()
    assert probe.over
    assert probe.verified
    assert advance(probe, sight(NOW_S + 99)) == (probe, ())
    assert interrupted(probe, sight(NOW_S + 99)) == probe


def test_a_probe_without_a_flaw_has_no_refusal() -> None:
    assert Probe().refusal == ""


def test_the_fast_set_point_is_on_the_grid_and_above_the_lowest() -> None:
    assert fast(GRID) == 150
    assert fast(SpeedGrid(200, 600, 10, 360.0)) == 210
    assert fast(SpeedGrid(50, 100, 10, 360.0)) == 100
    assert fast(SpeedGrid(96, 643, 32, 360.0)) == 160


def test_the_plan_depends_on_grid_stops_and_extras() -> None:
    assert len(plan(None, 0.5)) == 1
    names = [step.name for step in plan(GRID, 0.5, stops=3)]
    assert names.count("measured_stop") == 3
    longer = plan(GRID, 0.5, 2, frozenset({LISTEN_LONGER, HOLD_LONGER}))
    assert {"listen_longer", "hold_longer"} <= {step.name for step in longer}


@pytest.mark.parametrize(
    ("answers", "said"),
    [((), None), ((Answer(Ask.STOP, False, 1.0), Answer(Ask.STOP, True, 2.0)), True)],
)
def test_a_scene_knows_the_last_answer(answers: tuple[Answer, ...], said: bool | None) -> None:
    scene = Scene(0, 0, GRID, BeltReport(), (), (), answers, (), 0.0, Notes())
    assert scene.answered(Ask.STOP) is said
    assert scene.from_mps == 0.0


def test_steady_is_one_speed_and_not_rest() -> None:
    def scene(*speeds_mps: float) -> Scene:
        samples = tuple(Sample(at, speed, None) for at, speed in enumerate(speeds_mps))
        return Scene(0, 0, GRID, BeltReport(), samples, (), (), (), 0.0, Notes())

    assert scene(0.1, 0.4, 0.4, 0.41).steady(3)
    assert not scene(0.0, 0.0, 0.0).steady(3)
    assert not scene(0.4, 0.4).steady(3)
    assert not scene(0.4, 0.4, 0.5).steady(3)

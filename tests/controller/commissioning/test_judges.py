"""What the judges make of scenes that the simulated machines do not show."""

from dataclasses import replace
from typing import Any

import pytest

from controller.commissioning import judges
from controller.commissioning.judges import Judge
from controller.commissioning.notes import Notes, Sample, Scene
from protocols.belt import BeltReport
from protocols.probing import Answer, Ask
from tests.controller.bedside import GRID


def scene(*speeds_mps: float, **changes: Any) -> Scene:
    """One record every half second from 0.5 s on; Start and a set-point were answered at once."""
    samples = tuple(Sample(0.5 * (n + 1), speed, None) for n, speed in enumerate(speeds_mps))
    answers = (Answer(Ask.START, True, 0.1), Answer(Ask.SPEED, True, 0.1))
    whole = Scene(
        now_s=10.0, since_s=0.0, grid=GRID, report=BeltReport(), samples=samples,
        before=(Sample(0.0, 0.139, None),), answers=answers, sent_at_s=(0.0,), target_mps=0.417,
        notes=Notes(),
    )  # fmt: skip
    return whole._replace(**changes)


@pytest.mark.parametrize(
    ("judge", "seen", "flaw"),
    [
        (judges.listened, scene(), "silent"),
        (judges.listened, scene(0.0, 0.0), "no_range"),
        (judges.at_target, scene(0.3, 0.0, 0.42, 0.42, 0.42), "glitches"),
        (judges.at_minimum, scene(0.14, 0.14, 0.14, answers=(), target_mps=0.139), "unanswered"),
        (judges.stopped, scene(0.3, 0.1, 0.05, before=(Sample(0, 0.417, None),)), "no_stop_seen"),
        (judges.stopped, scene(0.4, 0.4, before=(Sample(0, 0.417, None),)), "ignores_stop"),
        (judges.stopped, scene(before=(Sample(0, 0.417, None),)), "ignores_stop"),
        (judges.spacing_found, scene(), "spacing"),
        (judges.away, scene(0.1, sent_at_s=(0.0, 5.0)), "no_link"),
        (judges.at_the_end, scene(), "no_stop_seen"),
        (judges.stopped_after_pause, scene(0.2), "ignores_stop"),
        (judges.held, scene(0.2, 0.2, 0.2), "ignores_speed"),
    ],
)
def test_a_scene_has_its_flaw(judge: Judge, seen: Scene, flaw: str) -> None:
    if flaw == "no_range":
        seen = seen._replace(grid=replace(GRID, minimum=0))
    assert judge(seen).flaws == (flaw,)


def test_a_report_that_is_repeated_while_the_belt_runs_is_frozen() -> None:
    report = BeltReport(speed_mps=0.4, reported_at_s=9.9, changed_at_s=5.0, repeats=9, elapsed_s=7)
    assert judges.stopped(scene(0.4, 0.4, report=report)).flaws == ("frozen",)


def test_a_stop_that_becomes_faster_again_has_been_toggled() -> None:
    report = BeltReport(speed_mps=0.0, reported_at_s=9.9, rest_since_s=8.0)
    seen = scene(0.3, 0.1, 0.3, 0.0, before=(Sample(0, 0.417, None),), report=report)
    assert judges.stopped(seen).flaws == ("stop_starts",)


@pytest.mark.parametrize(
    ("counted_m", "coarsest_m", "flaws", "quirk"),
    [
        (15.0, 1.0, (), False),
        (9.0, 1.0, ("distance",), False),
        (25.0, 1.0, ("distance",), False),
        (0.0, 0.0, (), True),
        (16.0, 16.0, (), True),
    ],
)
def test_a_distance_that_does_not_agree_with_the_speed_is_a_flaw(
    counted_m: float, coarsest_m: float, flaws: tuple[str, ...], quirk: bool
) -> None:
    notes = Notes(counted_m=counted_m, coarsest_m=coarsest_m, integrated_m=15.0)
    found = judges.reckoned(scene(notes=notes))
    assert found.flaws == (*flaws, "instant_stop")
    assert ("no_distance" in found.quirks) is quirk


def test_a_machine_that_stops_when_it_is_alone_is_not_one_that_runs_on() -> None:
    before = Notes(quirks=frozenset({"keeps_running"}), silence_s=None)
    found = judges.away(scene(0.0, 0.0, sent_at_s=(0.0, 0.2), notes=before))
    assert found.quirks == {"stops_unlinked"}
    assert found.silence_s == 0.5
    again = judges.away(scene(0.0, sent_at_s=(0.0, 0.2), notes=replace(found, silence_s=0.3)))
    assert again.silence_s == 0.3


def test_a_step_that_judges_nothing_changes_nothing() -> None:
    assert judges.nothing(scene()) == Notes()
    assert Notes().with_flaw("echo").with_flaw("echo").flaws == ("echo",)

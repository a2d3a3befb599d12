"""The sweep of belts alone: the model of the plant, on arrays."""

from itertools import product

import numpy as np
import pytest

from campaigns import sweep
from campaigns.belts import Belts, hours
from campaigns.plan import CampaignError
from campaigns.sweep import Sweep, parse, run
from simulators.plant import BeltInput, BeltState, Drive, step

DT_S = 0.02
AXES = """
[sweep]
speeds_mps = [0.2, 0.4]
stop_mps2 = { from = 0.25, to = 1.0, steps = 4 }
latencies_s = [0.3]
"""


def test_belts_on_arrays_move_as_the_plant_does_to_the_last_digit() -> None:
    stops_mps2 = [0.1, 0.25, 0.5, 1.0]
    targets_mps = [0.4, 0.7, 0.2, 0.0, 0.3, 0.0]
    belts = Belts(np.array(stops_mps2), 0.25, DT_S)
    drives = [Drive(stop_mps2=mps2) for mps2 in stops_mps2]
    states = [BeltState(waited_s=1.0)] * len(drives)
    for target_mps in targets_mps:
        ask = BeltInput(running=True, set_point_mps=target_mps, stopping=True)
        for _ in range(150):
            belts.step(np.full(len(drives), target_mps))
            states = [step(s, ask, DT_S, d) for s, d in zip(states, drives, strict=True)]
        assert belts.speed_mps == pytest.approx([s.speed_mps for s in states], abs=1e-12)
        assert belts.distance_m == pytest.approx([s.distance_m for s in states], abs=1e-12)


def test_the_carry_is_the_way_that_arithmetic_gives() -> None:
    wanted = Sweep("One", (0.2, 0.4, 0.8), (0.25, 0.5, 1.0), (0.0, 0.3, 1.0), lag_s=0.25)
    swept = run(wanted)
    for (k, t_s), (i, v_mps), (j, a_mps2) in product(
        enumerate(wanted.latencies_s), enumerate(wanted.speeds_mps), enumerate(wanted.stop_mps2)
    ):
        way_m = v_mps * (t_s + wanted.lag_s) + v_mps**2 / (2 * a_mps2)
        assert swept.carry_m[k][i][j] == pytest.approx(way_m, abs=0.012)


def test_a_cap_is_the_highest_speed_that_carries_nobody_too_far() -> None:
    swept = run(parse(AXES))
    assert swept.stop_mps2 == (0.25, 0.5, 0.75, 1.0)
    assert swept.cap_mps == ((0.2, 0.4, 0.4, 0.4),)
    far = run(parse(AXES.replace("[0.3]", "[0.3, 9.0]")))
    assert far.cap_mps[1] == (0.0, 0.0, 0.0, 0.0)


def test_ten_thousand_belts_differ_only_in_what_was_asked_of_them() -> None:
    assert hours(64, 120.0, 0.05) == pytest.approx(hours(64, 120.0, 0.025), rel=0.01)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[sweep]\nspeeds_mps = [0.2]", r"\[sweep\] needs speeds_mps, stop_mps2, latencies_s"),
        ("sweep = 7", r"\[sweep\] needs"),
        (AXES + "walks = 7", r"\[sweep\] needs"),
        (AXES.replace("[0.3]", "0.3"), "sweep.latencies_s is a list of numbers from 0 to 10"),
        (AXES.replace("[0.3]", "[11]"), "sweep.latencies_s is a list"),
        (AXES.replace("[0.3]", "[true]"), "sweep.latencies_s is a list"),
        (AXES.replace("[0.3]", "[]"), "sweep.latencies_s is a list"),
        (AXES.replace("steps = 4", "steps = 1"), "sweep.stop_mps2 is a list"),
        (AXES.replace("to = 1.0", "to = 9.0"), "sweep.stop_mps2 is a list"),
        (AXES + "lag_s = 5", "sweep.lag_s is a list of numbers from 0.02 to 2"),
        (AXES.replace("steps = 4", "steps = 90000"), "it may have 100000: take fewer steps"),
    ],
)
def test_what_cannot_be_swept_is_told_in_a_sentence(text: str, sentence: str) -> None:
    assert sweep.is_sweep(text)
    with pytest.raises(CampaignError, match=sentence):
        parse(text)


def test_what_is_no_toml_is_no_sweep() -> None:
    assert not sweep.is_sweep("[sweep")
    assert not sweep.is_sweep("walks = 3")

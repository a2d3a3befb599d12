"""The long campaigns on the whole stack: matrix, nuisance, endurance. See `stack.campaign` for how
to run a slice of one, and how one that was ended goes on.
"""

from functools import partial

import pytest

from tests.safety.stack.bedside import Room
from tests.safety.stack.campaign import Record, Result, Work, campaign
from tests.safety.stack.matrix import combinations, trial
from tests.safety.stack.walks import HOUR_S, ordinary, walk

pytestmark = [pytest.mark.deep, pytest.mark.timeout(0)]
MATRIX_SEEDS = 7
NUISANCE_WALKS, NUISANCE_S = 1_050, 360.0
ENDURANCE_WALKS, ENDURANCE_S = 10_000, 280.0
"""With the hours of the nuisance walks, on the same seeds and more, a thousand."""
ROOMS = {"quiet": Room(), "lossy": Room(loss=0.02, jitter_s=0.05)}


Capture = pytest.CaptureFixture[str]


def run(name: str, keys: list[str], work: Work, capsys: Capture) -> Result:
    """The bar and the count are seen while it runs."""
    with capsys.disabled():
        result = campaign(name, keys, work)
        unwanted = sum(bool(record.get("unwanted")) for record in result.records.values())
        print(f"\n{result}; {hours(result):.1f} h walked, {unwanted} unwanted stops")  # noqa: T201
    return result


def struck(key: str) -> Record:
    fault, phase, seed = key.split()
    return trial(fault, phase, int(seed)).record()


def walked(room: str, key: str) -> Record:
    return walk(int(key), NUISANCE_S, ROOMS[room]).record()


def endured(key: str) -> Record:
    return walk(int(key), ENDURANCE_S, ordinary(int(key))).record()


def test_the_whole_fault_matrix(capsys: Capture) -> None:
    """Every field on every seed, 8,000 runs and more."""
    keys = [
        f"{fault} {phase} {seed * 10_000 + number}"
        for seed in range(MATRIX_SEEDS)
        for number, (fault, phase) in enumerate(combinations())
    ]
    assert len(keys) >= 8_000
    result = run("matrix", keys, struck, capsys)
    assert result.ill == []


@pytest.mark.parametrize(("room", "per_100_h"), [("quiet", 0.0), ("lossy", 1.0)])
def test_a_hundred_hours_have_hardly_an_unwanted_stop(
    room: str, per_100_h: float, capsys: Capture
) -> None:
    keys = [str(seed) for seed in range(NUISANCE_WALKS)]
    result = run(f"nuisance-{room}", keys, partial(walked, room), capsys)
    unwanted = [record for record in result.records.values() if record["unwanted"]]
    assert result.ill == []
    assert len(unwanted) <= per_100_h * max(hours(result), 100.0) / 100


def test_a_thousand_hours_of_walking_break_no_claim(capsys: Capture) -> None:
    keys = [str(seed) for seed in range(ENDURANCE_WALKS)]
    result = run("endurance", keys, endured, capsys)
    assert result.ill == []
    assert [record for record in result.records.values() if record["unwanted"]] == []


def hours(result: Result) -> float:
    return sum(record.get("walked_s", 0.0) for record in result.records.values()) / HOUR_S

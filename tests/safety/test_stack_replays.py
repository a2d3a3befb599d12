"""The claim: a seed is a run. Same seed, same octets, decisions and truth, wherever it runs."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.safety.stack.matrix import trial
from tests.safety.stack.walks import ordinary, walk

ROOT = Path(__file__).parents[2]
PROGRAM = """
import logging
from tests.safety.stack.matrix import trial
logging.disable(logging.CRITICAL)
print(trial("one_write_in_three_lost", "ramping", 11).digest)
"""


def _elsewhere(hash_seed: str) -> str:
    """The digest of the same run in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return ran.stdout.strip()


def test_the_same_seed_gives_the_same_run_in_one_process_and_in_two_others() -> None:
    here = [trial("one_write_in_three_lost", "ramping", 11).digest for _ in range(2)]
    assert here == [_elsewhere("1"), _elsewhere("4711")]


def test_another_seed_is_another_run() -> None:
    assert len({trial("loss_2_percent", "ramping", seed).digest for seed in range(4)}) == 4


def test_a_wall_clock_that_jumps_by_ten_years_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quiet = walk(21, 30.0, ordinary(21))
    wall_s, leaps = time.time(), [0]

    def leaping() -> float:
        leaps[0] += 1
        return wall_s + (315e6 if leaps[0] % 2 else -315e6)

    monkeypatch.setattr(time, "time", leaping)
    assert walk(21, 30.0, ordinary(21)) == quiet


@pytest.mark.parametrize(("stall", "cause"), [("short_stall", ""), ("stall", "turn_lost")])
def test_a_computer_that_stands_still_for_long_is_a_stop(stall: str, cause: str) -> None:
    outcome = trial(stall, "steady", 22)
    assert (outcome.cause, outcome.found) == (cause, ())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("pause", ["computer_paused", "computer_suspended"])
def test_a_virtual_machine_that_is_paused_stops_as_soon_as_it_goes_on(
    pause: str, seed: int
) -> None:
    outcome = trial(pause, "steady", seed)
    assert outcome.cause in ("turn_lost", "belt_lost")
    assert outcome.after_s <= 20.1
    assert outcome.found == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_disk_that_fails_at_any_instant_ends_the_walk_within_five_seconds(seed: int) -> None:
    outcome = trial("disk_full", ("ramping", "steady")[seed % 2], seed)
    assert (outcome.cause, outcome.found) == ("not_recorded", ())
    assert outcome.after_s <= 0.2
    assert outcome.stop_s <= 5.0

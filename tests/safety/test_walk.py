"""The exhaustive walk, in short, and that the compiled rooms it walks in are the rooms."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from controller.safety.interlocks import INTERLOCKS
from controller.safety.view import Action
from tests.safety.walk.lowered import ROOT, compiled

TRANSITIONS = 20_000_000
NOT_REACHED = {
    "internal_error": "only a mistake in the rooms leads to it",
    "service_ended": "only an end of the service leads to it",
    "guard_ended": "only the guard's end leads to it",
    "unknown_end": "the walk begins with a first start and with a restart whose notes are kept",
    "grip_disagrees": "the letters tell of contact, not of force",
    "grip_garbled": "the letters tell of no damaged line",
    "units": "a belt that is so far off at its lowest speed trips another row before",
    "witness_disagrees": "the letters tell of no second speed sensor",
    "heart_rate": "the letters tell of no heart",
    "heart_silent": "the letters tell of no heart",
}
"""Causes that the walk does not come to, each with the reason why."""
CAUSES = {row.name for row in INTERLOCKS if row.action >= Action.CONTROLLED}


@pytest.fixture(scope="module")
def rooms() -> Path:
    return compiled()


def agreement(folder: Path, seed: int) -> str:
    command = [sys.executable, "-m", "tests.safety.walk.sample", str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.timeout(3000)
def test_the_compiled_rooms_decide_as_the_rooms_do(rooms: Path) -> None:
    for seed in range(4):
        compiled_rooms, plain_rooms = agreement(rooms, seed), agreement(ROOT, seed)
        assert "cpython" in compiled_rooms
        assert "cpython" not in plain_rooms
        assert compiled_rooms.splitlines()[1:] == plain_rooms.splitlines()[1:]


@pytest.mark.timeout(3000)
def test_no_way_through_twenty_million_transitions_breaks_a_claim(rooms: Path) -> None:
    command = [sys.executable, "-m", "tests.safety.walk", "--at-least", str(TRANSITIONS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert done.returncode == 0, told["broken"]
    assert told["transitions"] >= TRANSITIONS
    assert told["violations"] == 0
    for phase in ("idle", "armed", "walking", "slowing", "stopping", "latched", "belt_off"):
        assert told["seen"][phase], "the walk never came there"
    assert told["seen"]["at the cap"]
    causes = {name for name in CAUSES if f"latched by {name}" in told["seen"]}
    assert causes == CAUSES - NOT_REACHED.keys()


@pytest.mark.timeout(3000)
def test_a_deep_walk_ends_once_there_are_enough_transitions_and_says_what_it_left(
    rooms: Path,
) -> None:
    command = [sys.executable, "-m", "tests.safety.walk", "--deep", "--at-least", "600000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert done.returncode == 0, told["broken"]
    assert told["transitions"] >= 600_000
    assert 1 <= len(told["begun"]) <= 2
    assert (told["states"], told["violations"]) == (0, 0)

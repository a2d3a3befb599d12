"""Every serial treadmill walks the demonstration over its own wire, and stops without control."""

import asyncio
import json
import signal
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from benchmarks.dead_man import run as dead_man
from benchmarks.parts.dead_man import fall_silent
from benchmarks.parts.loss import lose_control
from controller.cli.simulated import service
from protocols.serial_machines import KINDS
from simulators.serial_machines import MACHINES

pytestmark = pytest.mark.service

Run = Callable[..., CompletedProcess[str]]
GRACE_MS = 300
"""At 1.0 mph."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_demo_walks_and_stops_on_each_machine(retrotread: Run, kind: str) -> None:
    result = retrotread("demo", "--auto", "--json", "--machine", kind)
    assert result.returncode == 0, result.stderr
    summary = json.loads(result.stdout)
    assert summary["verified"] is True
    assert summary["latched"] is True
    assert summary["stop_cause"] == "grip_released"
    assert 0.4 < summary["peak_belt_mps"] <= summary["cap_mps"] + 0.03
    assert GRACE_MS <= summary["release_to_stop_ms"] <= GRACE_MS + 100
    assert summary["orientation"] == ("reverse_belt" if kind == "biodex" else "turned")
    journal = [json.loads(line) for line in Path(summary["record"]).read_text().splitlines()]
    assert any(line["kind"] == "wire" and line["direction"] == "in" for line in journal)


def test_a_serial_machine_that_ignores_stop_fails_the_demo(retrotread: Run) -> None:
    options = ("--machine", "trackmaster", "--fault", "ignores_stop")
    result = retrotread("demo", "--auto", "--json", *options)
    assert result.returncode == 1
    assert json.loads(result.stdout)["verified"] is False
    assert "pull the safety key" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_machine_that_runs_in_miles_is_found_by_the_first_motion(retrotread: Run) -> None:
    options = ("--machine", "trackmaster", "--fault", "mph_for_kmh")
    result = retrotread("demo", "--auto", *options)
    assert result.returncode == 1
    assert "Steady" not in result.stderr


@pytest.mark.parametrize("trial", range(2))
def test_a_trackmaster_whose_control_was_killed_stops_by_itself(trial: int) -> None:
    silence = asyncio.run(fall_silent("trackmaster", trial))
    assert silence.met, silence


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_belt_without_a_dead_man_is_stopped_by_the_guard(
    number: signal.Signals, tmp_path: Path
) -> None:
    whole = service(machine="biodex", fault="none", port=None, data_dir=tmp_path)
    async with whole as running:
        loss = await lose_control(running, number, 0)
    assert loss.met, loss


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_twenty_of_twenty_killed_controls_leave_a_belt_that_slows_in_time() -> None:
    result = dead_man(20)
    assert result["met"], [trial for trial in result["trials"] if not trial["met"]]


def test_every_kind_that_is_driven_is_simulated() -> None:
    assert MACHINES.keys() == KINDS.keys()

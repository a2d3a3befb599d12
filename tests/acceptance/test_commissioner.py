"""A treadmill is commissioned from a page: real processes, the simulated treadmills, the guard."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from controller import profiles
from controller.cli.teller import Teller, started
from controller.plan import Plan
from controller.records.latch_store import LatchStore
from controller.safety.mark import CLEAN, Mark
from tests.acceptance.bench_engineer import SOON_S, BenchEngineer, bench_engineer
from tests.machine import SimulatedMachine, end_clean, simulated_machine

pytestmark = pytest.mark.service

WHOLE_S = 300.0


@dataclass(frozen=True, slots=True)
class Ward:
    """A machine, its guard, an engineer, and where their files are."""

    bench: Teller
    guard: Teller
    person: BenchEngineer
    data: Path
    treadmill: str

    @property
    def commissioner(self) -> int:
        return int(self.lines("commissioner_started")[-1]["pid"])

    def lines(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.guard.told if line["event"] == event]

    @property
    def mark(self) -> Mark | None:
        return LatchStore(self.data / "latch").read()

    def moves_after(self, event: str) -> list[str]:
        """What the machine was asked for after it first told of this."""
        told = [line["event"] for line in self.bench.told]
        return [each for each in told[told.index(event) :] if each in ("start_received",)]


@contextlib.asynccontextmanager
async def ward(folder: Path, fault: str = "none", relay: str = "none") -> AsyncIterator[Ward]:
    async with simulated_machine(folder, fault, relay=relay) as machine:
        plan = machine.plan(folder)
        async with (
            started("guard", "controller.guard", str(plan)) as guard,
            bench_engineer(folder / "hatch") as person,
        ):
            yield Ward(machine.bench, guard, person, folder / "data", f"ftms:{machine.target}")


@pytest.mark.timeout(420)
async def test_a_treadmill_is_measured_and_control_begins_with_its_new_profile(
    tmp_path: Path,
) -> None:
    async with ward(tmp_path, "stops_unlinked") as here:
        before = profiles.load(here.data, here.treadmill)
        await here.person.begin()
        await here.person.moving()
        assert here.mark == Mark(moving=True)
        await here.person.asked("away", WHOLE_S)
        assert await here.person.says("away", yes=True) == ""
        outcome = await here.person.outcome(WHOLE_S)
        assert (outcome["passed"], outcome["refusal"]) == (True, "")
        assert outcome["profile"]["tier"] == "B"
        now = await here.person.control("idle")
        assert now["belt"]["at_rest"] or not now["belt"]["linked"]
    after = profiles.load(here.data, here.treadmill)
    assert before.made_on == "as built"
    assert after.made_on != "as built"
    assert [line["restarted"] for line in here.lines("control_started")] == [False, False]
    assert here.lines("control_lost") == []
    assert here.mark == CLEAN

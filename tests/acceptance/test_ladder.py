"""Whole services as processes: whoever dies, hangs or is asked to end, the belt comes to rest."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.cli.supervisor import Supervisor, supervisor, walker_proves_the_sensors
from controller.cli.teller import Teller, started
from controller.records.latch_store import LatchStore, encode
from controller.safety.mark import Mark
from tests.machine import SimulatedMachine, simulated_machine

pytestmark = pytest.mark.service

LIMIT_S = 40.0


class Ward:
    """A machine with a relay, a guard, and where their files are."""

    def __init__(self, machine: SimulatedMachine, guard: Teller, folder: Path) -> None:
        self.bench = machine.bench
        self.machine = machine
        self.guard = guard
        self.folder = folder

    @property
    def mark(self) -> Mark | None:
        return LatchStore(self.folder / "data" / "latch").read()

    def pid(self, module: str, plan: str = "plan.json") -> int:
        """The newest process of a module with this ward's plan."""
        wanted = {module, str(self.folder / plan)}
        entries = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return max(int(entry.name) for entry in entries if wanted <= set(command(entry)))

    async def walking(self, person: Supervisor) -> None:
        await walker_proves_the_sensors(person, self.bench)
        await self.guard.event("relay_closed", LIMIT_S)
        for verb in ("arm", "start"):
            await person.until(lambda now, verb=verb: verb in now["may"], LIMIT_S, verb)  # type: ignore[misc]
            await person.command(verb)
        await person.until(lambda now: (now["belt"]["speed_mps"] or 0) > 0, LIMIT_S, "no motion")

    async def told_after(self, event: str, since: int) -> None:
        """The bench says so after its first `since` lines."""
        before = self.bench.told[:since]
        await self.bench.until(lambda line: line["event"] == event and line not in before, LIMIT_S)


def command(entry: Path) -> list[str]:
    try:
        return (entry / "cmdline").read_text().split("\0")
    except OSError:
        return []


@contextlib.asynccontextmanager
async def ward(folder: Path, *, desk: bool = False, fault: str = "none") -> AsyncIterator[Ward]:
    async with simulated_machine(folder, fault, relay="pty") as machine:
        plan = str(machine.plan(folder))
        desk_plan = folder / "desk.json"
        desk_plan.write_text(
            json.dumps({"hatch": str(folder / "hatch"), "data_dir": str(folder), "port": 0})
        )
        plans = (plan, str(desk_plan)) if desk else (plan,)
        async with started("guard", "controller.guard", *plans) as guard:
            yield Ward(machine, guard, folder)


async def test_a_walk_that_is_asked_to_end_stops_the_belt_first_and_leaves_a_true_mark(
    tmp_path: Path,
) -> None:
    async with ward(tmp_path) as here, supervisor(tmp_path / "hatch") as person:
        await here.walking(person)
        assert here.mark == Mark(moving=True)
        os.kill(here.pid("controller.guard"), signal.SIGTERM)
        assert await asyncio.wait_for(here.guard.ended(), LIMIT_S) == 0
        told = [line["event"] for line in here.bench.told]
        assert "relay_opened" in told[told.index("at_rest") :]
        assert told.index("moving") < told.index("stop_received") < told.index("at_rest")
        assert here.mark is not None
        assert not here.mark.moving


async def test_a_service_that_begins_while_the_belt_moves_stops_it_first_and_is_latched(
    tmp_path: Path,
) -> None:
    async with simulated_machine(tmp_path) as machine:
        plan = str(machine.plan(tmp_path))
        (tmp_path / "data" / "latch").write_bytes(encode(Mark(moving=True)))
        machine.bench.say("console start")
        await machine.bench.event("moving", LIMIT_S)
        async with started("guard", "controller.guard", plan):
            await machine.bench.event("at_rest", LIMIT_S)
            async with supervisor(tmp_path / "hatch") as person:
                now = await person.until(lambda now: now["state"] == "latched", LIMIT_S, "")
                assert now["cause"] == "restarted"
        told = [line["event"] for line in machine.told]
        assert "stop_received" in told
        assert not {"start_received", "speed_set"} & set(told)


async def test_a_belt_that_ignores_stop_loses_its_power_and_control_lives_to_see_it_rest(
    tmp_path: Path,
) -> None:
    async with ward(tmp_path, fault="ignores_stop") as here:
        async with supervisor(tmp_path / "hatch") as person:
            await here.walking(person)
            await person.command("stop")
            await person.until(lambda now: now["state"] in ("latched", "idle"), LIMIT_S, "no rest")
            told = [line["event"] for line in here.bench.told]
            opened = told.index("relay_told_to_open")
            assert told.index("stop_received") < opened < told.index("at_rest")
            ended = await here.guard.event("alarm_ended", LIMIT_S)
        alarm = await here.guard.event("alarm", 1.0)
        assert alarm["why"] == "The stop could not be verified."
        assert alarm["at_ns"] < ended["at_ns"]
        assert "control_lost" not in [line["event"] for line in here.guard.told]


async def test_guard_and_control_killed_together_leave_a_relay_that_stops_the_belt(
    tmp_path: Path,
) -> None:
    """Nobody is left to write: the relay alone takes the power."""
    async with ward(tmp_path) as here, supervisor(tmp_path / "hatch") as person:
        await here.walking(person)
        since = len(here.bench.told)
        guard, control = here.pid("controller.guard"), here.pid("controller.control")
        os.kill(control, signal.SIGSTOP)  # it would stop the belt as soon as the guard is gone
        for pid in (guard, control):
            os.kill(pid, signal.SIGKILL)
        await here.told_after("relay_opened", since)
        await here.told_after("at_rest", since)
        assert "stop_received" not in [line["event"] for line in here.bench.told[since:]]
    assert here.mark == Mark(moving=True)


async def test_a_frozen_guard_has_control_stop_the_belt_and_starves_the_relay(
    tmp_path: Path,
) -> None:
    async with ward(tmp_path) as here, supervisor(tmp_path / "hatch") as person:
        await here.walking(person)
        since = len(here.bench.told)
        pid = here.pid("controller.guard")
        os.kill(pid, signal.SIGSTOP)
        try:
            await here.told_after("relay_opened", since)
            await here.told_after("stop_received", since)
            await here.told_after("at_rest", since)
        finally:
            os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_a_keeper_that_is_lost_opens_the_relay_and_is_replaced(
    tmp_path: Path, number: signal.Signals
) -> None:
    async with ward(tmp_path) as here, supervisor(tmp_path / "hatch") as person:
        await here.walking(person)
        since, lost = len(here.bench.told), len(here.guard.told)
        os.kill(here.pid("controller.relay"), number)
        await here.told_after("relay_opened", since)
        await here.told_after("at_rest", since)
        await here.guard.until(
            lambda line: line["event"] == "relay_opened" and line in here.guard.told[lost:],
            LIMIT_S,
        )
        assert "control_lost" not in [line["event"] for line in here.guard.told]


async def test_a_standby_that_hangs_is_replaced_while_the_relay_has_stopped_the_belt(
    tmp_path: Path,
) -> None:
    async with ward(tmp_path) as here, supervisor(tmp_path / "hatch") as person:
        await here.walking(person)
        since = len(here.bench.told)
        os.kill(here.pid("controller.standby"), signal.SIGSTOP)
        os.kill(here.pid("controller.control"), signal.SIGKILL)
        await here.told_after("at_rest", since)
        verified = await here.guard.event("guard_stop_verified", LIMIT_S)
        lost = await here.guard.event("control_lost", 1.0)
        assert 3e9 < verified["at_ns"] - lost["at_ns"] < 12e9
        events = [line["event"] for line in here.guard.told]
        assert events.index("alarm") < events.index("guard_stop_verified")
        await here.guard.event("alarm_ended", 1.0)


async def test_a_desk_that_dies_in_a_walk_comes_back_and_the_walk_goes_on(tmp_path: Path) -> None:
    async with ward(tmp_path, desk=True) as here:
        first = await here.guard.event("listening", LIMIT_S)
        async with supervisor(tmp_path / "hatch") as person:
            await here.walking(person)
            since = len(here.bench.told)
            os.kill(here.pid("controller.desk", "desk.json"), signal.SIGKILL)
            await here.guard.until(
                lambda line: line["event"] == "listening" and line is not first, LIMIT_S
            )
            assert person.now["state"] == "walking"
            assert not {"at_rest", "relay_opened", "stop_received"} & {
                line["event"] for line in here.bench.told[since:]
            }


async def test_a_second_service_ends_with_one_sentence_and_the_walk_goes_on(
    tmp_path: Path,
) -> None:
    async with ward(tmp_path) as here, supervisor(tmp_path / "hatch") as person:
        await here.walking(person)
        since = len(here.bench.told)
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "controller.guard", str(tmp_path / "plan.json")),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(second.communicate(), LIMIT_S)
        assert (second.returncode, out, err.count(b"\n")) == (1, b"", 1)
        assert b"End that one first" in err
        assert person.now["state"] == "walking"
        assert not {"at_rest", "relay_opened", "stop_received", "control_received"} & {
            line["event"] for line in here.bench.told[since:]
        }

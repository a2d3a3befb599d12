"""A treadmill is commissioned from a page: real processes, the simulated treadmills, the guard."""

import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from controller import profiles
from controller.cli.simulated import service
from controller.cli.teller import Teller, started
from controller.commissioning.flaws import FLAWS
from controller.engineer import ABSENT, ALONE, BUSY, NO_QUESTION, STOPPED
from controller.records.latch_store import LatchStore
from controller.safety.mark import CLEAN, Mark
from controller.session.authority import ENGINEERS_ONLY
from tests.acceptance.bench_engineer import SOON_S, BenchEngineer, bench_engineer
from tests.machine import simulated_machine

pytestmark = pytest.mark.service

WHOLE_S = 300.0
ASKS_FOR_MOTION = {"start_received", "speed_set", "control_received"}


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

    @property
    def guard_pid(self) -> int:
        """The parent of whoever may move the belt."""
        stat = Path(f"/proc/{self.commissioner}/stat").read_text()
        return int(stat.rsplit(")", 1)[1].split()[1])

    def lines(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.guard.told if line["event"] == event]

    @property
    def mark(self) -> Mark | None:
        return LatchStore(self.data / "latch").read()

    async def moving(self) -> None:
        await self.person.moving()
        await self.bench.event("moving", SOON_S)

    def started_once(self) -> bool:
        """Nothing has started the belt but its first start."""
        return [line["event"] for line in self.bench.told].count("start_received") == 1


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
        await here.moving()
        assert here.mark == Mark(moving=True)
        await here.person.asked("away", WHOLE_S)
        assert await here.person.says("away", yes=True) == ""
        outcome = await here.person.outcome(WHOLE_S)
        assert (outcome["passed"], outcome["refusal"]) == (True, "")
        assert outcome["profile"]["tier"] == "B"
        await here.person.until(lambda now: now.get("state") == "idle" and now["belt"]["at_rest"])
    after = profiles.load(here.data, here.treadmill)
    assert before.made_on == "as built"
    assert after.made_on != "as built"
    assert "gives_way" in [message.get("name") for message in here.person.said]
    assert [line["restarted"] for line in here.lines("control_started")] == [False, False]
    assert here.lines("control_lost") == []
    assert here.mark == CLEAN


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_a_commissioner_that_is_lost_while_the_belt_moves_is_replaced_by_a_stop(
    tmp_path: Path, number: signal.Signals
) -> None:
    async with ward(tmp_path, relay="pty") as here:
        await here.person.begin()
        await here.moving()
        os.kill(here.commissioner, number)
        await here.guard.event("control_lost", SOON_S)
        await here.guard.event("guard_stop_verified", SOON_S)
        now = await here.person.control("latched")
        assert now["cause"] == "restarted"
        told = [line["event"] for line in here.bench.told]
        assert "at_rest" in told[told.index("moving") :]
        assert told.index("relay_opened", told.index("moving"))
        [lost] = here.lines("control_lost")
        assert lost["moving"] is True
        assert here.lines("control_started")[-1]["restarted"] is True
        assert here.started_once()
    assert profiles.load(here.data, here.treadmill).made_on == "as built"


async def test_a_stop_from_anybody_ends_it_at_rest_and_the_service_goes_on(tmp_path: Path) -> None:
    async with ward(tmp_path) as here, bench_engineer(tmp_path / "hatch") as other:
        other.present = False
        await here.person.begin()
        await here.moving()
        assert await other.ask("stop", "anyone") == ""
        outcome = await here.person.outcome()
        assert (outcome["passed"], outcome["refusal"]) == (False, STOPPED)
        assert outcome["pull_key"] is False
        await here.person.control("idle")
        told = [line["event"] for line in here.bench.told]
        stopped = told.index("stop_received", told.index("moving"))
        assert "at_rest" in told[stopped:]
        assert here.lines("control_lost") == []
    assert here.mark == CLEAN


async def test_an_engineer_who_is_not_seen_any_more_ends_it_at_rest(tmp_path: Path) -> None:
    async with ward(tmp_path) as here:
        await here.person.begin()
        await here.moving()
        here.person.present = False
        outcome = await here.person.outcome()
        assert outcome["refusal"] == ABSENT
        await here.bench.event("at_rest", SOON_S)
        await here.person.control("idle")


async def test_a_service_that_is_asked_to_end_stops_the_belt_first(tmp_path: Path) -> None:
    async with ward(tmp_path) as here:
        await here.person.begin()
        await here.moving()
        await here.guard.end(SOON_S)
        assert await here.guard.ended() == 0
        told = [line["event"] for line in here.bench.told]
        assert "at_rest" in told[told.index("stop_received", told.index("moving")) :]
        assert here.lines("control_lost") == []
    assert here.mark == CLEAN


async def test_a_guard_that_dies_has_the_commissioner_stop_the_belt(tmp_path: Path) -> None:
    async with ward(tmp_path) as here:
        await here.person.begin()
        await here.moving()
        os.kill(here.guard_pid, signal.SIGKILL)
        outcome = await here.person.outcome()
        assert outcome["refusal"] == ALONE
        await here.bench.event("at_rest", SOON_S)


async def test_whoever_is_no_engineer_is_refused_and_nothing_but_a_stop_counts_meanwhile(
    tmp_path: Path,
) -> None:
    async with ward(tmp_path) as here:
        person = here.person
        await person.until(lambda now: "commission" in now.get("may", []))
        for role in ("viewer", "supervisor", "network", "anyone"):
            assert await person.ask("commission", role) == ENGINEERS_ONLY
        await person.begin()
        for role in ("viewer", "supervisor", "network", "anyone", "king", None, ["engineer"]):
            assert await person.ask("answer", role, step="listen", yes=True) == ENGINEERS_ONLY
        for step, yes in (("away", True), ("listen", "yes"), ("listen", None), (None, True)):
            assert await person.ask("answer", step=step, yes=yes) == NO_QUESTION
        for verb in ("arm", "start", "faster", "reset", "commission", "present", "dance"):
            for role in ("supervisor", "engineer"):
                assert await person.ask(verb, role) == BUSY
        assert {line["event"] for line in here.bench.told}.isdisjoint(ASKS_FOR_MOTION)
        assert await person.says("listen", yes=False) == ""
        outcome = await person.outcome()
        assert outcome["refusal"] == FLAWS["interrupted"]
        await person.control("idle")
        assert {line["event"] for line in here.bench.told}.isdisjoint(ASKS_FOR_MOTION)


async def test_a_machine_that_fails_is_refused_in_its_sentence_and_keeps_what_it_had(
    tmp_path: Path,
) -> None:
    async with ward(tmp_path, "mph_for_kmh") as here:
        await here.person.begin()
        await here.moving()
        outcome = await here.person.outcome(WHOLE_S)
        assert (outcome["passed"], outcome["refusal"]) == (False, FLAWS["mph_for_kmh"])
        await here.person.control("idle")


async def test_a_machine_that_ignores_stop_is_said_aloud_and_stopped_by_the_relay(
    tmp_path: Path,
) -> None:
    async with ward(tmp_path, "ignores_stop", relay="pty") as here:
        await here.person.begin()
        await here.moving()
        assert await here.person.ask("stop", "anyone") == ""
        await here.person.until(lambda now: now["kind"] == "commissioning" and now["pull_key"])
        alarm = await here.guard.event("alarm", SOON_S)
        assert alarm["why"] == "The stop could not be verified."
        await here.bench.event("at_rest", SOON_S)
        told = [line["event"] for line in here.bench.told]
        assert told.index("relay_told_to_open", told.index("moving")) < told.index("at_rest")
        await here.guard.event("alarm_ended", SOON_S)


async def test_nobody_is_let_in_while_something_is_latched(tmp_path: Path) -> None:
    async with ward(tmp_path) as here:
        await here.person.until(lambda now: "commission" in now.get("may", []))
        assert await here.person.ask("stop", "anyone") == ""
        await here.person.control("latched")
        assert "nothing waits for a reset" in await here.person.ask("commission")
        assert here.lines("commissioner_started") == []


async def test_a_serial_treadmill_is_started_and_stopped_from_a_page_too(tmp_path: Path) -> None:
    async with (
        service(machine="trackmaster", fault="none", port=None, data_dir=tmp_path) as running,
        bench_engineer(running.hatch) as person,
    ):
        await person.begin()
        await person.moving()
        assert await person.ask("stop", "anyone") == ""
        outcome = await person.outcome()
        assert (outcome["refusal"], outcome["pull_key"]) == (STOPPED, False)
        now = await person.control("idle")
        assert now["belt"]["speed_mps"] in (0.0, None)
        assert [line for line in running.guard.told if line["event"] == "control_lost"] == []

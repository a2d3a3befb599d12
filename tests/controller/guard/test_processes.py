"""The whole service as processes on a virtual air: what is left when the guard is killed."""

import asyncio
import json
import os
import signal
from pathlib import Path

from controller.cli.supervisor import supervisor, walker_proves_the_sensors
from controller.cli.teller import started
from tests.machine import simulated_machine

LIMIT_S = 30.0


async def processes() -> dict[int, tuple[int, str]]:
    """Of every process its parent and its state; `Z` is dead, though nobody has taken note."""
    listing = await asyncio.create_subprocess_exec(
        *("ps", "-A", "-o", "pid=,ppid=,stat="), stdout=asyncio.subprocess.PIPE
    )
    octets, _ = await listing.communicate()
    rows = [line.split() for line in octets.decode().splitlines()]
    return {int(pid): (int(parent), state) for pid, parent, state in rows}


async def all_ended(pids: set[int]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while True:
            living = {pid for pid, (_, state) in (await processes()).items() if state[0] != "Z"}
            if not living & pids:
                return
            await asyncio.sleep(0.1)


async def test_a_killed_guard_takes_every_child_with_it_but_control_stops_the_belt_first(
    tmp_path: Path,
) -> None:
    desk_plan = tmp_path / "desk.json"
    hatch = tmp_path / "hatch"
    desk_plan.write_text(json.dumps({"hatch": str(hatch), "data_dir": str(tmp_path), "port": 0}))
    async with simulated_machine(tmp_path) as machine:
        plans = (str(machine.plan(tmp_path)), str(desk_plan))
        async with started("guard", "controller.guard", *plans) as guard:
            control_pid = (await guard.event("control_started", LIMIT_S))["pid"]
            await guard.event("listening", LIMIT_S)
            guard_pid, _ = (await processes())[control_pid]
            children = {pid for pid, row in (await processes()).items() if row[0] == guard_pid}
            assert control_pid in children
            assert len(children) == 3
            async with supervisor(hatch) as person:
                await walker_proves_the_sensors(person, machine.bench)
                for verb in ("arm", "start"):
                    await person.until(lambda now, verb=verb: verb in now["may"], LIMIT_S, verb)  # type: ignore[misc]
                    await person.command(verb)
                await machine.bench.event("moving", LIMIT_S)
                os.kill(guard_pid, signal.SIGKILL)
                await machine.bench.event("stop_received", LIMIT_S)
                await machine.bench.event("at_rest", LIMIT_S)
            await all_ended(children)
        assert [line["event"] for line in guard.told].count("control_started") == 1

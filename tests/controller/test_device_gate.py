"""The service drives only the machine that its profile speaks for; any other is only watched."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from controller import profiles
from controller.cli.failure import Failure
from controller.cli.simulated import simulated_profile
from controller.cli.supervisor import supervisor, walker_proves_the_sensors
from controller.plan import Plan
from protocols.belt import Identity
from protocols.units import mps_from_mph
from tests.controller.test_control import LIMIT_S, running
from tests.machine import SimulatedMachine, simulated_machine

WATCHED = "This treadmill may only be watched: run retrotread commission"


def no_profile(_machine: SimulatedMachine, _data: Path) -> None:
    return


def another_firmware(machine: SimulatedMachine, data: Path) -> None:
    profile = simulated_profile(f"ftms:{machine.target}", machine.ready)
    identity = Identity("Simulated treadmill", "1.1", "SIM-0001")
    profiles.save(data, replace(profile, identity=identity))


def touched(machine: SimulatedMachine, data: Path) -> None:
    path = profiles.save(data, simulated_profile(f"ftms:{machine.target}", machine.ready))
    path.write_text(path.read_text().replace('"tier": "B"', '"tier": "A"'))


def runs_on(machine: SimulatedMachine, data: Path) -> None:
    profile = simulated_profile(f"ftms:{machine.target}", machine.ready)
    profiles.save(data, replace(profile, tier="C"))


@pytest.mark.parametrize("left", [no_profile, another_firmware, touched, runs_on])
async def test_a_machine_without_a_profile_that_speaks_for_it_cannot_be_armed(
    tmp_path: Path, left: Callable[[SimulatedMachine, Path], None]
) -> None:
    async with simulated_machine(tmp_path) as commissioned:
        machine = replace(commissioned, commissioned=False)
        plan = Plan.load(machine.plan(tmp_path))
        left(machine, tmp_path / "data")
        async with running(plan), supervisor(tmp_path / "hatch") as person:
            await person.until(lambda now: now["belt"]["at_rest"], LIMIT_S, "no rest was seen")
            with pytest.raises(Failure, match=WATCHED):
                await person.command("arm")
            events = {line["event"] for line in machine.told}
    assert not events & {"moving", "stop_received"}


async def test_with_a_safety_key_recorded_a_machine_that_runs_on_walks_at_half_a_mile_an_hour(
    tmp_path: Path,
) -> None:
    async with simulated_machine(tmp_path) as machine:
        plan = replace(Plan.load(machine.plan(tmp_path)), hardware_stop="safety_key")
        runs_on(machine, tmp_path / "data")
        async with running(plan), supervisor(tmp_path / "hatch") as person:
            await walker_proves_the_sensors(person, machine.bench)
            await person.until(lambda now: "arm" in now["may"], LIMIT_S, "it could not be armed")
            await person.command("arm")
            assert person.now["cap_mps"] == pytest.approx(mps_from_mph(0.5))
            assert person.now["cap_source"] == "machine"

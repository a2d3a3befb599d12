"""A second sensor of the belt's speed in the running service, on the real Bluetooth stack."""

from dataclasses import replace
from pathlib import Path

import pytest

from controller.cli.failure import Failure
from controller.cli.supervisor import supervisor, walker_proves_the_sensors
from controller.plan import Plan
from simulators.wearables import POD_ADDRESS, STRAP_ADDRESS
from tests.controller.test_control import LIMIT_S, running, walking
from tests.machine import simulated_machine

WITNESS_MPS = 0.21


async def test_a_speed_sensor_that_contradicts_the_treadmill_stops_the_belt(
    tmp_path: Path,
) -> None:
    worn = ("none", "none", "none", "--pod", "--strap")
    async with simulated_machine(tmp_path, *worn) as machine:
        plan = replace(
            Plan.load(machine.plan(tmp_path)),
            witness=f"rsc:{POD_ADDRESS}",
            heart_rate=f"hrs:{STRAP_ADDRESS}",
        )
        async with running(plan), supervisor(tmp_path / "hatch") as person:
            await walker_proves_the_sensors(person, machine.bench)
            await walking(person)
            await person.until(
                lambda now: (now["belt"]["speed_mps"] or 0) > WITNESS_MPS, LIMIT_S, "too slow"
            )
            assert person.now["state"] == "walking"
            assert 72 < person.now["heart_rate_bpm"] < 95
            machine.bench.say("pod lies")
            now = await person.until(lambda now: now["cause"], LIMIT_S, "nothing was noticed")
            assert now["cause"] == "witness_disagrees"
            await machine.bench.event("at_rest", LIMIT_S)


async def test_while_a_speed_sensor_that_should_be_there_is_silent_the_speed_does_not_rise(
    tmp_path: Path,
) -> None:
    async with simulated_machine(tmp_path) as machine:
        plan = replace(Plan.load(machine.plan(tmp_path)), witness=f"rsc:{POD_ADDRESS}")
        async with running(plan), supervisor(tmp_path / "hatch") as person:
            await walker_proves_the_sensors(person, machine.bench)
            await person.until(lambda now: "arm" in now["may"], LIMIT_S, "it could not be armed")
            await person.command("arm")
            await person.until(lambda now: "start" in now["may"], LIMIT_S, "no start")
            await person.command("start")
            with pytest.raises(Failure):
                await person.until(lambda now: now["set_point_mps"] > 0, 3.0, "it did not rise")
            assert "The belt's speed sensor is not heard: no increase." in person.now["warnings"]

"""Stopping a belt without control: the standby, and the stop it carries out, on a virtual air."""

import asyncio
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from controller import standby
from controller.cli.teller import started
from controller.plan import Plan
from tests.machine import simulated_machine

LIMIT_S = 30.0


async def test_one_word_stops_a_moving_belt_and_is_answered_when_it_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async with simulated_machine(tmp_path) as machine:
        machine.bench.say("console start")
        await machine.bench.event("moving", LIMIT_S)
        monkeypatch.setattr(sys, "stdin", io.StringIO("\nwhat?\nstop\n"))
        arguments = ["standby", str(machine.plan(tmp_path))]
        assert await asyncio.to_thread(standby.main, arguments) == 0
        stopped = await machine.bench.event("stop_received", LIMIT_S)
        rested = await machine.bench.event("at_rest", LIMIT_S)
    ready, heard, sent, verified = [
        json.loads(line) for line in capfd.readouterr().out.splitlines()
    ]
    assert [ready["event"], heard["event"], sent["event"], verified["event"]] == [
        "ready",
        "heard",
        "stop_sent",
        "verified",
    ]
    assert ready["at_ns"] < heard["at_ns"] < sent["at_ns"] < rested["at_ns"] < verified["at_ns"]
    assert stopped["at_ns"] < rested["at_ns"]


async def test_a_serial_belt_is_stopped_by_the_same_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ("--machine", "biodex", "--script", "none")
    async with started("bench", "simulators.serial_bench", *options) as bench:
        ready = await bench.event("ready", LIMIT_S)
        bench.say("console start")
        await bench.event("moving", LIMIT_S)
        path = tmp_path / "plan.json"
        replace(PLAN, treadmill=f"biodex:{ready['address']}").save(path)
        monkeypatch.setattr(sys, "stdin", io.StringIO("stop\n"))
        assert await asyncio.to_thread(standby.main, ["standby", str(path)]) == 0
        await bench.event("at_rest", LIMIT_S)
    assert '"verified"' in capfd.readouterr().out


async def test_a_stop_goes_on_until_rest_though_whoever_asked_for_it_dies(tmp_path: Path) -> None:
    async with simulated_machine(tmp_path) as machine:
        machine.bench.say("console start")
        await machine.bench.event("moving", LIMIT_S)
        with await asyncio.to_thread(orphan, machine.plan(tmp_path)) as left_alone:
            try:
                await machine.bench.event("at_rest", LIMIT_S)
                assert await asyncio.to_thread(left_alone.wait, LIMIT_S) == 0
            finally:
                left_alone.kill()
            assert left_alone.stderr is not None
            assert left_alone.stderr.read() == b""


def orphan(plan: Path) -> subprocess.Popen[bytes]:
    """A standby that nobody hears any more from the moment when it was told to stop."""
    command = (sys.executable, "-m", "controller.standby", plan)
    ends = subprocess.PIPE
    process = subprocess.Popen(command, stdin=ends, stdout=ends, stderr=ends, bufsize=0)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write(b"stop\n")
    process.stdin.close()
    return process


async def test_a_stop_by_hand_goes_on_though_nobody_hears_of_it(tmp_path: Path) -> None:
    async with simulated_machine(tmp_path) as machine:
        machine.bench.say("console start")
        await machine.bench.event("moving", LIMIT_S)
        reader, writer = os.pipe()
        os.close(reader)
        treadmill = (f"ftms:{machine.target}", "--adapter", machine.adapter)
        stop = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "controller.cli", "stop", *treadmill),
            stdout=writer,
            stderr=asyncio.subprocess.DEVNULL,
        )
        os.close(writer)
        await asyncio.wait_for(stop.wait(), LIMIT_S)
        await machine.bench.event("at_rest", 1.0)


PLAN = Plan("ftms:name=Nobody", "grip:/dev/null", "system", "/nowhere", "/nowhere")


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, adapter="nonsense"),
        replace(PLAN, treadmill="nonsense"),
        replace(PLAN, treadmill="csafe:/dev/null", machine={"units": "knots"}),
    ],
)
def test_a_plan_that_cannot_work_ends_it_without_a_word(
    tmp_path: Path, plan: Plan, capfd: pytest.CaptureFixture[str]
) -> None:
    plan.save(tmp_path / "plan.json")
    assert standby.main(["standby", str(tmp_path / "plan.json")]) == 1
    assert capfd.readouterr() == ("", "")


def test_the_end_of_its_input_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    PLAN.save(tmp_path / "plan.json")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert standby.main(["standby", str(tmp_path / "plan.json")]) == 0
    assert json.loads(capfd.readouterr().out)["event"] == "ready"

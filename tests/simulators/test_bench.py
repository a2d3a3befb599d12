"""The bench as its users have it: a process, a radio, a port, lines in and lines out."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from drivers.ble import BleakLink
from protocols.ftms import procedures, uuids
from protocols.grip import GripFrame, GripParser
from simulators.radio import Air, serving

LIMIT_S = 20


class Bench:
    """The process, its lines as they come, and the adapter on which it is found."""

    def __init__(self, process: Process, adapter: str) -> None:
        self.process = process
        self.adapter = adapter

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())

    async def hear(self, event: str) -> dict[str, Any]:
        """The next line with this event."""
        assert self.process.stdout is not None
        async with asyncio.timeout(LIMIT_S):
            while octets := await self.process.stdout.readline():
                line: dict[str, Any] = json.loads(octets)
                if line["event"] == event:
                    return line
        raise AssertionError(f"The bench ended before it told {event}.")

    async def end(self) -> tuple[int | None, bytes]:
        """Close its standard input; how it exits, and what it complains of."""
        async with asyncio.timeout(LIMIT_S):
            _, complaint = await self.process.communicate(b"")
        return self.process.returncode, complaint


@contextlib.asynccontextmanager
async def started(air: str, *arguments: str, module: str = "bench") -> AsyncIterator[Bench]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"simulators.{module}", "--transport", air, *arguments),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield Bench(process, f"hci:{air}")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def running(path: Path, *arguments: str, module: str = "bench") -> AsyncIterator[Bench]:
    async with (
        serving(Air(), f"unix:{path}/air") as air,
        started(air, *arguments, module=module) as bench,
    ):
        yield bench


@contextlib.contextmanager
def grip_of(address: str) -> Any:
    """A callable that gives the frames read from the pty since the last call."""
    reader = os.open(address, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    parser = GripParser()
    try:
        yield lambda: parser.feed(os.read(reader, 4096))
    finally:
        os.close(reader)


async def test_a_walk_a_release_and_a_stop_are_seen_from_outside(tmp_path: Path) -> None:
    async with running(tmp_path) as bench:
        ready = await bench.hear("ready")
        link = BleakLink(ready["address"], bench.adapter)
        await link.connect(lambda: None)
        answers: asyncio.Queue[bytes] = asyncio.Queue()
        await link.subscribe(uuids.CONTROL_POINT, answers.put_nowait)
        with grip_of(ready["grip"]) as frames:
            assert (await bench.hear("grip"))["at_ns"] > ready["at_ns"]
            for octets in (procedures.request_control(), procedures.start()):
                await link.write(uuids.CONTROL_POINT, octets, response=True)
                assert (await answers.get())[2] == 1
            assert (await bench.hear("moving"))["set_point_mps"] == pytest.approx(0.1389)
            while (await bench.hear("belt"))["speed_mps"] < 0.1:
                pass
            bench.say("release")
            released = await bench.hear("grip_released")
            await link.write(uuids.CONTROL_POINT, procedures.stop(), response=True)
            stopped = await bench.hear("stop_received")
            rest = await bench.hear("at_rest")
            heard: list[GripFrame] = frames()
        assert released["at_ns"] < stopped["at_ns"] < rest["at_ns"]
        assert 0 < rest["carry_m"] < 1
        assert (heard[-1].left_held, heard[-1].right_held) == (False, False)
        await link.disconnect()
        assert await bench.end() == (0, b"")


async def test_an_unknown_command_gets_an_error_line_and_the_walk_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path, "--script", "none", "--grip", "tcp:127.0.0.1:0") as bench:
        assert (await bench.hear("ready"))["grip"].startswith("socket://127.0.0.1:")
        bench.say("dance")
        assert "There is no command 'dance'" in (await bench.hear("error"))["sentence"]
        bench.say("fall")
        await bench.hear("fell")
        bench.say("quit")
        assert await bench.process.wait() == 0


async def test_faults_of_every_kind_are_given_and_healed_by_a_line(tmp_path: Path) -> None:
    async with running(tmp_path, "--fault", "grip_stuck", "--fault", "no_name") as bench:
        ready = await bench.hear("ready")
        grip = await bench.hear("grip")
        assert (grip["left"], grip["right"]) == (True, True)
        bench.say("fault lets_go starts_after_conect")
        assert "starts_after_connect" in (await bench.hear("error"))["sentence"]
        bench.say("release")
        bench.say("fault starts_after_connect loss_2_percent grip_battery_low")
        await bench.hear("grip_released")
        link = BleakLink(ready["address"], bench.adapter)
        await link.connect(lambda: None)
        assert (await bench.hear("moving"))["mode"] == "running"
        with grip_of(ready["grip"]) as frames:
            heard: list[GripFrame] = []
            while not any(frame.battery_pct == 4 for frame in heard):
                await bench.hear("belt")
                heard = frames()
        bench.say("fault grip_unplugged")
        await link.disconnect()
        assert await bench.end() == (0, b"")


async def test_the_treadmill_alone_stands_still_until_it_is_asked(tmp_path: Path) -> None:
    async with running(tmp_path, "--fault", "ignores_stop", module="ftms_machine") as bench:
        assert (await bench.hear("ready"))["name"] == "Retrotread Sim"
        truth = await bench.hear("belt")
        assert (truth["speed_mps"], truth["mode"]) == (0, "standby")
        assert await bench.end() == (0, b"")


@pytest.mark.parametrize("module", ["bench", "ftms_machine"])
async def test_a_radio_that_is_not_there_is_one_plain_sentence(tmp_path: Path, module: str) -> None:
    async with started(f"unix:{tmp_path}/none", module=module) as bench:
        await assert_one_sentence(bench)


async def test_a_bench_whose_air_is_gone_ends_with_one_plain_sentence(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        async with serving(Air(), f"unix:{tmp_path}/air") as air:
            bench = await stack.enter_async_context(started(air))
            await bench.hear("ready")
        await assert_one_sentence(bench)


async def assert_one_sentence(bench: Bench) -> None:
    async with asyncio.timeout(LIMIT_S):
        _, complaint = await bench.process.communicate()
    assert bench.process.returncode == 1
    assert complaint.count(b"\n") == 1
    assert b"Traceback" not in complaint

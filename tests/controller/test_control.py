"""The control process: its heart, its guard's pulse, its hatch, and how it leaves."""

import asyncio
import contextlib
import gc
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from controller import control, hatch, profiles
from controller.cli.failure import Failure
from controller.cli.supervisor import Supervisor, supervisor, walker_proves_the_sensors
from controller.pipes import beat
from controller.plan import Plan
from controller.records.latch_store import decode, encode
from controller.safety.mark import Mark
from controller.session.commands import Verb
from tests.machine import end_clean, simulated_machine

LIMIT_S = 30.0
PULSE_S = 0.1


class Running:
    """`control.serve` in this process, with a guard's ends of its two pipes."""

    def __init__(self, plan: Plan, *, restarted: bool = False) -> None:
        self._beat_in, beat_out = os.pipe()
        pulse_in, self._pulse_out = os.pipe()
        self._fds = [self._beat_in, beat_out, pulse_in]
        self._guard = asyncio.create_task(self._keep_pulsing())
        serving = control.serve(plan, beat_out, pulse_in, restarted=restarted)
        self.task = asyncio.create_task(serving)

    async def beats(self) -> bytes:
        """The next heartbeats."""
        return await asyncio.to_thread(os.read, self._beat_in, 4096)

    async def guard_dies(self) -> None:
        self._guard.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._guard

    async def ended(self) -> None:
        async with asyncio.timeout(LIMIT_S):
            await self.task

    def close(self) -> None:
        for fd in self._fds:
            os.close(fd)

    async def _keep_pulsing(self) -> None:
        try:
            while True:
                os.write(self._pulse_out, b".")
                await asyncio.sleep(PULSE_S)
        finally:
            os.close(self._pulse_out)


@contextlib.asynccontextmanager
async def running(plan: Plan, *, restarted: bool = False) -> AsyncIterator[Running]:
    served = Running(plan, restarted=restarted)
    try:
        yield served
    finally:
        await served.guard_dies()
        served.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await served.task
        served.close()
        gc.unfreeze()


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A service whose machine and grip unit are not there; the last one ended clean."""
    end_clean(tmp_path / "data")
    return Plan(
        treadmill="ftms:name=Nobody",
        grip=f"grip:{tmp_path}/no-port",
        adapter=f"hci:unix:{tmp_path}/no-air",
        hatch=str(tmp_path / "hatch"),
        data_dir=str(tmp_path / "data"),
    )


async def walking(person: Supervisor) -> None:
    await person.until(lambda now: "arm" in now["may"], LIMIT_S, "it could not be armed")
    await person.command("arm")
    await person.until(lambda now: "start" in now["may"], LIMIT_S, "it could not be started")
    await person.command("start")
    await person.until(lambda now: (now["belt"]["speed_mps"] or 0) > 0, LIMIT_S, "it stood still")


async def test_a_walk_ends_with_a_stop_and_the_process_when_its_guard_has_died(
    tmp_path: Path,
) -> None:
    async with (
        simulated_machine(tmp_path) as machine,
        running(Plan.load(machine.plan(tmp_path))) as served,
    ):
        assert set(await served.beats()) == set(control.RESTING)
        async with supervisor(tmp_path / "hatch") as person:
            with pytest.raises(Failure, match="There is no such command or program"):
                await person.command("dance")
            await walker_proves_the_sensors(person, machine.bench)
            await walking(person)
            await served.beats()
            assert set(await served.beats()) == set(control.MOVING)
            assert "stop_received" not in [line["event"] for line in machine.told]
            await served.guard_dies()
            await served.ended()
        stopped = await machine.bench.event("stop_received", LIMIT_S)
        rested = await machine.bench.event("at_rest", LIMIT_S)
        assert stopped["at_ns"] < rested["at_ns"]
    assert not (tmp_path / "hatch").exists()
    (session,) = (tmp_path / "data" / "sessions").iterdir()
    assert '"octets":"0801"' in session.read_text()


async def asked(peer: hatch.Peer, answers: AsyncIterator[hatch.Message], **more: object) -> str:
    """What control answers to a command on the hatch; empty if it accepts."""
    peer.send({"kind": "command", "id": "1", **more})
    async with asyncio.timeout(LIMIT_S):
        async for message in answers:
            if message["kind"] == "answer":
                return str(message["reason"])
    raise AssertionError("control has gone")


async def test_a_desk_that_lets_everybody_do_everything_is_refused_by_control(plan: Plan) -> None:
    """The desk's checks are gone; the table of control is asked once more."""
    verbs = [verb for verb in Verb if verb is not Verb.STOP]
    told = {"pain_nprs": 9}
    async with running(plan) as served:
        await served.beats()
        peer = await hatch.connect(Path(plan.hatch))
        answers = peer.messages()
        for role in ("viewer", "engineer", "anyone"):
            for verb in verbs:
                if (verb, role) == (Verb.COMMISSION, "engineer"):
                    continue
                reason = await asked(peer, answers, verb=verb.value, role=role, told=told)
                assert "signed-in" in reason, (role, verb)
        for forged in ("king", "SUPERVISOR", "", None, 1, ["supervisor"], {"role": "supervisor"}):
            for verb in verbs:
                reason = await asked(peer, answers, verb=verb.value, role=forged)
                assert reason == "There is no such command or program.", (forged, verb)
        assert set(await served.beats()) == set(control.RESTING)
        await peer.close()


async def test_a_treadmill_that_is_known_by_its_name_alone_is_not_commissioned(plan: Plan) -> None:
    async with running(plan) as served:
        await served.beats()
        peer = await hatch.connect(Path(plan.hatch))
        answers = peer.messages()
        assert await asked(peer, answers, verb="commission", role="engineer") == profiles.BY_NAME
        assert "signed-in" in await asked(peer, answers, verb="commission", role="supervisor")
        assert set(await served.beats()) == set(control.RESTING)
        await peer.close()


@pytest.mark.parametrize("role", ["viewer", "engineer", "king", None, ["supervisor"]])
async def test_a_stop_counts_whoever_asks_and_whatever_is_said_besides(
    plan: Plan, role: object
) -> None:
    async with running(plan) as served:
        await served.beats()
        peer = await hatch.connect(Path(plan.hatch))
        answers = peer.messages()
        more = {"program": "no such", "speed_mps": "fast", "orientation": "up"}
        assert await asked(peer, answers, verb="stop", role=role, **more) == ""
        await peer.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_at_rest_a_signal_ends_it_at_once(plan: Plan, number: signal.Signals) -> None:
    async with running(plan) as served:
        assert set(await served.beats()) == set(control.RESTING)
        os.kill(os.getpid(), number)
        await served.ended()


async def test_started_again_after_a_death_it_stops_the_belt_before_anything_else(
    plan: Plan,
) -> None:
    async with running(plan, restarted=True) as served:
        assert set(await served.beats()) == set(control.STOPPING)
        async with supervisor(Path(plan.hatch)) as person:
            now = await person.until(bool, LIMIT_S, "it said nothing")
            assert (now["state"], now["cause"]) == ("stopping", "restarted")
            assert set(now["may"]) <= {"stop", "present", "report"}


@pytest.mark.parametrize(
    ("left", "cause"),
    [
        (None, "unknown_end"),
        (Mark(moving=True), "restarted"),
        (Mark(moving=True, cause="grip_released"), "grip_released"),
        (Mark(moving=False, cause="safety_key"), "safety_key"),
        (Mark(moving=False, cause="of another version"), "restarted"),
    ],
)
async def test_after_anything_but_a_clean_end_it_begins_with_a_stop_and_latched(
    plan: Plan, left: Mark | None, cause: str
) -> None:
    path = Path(plan.data_dir) / "latch"
    path.unlink() if left is None else path.write_bytes(encode(left))
    async with running(plan) as served:
        assert set(await served.beats()) <= set(control.STOPPING + control.UNVERIFIED)
        async with supervisor(Path(plan.hatch)) as person:
            now = await person.until(bool, LIMIT_S, "it said nothing")
            assert (now["state"], now["cause"]) == ("stopping", cause)
    assert decode(path.read_bytes()) == Mark(moving=True, cause=cause)


async def test_a_stop_that_cannot_be_verified_is_said_to_the_guard(plan: Plan) -> None:
    async with running(plan, restarted=True) as served:
        async with asyncio.timeout(LIMIT_S):
            while control.UNVERIFIED not in await served.beats():
                pass


async def test_a_folder_that_cannot_be_read_or_written_is_a_service_that_begins_latched(
    plan: Plan,
) -> None:
    path = Path(plan.data_dir) / "latch"
    path.unlink()
    path.mkdir()
    async with running(plan) as served:
        assert set(await served.beats()) <= set(control.STOPPING + control.UNVERIFIED)


@pytest.mark.parametrize(
    ("moving", "escalate", "latched", "word"),
    [
        (True, False, False, b"m"),
        (True, False, True, b"s"),
        (False, False, True, b"l"),
        (False, False, False, b"r"),
        (True, True, True, b"u"),
        (True, True, False, b"u"),
        (False, True, False, b"u"),
    ],
)
def test_each_turn_has_its_word_and_a_doubt_outweighs_the_rest(
    moving: bool, escalate: bool, latched: bool, word: bytes
) -> None:
    assert control._word(moving, escalate, latched) == word


def test_a_heartbeat_is_lost_rather_than_waited_for() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    capacity = os.write(writer, bytes(1 << 20))
    beat(writer, control.MOVING)
    assert len(os.read(reader, 1 << 20)) == capacity
    beat(writer, control.MOVING)
    assert os.read(reader, 10) == control.MOVING
    os.close(reader)
    beat(writer, control.RESTING)
    os.close(writer)


@pytest.fixture
def pipes() -> Iterator[list[str]]:
    fds = os.pipe()
    switch_s = sys.getswitchinterval()
    yield [str(fds[1]), str(fds[0])]
    sys.setswitchinterval(switch_s)
    for fd in fds:
        os.close(fd)


def test_a_terminal_that_was_stopped_stops_no_turn(plan: Plan, tmp_path: Path) -> None:
    """Its machine and its grip unit are not there, and it says so into a pipe that is full."""
    plan.save(tmp_path / "plan.json")
    (beats, beat_out), (pulse_in, pulse), (told, stderr) = os.pipe(), os.pipe(), os.pipe()
    os.set_blocking(stderr, False)
    os.write(stderr, bytes(1 << 20))
    os.set_blocking(stderr, True)
    words = [sys.executable, "-m", "controller.control", str(tmp_path / "plan.json")]
    served = subprocess.Popen(
        [*words, str(beat_out), str(pulse_in)], pass_fds=(beat_out, pulse_in), stderr=stderr
    )
    try:
        turns = 0
        while turns < 100:
            assert select.select([beats], [], [], LIMIT_S)[0]
            turns += len(os.read(beats, 4096))
            os.write(pulse, b".")
        served.terminate()
        assert served.wait(LIMIT_S) == 0
    finally:
        served.kill()
        served.wait()
        for end in (beats, beat_out, pulse_in, pulse, told, stderr):
            os.close(end)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"adapter": "nonsense"}, "'nonsense' is not a Bluetooth adapter"),
        ({"treadmill": "nonsense"}, "'nonsense' is no treadmill address"),
        ({"grip": "nonsense"}, "'nonsense' is no grip unit address"),
        ({"limits": {"settings": {"cap_mps": 99.0}}}, "cap_mps"),
    ],
)
def test_a_plan_that_cannot_work_is_one_plain_sentence(
    plan: Plan,
    tmp_path: Path,
    pipes: list[str],
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, object],
    sentence: str,
) -> None:
    replace(plan, **changes).save(tmp_path / "plan.json")  # type: ignore[arg-type]
    assert control.main(["control", str(tmp_path / "plan.json"), *pipes]) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1


def test_leaving_at_rest_is_exit_code_0_and_what_was_imported_had_been_frozen(
    plan: Plan, tmp_path: Path, pipes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pulse has ended before it began: there is no guard."""
    plan.save(tmp_path / "plan.json")
    reader, writer = os.pipe()
    os.close(writer)
    arguments = ["control", str(tmp_path / "plan.json"), pipes[0], str(reader)]
    assert control.main(arguments) == 0
    assert gc.get_freeze_count()
    gc.unfreeze()
    os.close(reader)

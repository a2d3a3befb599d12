"""SCHED_FIFO and locked memory, in processes of their own, as far as this computer permits them."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from controller import realtime
from controller.cli.teller import started
from controller.plan import Plan
from controller.realtime import CONTROL, DESK_NICE, GUARD, KEEPER, may_be_first, may_keep_memory
from tests.machine import simulated_machine

LIMIT_S = 30.0
NOBODY = 65534
ALL_CAPABILITIES, NONE = "000001ffffffffff", "0000000000000000"
FIFO, OTHER = os.SCHED_FIFO, os.SCHED_OTHER


def told(source: str, *, nobody: bool = False) -> Any:
    """What a program says that imports `realtime`, as JSON; `nobody` has no rights and no limits
    raised for it."""
    preface = "import json, os, resource, subprocess, sys, threading, time\n"
    begin = f"os.setgid({NOBODY}); os.setuid({NOBODY})\n" if nobody and os.getuid() == 0 else ""
    imports = "from controller import realtime\n"
    result = subprocess.run(
        [sys.executable, "-c", preface + imports + begin + source],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(result.stdout)


def test_control_cannot_starve_guard_or_keeper_and_all_stay_below_the_kernels_interrupts() -> None:
    assert 1 < CONTROL < KEEPER < GUARD < 50


def test_a_guard_comes_first_and_what_it_starts_does_not() -> None:
    refused, own, child = told(
        f"""
refused = realtime.before_children({GUARD})
ask = "import os; print(os.sched_getscheduler(0))"
child = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True).stdout
own = os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK, os.sched_getparam(0).sched_priority
print(json.dumps([refused, own, int(child)]))
"""
    )
    if may_be_first(GUARD):
        assert (refused, own) == ("", [FIFO, GUARD])
    else:
        assert (refused, own) == (realtime.FIFO_REFUSED, [OTHER, 0])
    assert child == OTHER


def test_the_threads_of_control_stand_one_step_behind_its_loop() -> None:
    refused, loop, other = told(
        f"""
thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)
thread.start()
refused = realtime.with_threads({CONTROL})
found = [(os.sched_getscheduler(i), os.sched_getparam(i).sched_priority)
         for i in (os.getpid(), thread.native_id)]
print(json.dumps([refused, *found]))
"""
    )
    if may_be_first(CONTROL):
        assert (refused, loop, other) == ("", [FIFO, CONTROL], [FIFO, CONTROL - 1])
    else:
        assert (refused, loop, other) == (realtime.FIFO_REFUSED, [OTHER, 0], [OTHER, 0])


LOCKED = """
def locked_kb():
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmLck")))
refused = realtime.keep_memory()
before = locked_kb()
buffer = bytearray(64 << 20)
print(json.dumps([refused, before, locked_kb() - before]))
"""


def test_memory_of_now_and_of_later_is_kept() -> None:
    refused, now_kb, later_kb = told(LOCKED)
    if may_keep_memory():
        assert refused == ""
        assert now_kb > 5_000
        assert later_kb >= 64 << 10
    else:
        assert (refused, now_kb, later_kb) == (realtime.MEMORY_REFUSED, 0, 0)


def test_whoever_is_not_permitted_hears_one_sentence_and_is_left_as_it_was() -> None:
    """With limits of nothing and no capability; the way out is in what the doctor says."""
    found = told(
        f"""
for limit in (resource.RLIMIT_RTPRIO, resource.RLIMIT_MEMLOCK):
    resource.setrlimit(limit, (0, 0))
first, later = realtime.before_children({GUARD}), realtime.with_threads({CONTROL})
memory = realtime.keep_memory()
realtime.settle({CONTROL})
may = realtime.may_be_first({GUARD}), realtime.may_keep_memory()
print(json.dumps([first, later, memory, may, os.sched_getscheduler(0)]))
""",
        nobody=True,
    )
    fifo, memory = realtime.FIFO_REFUSED, realtime.MEMORY_REFUSED
    assert found == [fifo, fifo, memory, [False, False], OTHER]
    assert all(text.endswith("See retrotread doctor.") for text in (fifo, memory))


@pytest.mark.parametrize(("mask", "capable"), [(ALL_CAPABILITIES, True), (NONE, False)])
def test_a_capability_counts_as_much_as_a_limit(tmp_path: Path, mask: str, capable: bool) -> None:
    status = tmp_path / "status"
    status.write_text(f"Name:\tpython\nCapPrm:\t{ALL_CAPABILITIES}\nCapEff:\t{mask}\n")
    beyond = 1000  # no limit is as high
    assert may_be_first(beyond, status) is capable
    status.write_text("Name:\tpython\n")
    assert may_be_first(beyond, status) is False


def test_without_a_proc_there_is_neither(tmp_path: Path) -> None:
    nowhere = tmp_path / "status"
    assert may_be_first(1, nowhere) is False
    assert may_keep_memory(nowhere) is False


def standing(pid: int) -> tuple[int, int]:
    policy = os.sched_getscheduler(pid) & ~os.SCHED_RESET_ON_FORK
    return policy, os.sched_getparam(pid).sched_priority


def children(pid: int) -> dict[str, int]:
    """The processes that this one started, by their module."""
    listing = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    named = {child: Path(f"/proc/{child}/cmdline").read_text().split("\0") for child in listing}
    return {words[words.index("-m") + 1]: int(pid) for pid, words in named.items()}


def parent_of(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("PPid"))


async def settled(pid: int, wanted: tuple[int, int]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while standing(pid) != wanted:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.05)


@pytest.mark.service
async def test_a_service_that_is_to_come_first_has_every_process_in_its_place(
    tmp_path: Path,
) -> None:
    desk_plan = tmp_path / "desk.json"
    hatch = str(tmp_path / "hatch")
    desk = {"hatch": hatch, "data_dir": str(tmp_path), "port": 0, "realtime": True}
    desk_plan.write_text(json.dumps(desk))
    async with simulated_machine(tmp_path, relay="pty") as machine:
        path = machine.plan(tmp_path)
        plan = {**json.loads(path.read_text()), "realtime": True, "alarm": ["true"]}
        Plan(**plan).save(path)
        async with started("guard", "controller.guard", str(path), str(desk_plan)) as guard:
            control = (await guard.event("control_started", LIMIT_S))["pid"]
            await guard.event("listening", LIMIT_S)
            parent = parent_of(control)
            found = children(parent)
            places = {
                parent: GUARD,
                found["controller.relay"]: KEEPER,
                found["controller.control"]: CONTROL,
                found["controller.standby"]: CONTROL,
            }
            for pid, priority in places.items():
                first = may_be_first(priority)
                await settled(pid, (FIFO, priority) if first else (OTHER, 0))
            assert standing(found["controller.desk"]) == (OTHER, 0)
            assert os.getpriority(os.PRIO_PROCESS, found["controller.desk"]) >= DESK_NICE


RUNS_AWAY = """
import os, resource, signal, sys, time
resource.setrlimit(resource.RLIMIT_RTTIME, (3_000_000, 3_000_000))
beat = int(sys.argv[2])
if "--restarted" in sys.argv:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    os.write(beat, b"r")
    os.kill(os.getppid(), signal.SIGTERM)
    while True:
        os.write(beat, b"r")
        time.sleep(0.02)
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param({priority}))
except PermissionError:
    pass
os.write(beat, b"m")
print('{{"event": "ran_away", "at_ns": %d}}' % time.monotonic_ns(), flush=True)
while True:
    pass
"""
STOPS = """
import sys
print('{"event": "ready"}', flush=True)
for line in sys.stdin:
    print('{"event": "stop_sent"}\\n{"event": "verified"}', flush=True)
"""
ON_ONE_PROCESSOR = """
import os, sys
from controller import realtime
from controller.guard.children import Programs
from controller.guard.guard import Guard, Means
os.sched_setaffinity(0, {{min(os.sched_getaffinity(0))}})
realtime.before_children(realtime.GUARD)
control, standby = ((sys.executable, "-S", "-E", path) for path in ({control!r}, {standby!r}))
programs = Programs(control=control, standby=standby)
sys.exit(Guard(programs, "plan", None, Means(alarm=("true",))).run())
"""


def test_a_control_that_runs_away_keeps_no_guard_from_killing_it(tmp_path: Path) -> None:
    """Both on one processor, and control never gives it back. Were it before the guard, it would go
    on for ever; the kernel ends it after three seconds, so that a test that fails ends too."""
    control, standby = tmp_path / "control.py", tmp_path / "standby.py"
    control.write_text(RUNS_AWAY.format(priority=CONTROL))
    standby.write_text(STOPS)
    source = ON_ONE_PROCESSOR.format(control=str(control), standby=str(standby))
    result = subprocess.run(
        [sys.executable, "-c", source],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    at_ns = {line["event"]: line["at_ns"] for line in reversed(lines)}
    assert result.returncode == 0
    assert [line["event"] for line in lines if line["event"].startswith("guard_")] == [
        "guard_stop_sent",
        "guard_stop_verified",
    ]
    if may_be_first(GUARD):
        assert (at_ns["control_lost"] - at_ns["ran_away"]) / 1e9 < 0.6

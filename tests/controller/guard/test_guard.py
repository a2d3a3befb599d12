"""The guard with small real children: what it says, whom it tells to stop the belt, how it ends.

Each child is a Python program in a file of its own. What it is to do stands in the test; the words
it may use (`beat`, `say`, `leave_the_guard`, …) are in `WORDS`.
"""

import ast
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controller.guard import __main__, children, guard, watch
from controller.guard.children import Programs, end
from controller.guard.guard import Guard

WORDS = '''
import itertools, json, os, signal, sys, time

FOLDER, FLAGS = os.path.dirname(sys.argv[0]), sys.argv[4:]
guard = os.getppid()

def beat(octet, seconds=0.0):
    """One heartbeat, then more of them for a while."""
    ends = time.monotonic() + seconds
    while True:
        os.write(int(sys.argv[2]), octet)
        if time.monotonic() >= ends:
            return
        time.sleep(0.02)

def say(event):
    print(json.dumps({"event": event}), flush=True)

def note(line):
    """What the test will read."""
    with open(os.path.join(FOLDER, "notes"), "a") as notes:
        notes.write(line + "\\n")

def nth(name):
    """How often a child of this name was started before, counted in a file."""
    path = os.path.join(FOLDER, name)
    with open(path, "a") as count:
        count.write(".")
    return os.path.getsize(path) - 1

def leave_the_guard():
    os.kill(guard, signal.SIGTERM)

def end_when_asked():
    """As control does, with the belt at rest."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
'''

WAITS = "while sys.stdin.readline(): pass"
STOPS = """
say("ready")
for line in sys.stdin:
    note("standby heard " + line.strip())
    say("stop_sent")
    say("verified")
"""
RESTS_THEN_LEAVES = """
note("control " + " ".join(FLAGS))
end_when_asked()
beat(b"r")
leave_the_guard()
beat(b"r", 30)
"""


class Stage:
    """Children from source, a guard run over them, and what became of it."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capfd = capfd
        self.lines: list[dict[str, Any]] = []

    def program(self, name: str, source: str) -> tuple[str, ...]:
        path = self.folder / f"{name}.py"
        path.write_text(WORDS + source)
        return (sys.executable, "-S", "-E", str(path))

    def programs(self, control: str, standby: str = STOPS, desk: str = WAITS) -> Programs:
        """`control` runs once; started again, it rests and has the guard leave."""
        again = "\n".join("    " + line for line in RESTS_THEN_LEAVES.splitlines())
        either = "\n".join("    " + line for line in control.splitlines())
        whole = f"if FLAGS:\n{again}\nelse:\n{either or '    pass'}\n"
        return Programs(
            self.program("control", whole),
            self.program("standby", standby),
            self.program("desk", desk),
        )

    def run(
        self, control: str, *, standby: str = STOPS, desk: str = WAITS, desk_plan: bool = False
    ) -> int:
        """The guard's exit code; its lines are in `lines`."""
        programs = self.programs(control, standby, desk)
        code = Guard(programs, "plan", "desk plan" if desk_plan else None).run()
        self.lines = [json.loads(line) for line in self._capfd.readouterr().out.splitlines()]
        return code

    @property
    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]

    @property
    def notes(self) -> list[str]:
        path = self.folder / "notes"
        return path.read_text().splitlines() if path.exists() else []

    def of(self, event: str) -> dict[str, Any]:
        return next(line for line in self.lines if line["event"] == event)


@pytest.fixture
def stage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Stage]:
    """Signal handlers of the test process are put back afterwards."""
    before = {number: signal.getsignal(number) for number in guard.LEAVE}
    yield Stage(tmp_path, capfd)
    for number, handler in before.items():
        signal.signal(number, handler)


RESCUED = [
    "control_started",
    "control_lost",
    "guard_stop_sent",
    "guard_stop_verified",
    "control_started",
]


def test_a_control_that_ends_well_ends_the_service_well(stage: Stage) -> None:
    assert stage.run("beat(b'r')") == 0
    assert stage.events == ["control_started"]
    assert stage.of("control_started")["restarted"] is False
    assert stage.notes == []


def test_a_control_that_cannot_begin_ends_the_service_with_code_1(stage: Stage) -> None:
    assert stage.run("sys.exit(1)") == 1
    assert stage.events == ["control_started"]


@pytest.mark.parametrize("number", guard.LEAVE)
def test_each_signal_to_leave_is_passed_on_and_waits_for_control(
    stage: Stage, number: signal.Signals
) -> None:
    source = f"""
def stop(*_):
    note("control stops the belt")
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
beat(b"r")
os.kill(guard, {int(number)})
beat(b"r", 30)
"""
    assert stage.run(source) == 0
    assert stage.notes == ["control stops the belt"]
    assert stage.events == ["control_started"]


def test_a_service_whose_parent_is_gone_leaves(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"what a parent says is of no interest")
    monkeypatch.setattr(guard, "STDIN", reader)
    holder = "import os, sys; os.write(1, b'.'); sys.stdin.read()"
    parent = subprocess.Popen(
        [sys.executable, "-c", holder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[writer],
    )
    os.close(writer)
    with parent:
        source = f"""
end_when_asked()
beat(b"r", 0.2)
os.kill({parent.pid}, signal.SIGKILL)
beat(b"r", 30)
"""
        assert stage.run(source) == 0
    os.close(reader)
    assert stage.events == ["control_started"]


def test_a_service_asked_to_leave_before_control_has_begun_ends_well(stage: Stage) -> None:
    assert stage.run("leave_the_guard()\ntime.sleep(30)") == 0
    assert stage.events == ["control_started"]


def test_a_control_that_dies_while_the_belt_moves_is_replaced_after_a_verified_stop(
    stage: Stage,
) -> None:
    assert stage.run("beat(b'm')\nos._exit(3)") == 0
    assert stage.events == RESCUED
    assert (stage.of("control_lost")["why"], stage.of("control_lost")["moving"]) == ("died", True)
    assert stage.lines[-1]["restarted"] is True
    assert stage.notes == ["standby heard stop", "control --restarted"]
    times_ns = [line["at_ns"] for line in stage.lines]
    assert times_ns == sorted(times_ns)


def test_a_control_that_ends_well_while_the_belt_moves_has_not_ended_well(stage: Stage) -> None:
    assert stage.run("beat(b'rm')\nos._exit(0)") == 0
    assert stage.events == RESCUED


def test_a_control_killed_by_the_system_is_no_other_case(stage: Stage) -> None:
    assert stage.run("beat(b'm')\nos.kill(os.getpid(), signal.SIGKILL)") == 0
    assert stage.events == RESCUED


def test_a_frozen_control_is_killed_before_the_belt_is_stopped(stage: Stage) -> None:
    source = "note(f'pid {os.getpid()}')\nbeat(b'm')\nos.kill(os.getpid(), signal.SIGSTOP)"
    assert stage.run(source) == 0
    assert stage.events == RESCUED
    assert stage.of("control_lost")["why"] == "silent"
    pid = int(stage.notes[0].removeprefix("pid "))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_control_that_falls_silent_while_the_belt_moves_is_lost(stage: Stage) -> None:
    assert stage.run("beat(b'm')\ntime.sleep(30)") == 0
    assert stage.events == RESCUED


def test_a_control_that_falls_silent_at_rest_is_started_again_without_a_stop(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "RESTING_S", 1.0)
    assert stage.run("beat(b'r')\ntime.sleep(30)") == 0
    assert stage.events == ["control_started", "control_lost", "control_started"]
    assert stage.of("control_lost")["moving"] is False
    assert stage.notes == ["control --restarted"]


def test_a_control_that_never_says_a_word_may_have_moved_the_belt(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "STARTING_S", 0.5)
    assert stage.run("if not FLAGS: time.sleep(30)") == 0
    assert stage.events[:4] == RESCUED[:4]


def test_control_hears_a_pulse_as_long_as_there_is_a_guard(stage: Stage) -> None:
    source = """
for _ in range(3):
    assert os.read(int(sys.argv[3]), 1) == b"."
    beat(b"r")
note("heard the guard three times")
"""
    assert stage.run(source) == 0
    assert stage.notes == ["heard the guard three times"]


def test_a_control_that_does_not_take_the_pulse_does_not_hold_up_the_guard(stage: Stage) -> None:
    watched = Guard(stage.programs("beat(b'r', 0.3)"), "plan", None)
    assert watched._control is not None
    os.write(watched._control._pulse_fd, bytes(1 << 20))
    assert watched.run() == 0


def test_a_control_that_closed_its_end_of_the_pulse_does_not_end_the_guard(stage: Stage) -> None:
    assert stage.run("os.close(int(sys.argv[3]))\nbeat(b'r', 0.3)") == 0


def test_a_standby_that_dies_in_the_midst_of_a_stop_is_replaced_and_told_again(
    stage: Stage,
) -> None:
    standby = (
        """
if nth("standby") == 0:
    sys.stdin.readline()
    say("stop_sent")
    os._exit(1)
"""
        + STOPS
    )
    assert stage.run("beat(b'm', 0.2)\nos._exit(3)", standby=standby) == 0
    assert stage.events == [*RESCUED[:3], *RESCUED[2:]]
    assert stage.notes == ["standby heard stop", "control --restarted"]


def test_a_standby_found_dead_at_the_moment_it_is_needed_is_replaced_and_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pipe is broken before its end was noticed."""
    standby = "if nth('standby') == 0: os._exit(1)\n" + STOPS
    programs = stage.programs("", standby)
    watched = Guard(programs, "plan", None)
    assert watched._control is not None
    watched._standby.process.wait()
    watched._lose_control(watched._control, "died")
    assert watched.run() == 0
    assert stage.notes == ["standby heard stop", "control --restarted"]


def test_a_standby_that_hangs_in_the_midst_of_a_stop_is_replaced_and_told_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "RESCUE_S", 0.5)
    hangs_once = STOPS.replace(
        'say("stop_sent")', 'nth("stops") or time.sleep(60)\n    say("stop_sent")'
    )
    assert stage.run('beat(b"m")\nsys.exit(1)', standby=hangs_once) == 0
    assert stage.events == RESCUED
    assert stage.notes.count("standby heard stop") == 2


def test_a_standby_that_dies_at_rest_is_replaced_quietly(stage: Stage) -> None:
    standby = "if nth('standby') == 0: os._exit(1)\nnote('a second standby')\n" + STOPS
    source = """
while not os.path.exists(os.path.join(FOLDER, "notes")):
    beat(b"r", 0.05)
"""
    assert stage.run(source, standby=standby) == 0
    assert stage.events == ["control_started"]


def test_what_a_standby_says_beside_its_events_is_passed_over(stage: Stage) -> None:
    standby = """
print("a library speaks up")
print("[1]")
print('{"no": "event"}')
sys.stdout.buffer.write(b"\\xff\\n")
say("verified")
""" + STOPS.replace(
        'say("stop_sent")', "print(end='{\"eve', flush=True)\n    print('nt\": \"stop_sent\"}')"
    )
    assert stage.run("beat(b'm', 0.2)\nos._exit(3)", standby=standby) == 0
    assert stage.events == RESCUED


def test_a_service_asked_to_leave_during_a_rescue_ends_after_the_verified_stop(
    stage: Stage,
) -> None:
    standby = """
sys.stdin.readline()
leave_the_guard()
time.sleep(0.2)
say("verified")
time.sleep(30)
"""
    assert stage.run("beat(b'm')\nos._exit(3)", standby=standby, desk_plan=True) == 0
    assert stage.events == ["control_started", "control_lost", "guard_stop_verified"]


def test_a_control_that_freezes_while_it_leaves_does_not_keep_the_service(stage: Stage) -> None:
    source = """
signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGSTOP))
beat(b"m")
leave_the_guard()
beat(b"m", 30)
"""
    assert stage.run(source) == 0
    assert stage.events == RESCUED[:4]


def test_a_parent_that_no_longer_listens_does_not_keep_the_belt_from_being_stopped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setattr(guard, "STDOUT", writer)
    assert stage.run("beat(b'm')\nos._exit(3)") == 0
    os.close(writer)
    assert stage.notes == ["standby heard stop", "control --restarted"]


def test_a_desk_that_cannot_serve_ends_the_service_with_code_1(stage: Stage) -> None:
    source = "end_when_asked()\nbeat(b'r', 30)"
    assert stage.run(source, desk="sys.exit(1)", desk_plan=True) == 1
    assert stage.events == ["control_started"]


def test_a_desk_that_crashes_is_started_again_beside_a_control_that_does_not_notice(
    stage: Stage,
) -> None:
    desk = """
if nth("desk") == 0:
    os.kill(os.getpid(), signal.SIGKILL)
note("a second desk")
while sys.stdin.readline(): pass
"""
    source = """
while not os.path.exists(os.path.join(FOLDER, "notes")):
    beat(b"r", 0.05)
"""
    assert stage.run(source, desk=desk, desk_plan=True) == 0
    assert stage.events == ["control_started"]
    assert stage.notes == ["a second desk"]


def test_a_desk_that_ends_while_the_service_leaves_is_not_started_again(stage: Stage) -> None:
    desk = "nth('desk')\nend_when_asked()\ntime.sleep(30)"
    source = """
def leave(*_):
    beat(b"r", 0.2)
    os._exit(0)
signal.signal(signal.SIGTERM, leave)
beat(b"r", 0.2)
leave_the_guard()
beat(b"r", 30)
"""
    assert stage.run(source, desk=desk, desk_plan=True) == 0
    assert (stage.folder / "desk").read_bytes() == b"."


def test_every_child_has_a_session_of_its_own_so_a_terminal_reaches_the_guard_alone(
    stage: Stage,
) -> None:
    apart = "note(str(os.getsid(0) == os.getpid()))\n"
    source = f"""
{apart}
while open(os.path.join(FOLDER, "notes")).read().count("True") < 3:
    beat(b"r", 0.05)
"""
    assert stage.run(source, standby=apart + STOPS, desk=apart + WAITS, desk_plan=True) == 0
    assert stage.notes == ["True"] * 3


def test_a_child_that_will_not_end_is_killed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "END_S", 0.1)
    source = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(30)"
    stubborn = subprocess.Popen(stage.program("stubborn", source), stdout=subprocess.PIPE)
    with stubborn:
        assert stubborn.stdout is not None
        stubborn.stdout.readline()
        end(stubborn)
        assert stubborn.returncode == -signal.SIGKILL


def test_the_module_runs_one_service_from_its_plans(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "assert sys.argv[1] == 'a plan'\nbeat(b'r')"
    desk = "assert sys.argv[1] == 'a desk plan'\n" + WAITS
    programs = stage.programs(source, desk=desk)
    monkeypatch.setattr(children, "Programs", lambda: programs)
    monkeypatch.delitem(sys.modules, __main__.__name__)
    for plans in (["a plan"], ["a plan", "a desk plan"]):
        monkeypatch.setattr(sys, "argv", ["guard", *plans])
        with pytest.raises(SystemExit) as ended:
            runpy.run_module("controller.guard", run_name="__main__")
        assert ended.value.code == 0


GUARD_FILES = sorted(Path(guard.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", GUARD_FILES, ids=lambda path: path.name)
def test_the_guard_imports_the_standard_library_and_itself_alone(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)]
    foreign = [name for name in names if name.split(".")[0] not in sys.stdlib_module_names]
    assert all(name.startswith("controller.guard.") for name in foreign)


def test_a_running_guard_has_loaded_nothing_of_the_others() -> None:
    source = "import sys, controller.guard.__main__; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = ("controller", "drivers", "protocols", "simulators")
    assert {name for name in loaded if name.startswith(ours)} == {
        "controller",
        *("controller.guard" + name for name in ("", ".__main__", ".children", ".guard", ".watch")),
    }
    heavy = {"bleak", "serial", "pydantic", "asyncio"}
    assert heavy.isdisjoint(loaded)

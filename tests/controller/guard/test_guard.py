"""The guard with small real children: what it says, whom it tells to stop the belt, how it ends.

Each child is a Python program in a file of its own. What it is to do stands in the test; the words
it may use (`beat`, `say`, `leave_the_guard`, …) are in `WORDS`.
"""

import ast
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controller import realtime
from controller.guard import __main__, alarm, children, guard, relay_line, telling, watch
from controller.guard.children import Programs, end
from controller.guard.guard import Guard, Means
from controller.guard.lock import single
from controller.plan import GIVES_WAY, Plan
from tests.controller.guard.process import handlers_kept, told_to

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

SILENT = Means(alarm=("true",))
"""No bell in the terminal of whoever runs the tests."""
WITH_RELAY = Means(relay=True, alarm=("true",))
RUNGS = ("relay", "alarm")
WAITS = "while sys.stdin.readline(): pass"
STOPS = """
say("ready")
for line in sys.stdin:
    note("standby heard " + line.strip())
    say("stop_sent")
    say("verified")
"""
KEEPS = """
contact, since = "opened", 0
while True:
    say(contact)
    octets = os.read(0, 4096).decode()
    note("relay " + (octets or "end"))
    if not octets:
        break
    contact = {"c": "closed", "o": "opened"}.get(octets.strip(".")[-1:], contact)
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

    def programs(
        self,
        control: str,
        standby: str = STOPS,
        desk: str = WAITS,
        relay: str = KEEPS,
        commissioner: str = "",
    ) -> Programs:
        """`control` runs once; started again, it rests and has the guard leave."""
        again = "\n".join("    " + line for line in RESTS_THEN_LEAVES.splitlines())
        either = "\n".join("    " + line for line in control.splitlines())
        whole = f"if FLAGS:\n{again}\nelse:\n{either or '    pass'}\n"
        return Programs(
            self.program("control", whole),
            self.program("standby", standby),
            self.program("desk", desk),
            self.program("relay", relay),
            self.program("commissioner", commissioner),
        )

    def run(
        self,
        control: str,
        *,
        standby: str = STOPS,
        desk: str = WAITS,
        relay: str = KEEPS,
        commissioner: str = "",
        desk_plan: bool = False,
        means: Means = SILENT,
    ) -> int:
        """The guard's exit code; its lines are in `lines`."""
        programs = self.programs(control, standby, desk, relay, commissioner)
        code = Guard(programs, "plan", "desk plan" if desk_plan else None, means).run()
        self.lines = [json.loads(line) for line in self._capfd.readouterr().out.splitlines()]
        return code

    @property
    def events(self) -> list[str]:
        """What happened to control and the belt; see `rungs` for the rest."""
        return [line["event"] for line in self.lines if not line["event"].startswith(RUNGS)]

    @property
    def rungs(self) -> list[str]:
        """What happened to relay and alarm."""
        return [line["event"] for line in self.lines if line["event"].startswith(RUNGS)]

    @property
    def notes(self) -> list[str]:
        path = self.folder / "notes"
        return path.read_text().splitlines() if path.exists() else []

    def of(self, event: str) -> dict[str, Any]:
        return next(line for line in self.lines if line["event"] == event)


@pytest.fixture
def stage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Stage]:
    with handlers_kept():
        yield Stage(tmp_path, capfd)


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


def test_a_signal_while_the_children_are_started_waits_for_control(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start_desk(*args: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return children.start_desk(*args)

    monkeypatch.setattr(guard, "start_desk", start_desk)
    assert stage.run("end_when_asked()\nbeat(b'r', 30)", desk_plan=True) == 0
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


GIVES_WAY_ONCE = f"""
note("control " + " ".join(FLAGS))
if nth("control") == 0:
    beat(b"r")
    os._exit({GIVES_WAY})
beat(b"r", 0.2)
"""
"""Then it ends well, and the service with it."""
LOST = [
    "control_started",
    "commissioner_started",
    "control_lost",
    "guard_stop_sent",
    "guard_stop_verified",
    "control_started",
]


def test_a_control_that_gives_way_is_followed_by_a_commissioner_and_that_by_control(
    stage: Stage,
) -> None:
    commissioner = "note(' '.join(['commissioner', sys.argv[1], *FLAGS]))\nbeat(b'rmr')"
    assert stage.run(GIVES_WAY_ONCE, commissioner=commissioner) == 0
    assert stage.events == ["control_started", "commissioner_started", "control_started"]
    assert [line.get("restarted") for line in stage.lines] == [False, None, False]
    assert stage.notes == ["control ", "commissioner plan", "control "]


def test_a_commissioner_hears_the_guard_and_is_asked_to_leave_with_the_service(
    stage: Stage,
) -> None:
    commissioner = """
def stop(*_):
    note("the commissioner stops the belt")
    beat(b"r")
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
assert os.read(int(sys.argv[3]), 1) == b"."
beat(b"m")
leave_the_guard()
beat(b"m", 30)
"""
    assert stage.run(GIVES_WAY_ONCE, commissioner=commissioner) == 0
    assert stage.events == ["control_started", "commissioner_started"]
    assert stage.notes == ["control ", "the commissioner stops the belt"]


@pytest.mark.parametrize(
    ("commissioner", "why"),
    [
        ("beat(b'm')\nos.kill(os.getpid(), signal.SIGKILL)", "died"),
        ("beat(b'm')\nos._exit(0)", "died"),
        ("beat(b'u')\nos._exit(1)", "died"),
        ("beat(b'm')\nos.kill(os.getpid(), signal.SIGSTOP)", "silent"),
        ("beat(b'm')\ntime.sleep(30)", "silent"),
        ("os._exit(1)", "died"),
        ("os._exit(0)", "died"),
    ],
    ids=["killed", "ended", "unverified", "frozen", "silent", "no beginning", "no word"],
)
def test_a_commissioner_that_is_lost_is_replaced_by_a_stop_and_a_control_that_begins_latched(
    stage: Stage, commissioner: str, why: str
) -> None:
    assert stage.run(GIVES_WAY_ONCE, commissioner=commissioner) == 0
    assert stage.events == LOST
    assert (stage.of("control_lost")["why"], stage.of("control_lost")["moving"]) == (why, True)
    assert stage.lines[-1]["restarted"] is True
    assert stage.notes == ["control ", "standby heard stop", "control --restarted"]
    assert stage.rungs == ["alarm", "alarm_ended"]


def test_a_commissioner_that_dies_at_rest_is_followed_by_a_control_that_begins_latched(
    stage: Stage,
) -> None:
    assert stage.run(GIVES_WAY_ONCE, commissioner="beat(b'mr')\nos._exit(1)") == 0
    assert stage.events == [*LOST[:3], LOST[-1]]
    assert stage.lines[-1]["restarted"] is True


def test_a_control_that_gives_way_with_something_latched_is_followed_by_control(
    stage: Stage,
) -> None:
    assert stage.run(f"beat(b'l')\nos._exit({GIVES_WAY})") == 0
    assert stage.events == ["control_started", "control_lost", "control_started"]
    assert stage.lines[-1]["restarted"] is True


def test_each_word_of_a_commissioner_reaches_the_relay(stage: Stage) -> None:
    commissioner = """
while os.read(int(sys.argv[3]), 1) != b".":
    beat(b"r")
beat(b"m", 0.3)
beat(b"u", 0.2)
beat(b"r")
"""
    assert stage.run(GIVES_WAY_ONCE, commissioner=commissioner, means=WITH_RELAY) == 0
    assert stage.rungs[:2] == ["relay_opened", "relay_closed"]
    assert "alarm" in stage.rungs


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
    watched = Guard(stage.programs("beat(b'r', 0.3)"), "plan", None, SILENT)
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
    watched = Guard(programs, "plan", None, SILENT)
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
        'say("stop_sent")', 'say("heard")\n    nth("stops") or time.sleep(60)\n    say("stop_sent")'
    )
    assert stage.run('beat(b"m")\nsys.exit(1)', standby=hangs_once) == 0
    assert stage.events == RESCUED
    assert stage.notes.count("standby heard stop") == 2


def test_a_standby_that_does_not_even_say_that_it_heard_is_replaced_sooner(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "ANSWER_S", 0.5)
    deaf_once = "if nth('standby') == 0: time.sleep(60)\n" + STOPS
    assert stage.run('beat(b"m")\nsys.exit(1)', standby=deaf_once) == 0
    assert stage.events == RESCUED
    took_ns = stage.of("guard_stop_verified")["at_ns"] - stage.of("control_lost")["at_ns"]
    assert 0.5e9 < took_ns < 5e9


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
    monkeypatch.setattr(telling, "STDOUT", writer)
    assert stage.run("beat(b'm')\nos._exit(3)") == 0
    os.close(writer)
    assert stage.notes == ["standby heard stop", "control --restarted"]


def test_a_parent_that_reads_nothing_does_not_hold_up_the_guard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.write(writer, bytes(1 << 20))
    os.set_blocking(writer, True)
    monkeypatch.setattr(telling, "STDOUT", writer)
    assert stage.run("beat(b'm')\nos._exit(3)") == 0
    for fd in (reader, writer):
        os.close(fd)
    assert stage.notes == ["standby heard stop", "control --restarted"]


def test_a_terminal_that_was_stopped_does_not_hold_up_the_guard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-S."""
    screen, terminal = os.openpty()
    termios.tcflow(terminal, termios.TCOOFF)
    monkeypatch.setattr(telling, "STDOUT", terminal)
    monkeypatch.setattr(alarm, "STDERR", terminal)
    assert stage.run("beat(b'm')\nos._exit(3)", means=Means()) == 0
    for fd in (screen, terminal):
        os.close(fd)
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


def saved(folder: Path, **more: Any) -> str:
    """A plan of a service that is told apart from every other."""
    path = folder / "a plan"
    names = {"treadmill": f"ftms:name={folder}", "grip": "", "adapter": "none", "hatch": ""}
    Plan(**names, **{"data_dir": str(folder), "alarm": ["true"], **more}).save(path)
    return str(path)


def run_module(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    monkeypatch.delitem(sys.modules, __main__.__name__, raising=False)
    monkeypatch.setattr(sys, "argv", ["guard", *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("controller.guard", run_name="__main__")
    return ended.value.code


def test_the_module_runs_one_service_from_its_plans(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = saved(stage.folder, relay="relay:/dev/none")
    source = f"assert sys.argv[1] == {plan!r}\nassert 'NOTIFY_SOCKET' not in os.environ\nbeat(b'r')"
    desk = "assert sys.argv[1] == 'a desk plan'\n" + WAITS
    programs = stage.programs(source, desk=desk)
    monkeypatch.setattr(children, "Programs", lambda: programs)
    monkeypatch.setenv("NOTIFY_SOCKET", str(stage.folder / "nobody listens"))
    for plans in ([plan], [plan, "a desk plan"]):
        assert run_module(monkeypatch, *plans) == 0


def test_a_second_service_ends_with_one_sentence_and_starts_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = saved(stage.folder)
    programs = stage.programs("note('a child')")
    monkeypatch.setattr(children, "Programs", lambda: programs)
    with single(stage.folder, "other", "none"):
        assert run_module(monkeypatch, plan) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "End that one first" in err
    assert stage.notes == []


def test_an_alarm_whose_program_is_not_there_is_one_sentence_and_no_service(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    programs = stage.programs("note('a child')")
    monkeypatch.setattr(children, "Programs", lambda: programs)
    assert run_module(monkeypatch, saved(stage.folder, alarm=["no-such-horn", "-l"])) == 1
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "The alarm's program no-such-horn is not there" in err
    assert stage.notes == []


def test_a_control_that_is_lost_opens_the_relay_and_sounds_the_alarm_until_rest(
    stage: Stage,
) -> None:
    source = """
beat(b"r", 0.5)
beat(b"m", 0.3)
os._exit(3)
"""
    standby = STOPS.replace('say("verified")', 'time.sleep(0.3)\n    say("verified")')
    assert stage.run(source, standby=standby, means=WITH_RELAY) == 0
    assert stage.events == RESCUED
    assert stage.rungs[:5] == [
        "relay_opened",
        "relay_closed",
        "alarm",
        "relay_opened",
        "alarm_ended",
    ]
    assert stage.of("alarm")["why"] == "The control process was lost."
    when = {line["event"]: line["at_ns"] for line in stage.lines if line["event"] != "relay_closed"}
    assert when["control_lost"] <= when["alarm"] < when["alarm_ended"]
    assert when["guard_stop_verified"] <= when["alarm_ended"]
    opened = stage.notes.index("relay o")
    began_anew = stage.notes.index("control --restarted")
    assert "relay c" in "".join(stage.notes[:opened]).replace(".", "")
    assert [note for note in stage.notes[opened:began_anew] if "." in note] == []


def test_a_control_that_is_lost_at_rest_opens_the_relay_and_sounds_no_alarm(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "RESTING_S", 0.5)
    assert stage.run("beat(b'r', 0.5)\ntime.sleep(30)", means=WITH_RELAY) == 0
    assert stage.rungs[:3] == ["relay_opened", "relay_closed", "relay_opened"]
    assert "alarm" not in stage.rungs


def test_a_stop_that_control_could_not_verify_opens_the_relay_and_control_lives_on(
    stage: Stage,
) -> None:
    source = """
beat(b"r", 0.5)
beat(b"m", 0.2)
beat(b"s", 0.2)
beat(b"u", 0.4)
beat(b"s", 0.2)
beat(b"l", 0.4)
note("still here")
"""
    assert stage.run(source, means=WITH_RELAY) == 0
    assert stage.events == ["control_started"]
    assert stage.rungs == ["relay_opened", "relay_closed", "alarm", "relay_opened", "alarm_ended"]
    assert stage.of("alarm")["why"] == "The stop could not be verified."
    assert "still here" in stage.notes


def test_one_alarm_lasts_from_a_stop_not_verified_over_the_death_of_control_to_rest(
    stage: Stage,
) -> None:
    assert stage.run("beat(b'm')\nbeat(b'u', 0.3)\nos._exit(3)", means=WITH_RELAY) == 0
    assert stage.events == RESCUED
    assert stage.rungs.count("alarm") == stage.rungs.count("alarm_ended") == 1
    assert stage.of("alarm")["why"] == "The stop could not be verified."
    assert stage.of("alarm_ended")["at_ns"] > stage.of("guard_stop_verified")["at_ns"]


def test_heartbeats_reach_the_relay_ten_times_a_second_at_most_and_only_while_control_turns(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "MOVING_S", 5.0)
    source = """
beat(b"m", 1.0)
note("silent")
time.sleep(0.2)
note("again")
beat(b"l")
"""
    assert stage.run(source, means=WITH_RELAY) == 0
    before, after = stage.notes.index("silent"), stage.notes.index("again")
    assert 5 <= stage.notes[:before].count("relay .") <= 11
    assert stage.notes[before:after].count("relay .") <= 1


def test_the_relay_stays_open_while_control_is_latched_and_closes_after_the_reset(
    stage: Stage,
) -> None:
    source = """
beat(b"s", 0.3)
beat(b"l", 0.5)
note("reset")
beat(b"r", 0.5)
"""
    assert stage.run(source, means=WITH_RELAY) == 0
    reset = stage.notes.index("reset")
    assert not any(
        "c" in note.removeprefix("relay ") for note in stage.notes[:reset] if "." in note
    )
    assert stage.rungs == ["relay_opened", "relay_closed"]


def test_a_service_that_ends_opens_the_relay(stage: Stage) -> None:
    assert stage.run("beat(b'r', 0.5)", means=WITH_RELAY) == 0
    assert "o" in stage.notes[-2]
    assert stage.notes[-1] == "relay end"


def test_a_keeper_that_dies_is_replaced_and_the_contact_counts_as_unseen(stage: Stage) -> None:
    relay = (
        """
if nth("relay") == 0:
    say("closed")
    sys.stdin.read(3)
    os._exit(1)
"""
        + KEEPS
    )
    assert stage.run("beat(b'r', 1.5)", relay=relay, means=WITH_RELAY) == 0
    assert stage.rungs == ["relay_closed", "relay_unseen", "relay_opened", "relay_closed"]


def test_a_keeper_that_hangs_is_replaced(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_line, "SILENT_S", 0.3)
    relay = 'if nth("relay") == 0:\n    say("closed")\n    time.sleep(60)\n'
    relay += "while True:\n    say('opened')\n    time.sleep(0.05)\n"
    monkeypatch.setattr(children, "LEAVE_S", 0.1)
    assert stage.run("beat(b'r', 1.2)", relay=relay, means=WITH_RELAY) == 0
    assert stage.rungs[:3] == ["relay_closed", "relay_unseen", "relay_opened"]


def test_a_keeper_that_takes_nothing_does_not_hold_up_the_guard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LEAVE_S", 0.1)
    programs = stage.programs("beat(b'm', 0.3)\nos._exit(3)", relay="time.sleep(60)")
    watched = Guard(programs, "plan", None, WITH_RELAY)
    keeper = watched._ladder._relay._keeper
    assert keeper is not None
    keeper.tell(bytes(1 << 20))
    assert watched.run() == 0
    assert "standby heard stop" in stage.notes


def test_an_alarm_program_that_ends_is_started_again_until_rest_is_seen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm, "AGAIN_S", 0.1)
    horn = stage.program("horn", "note('horn')")
    standby = STOPS.replace('say("verified")', 'time.sleep(1.5)\n    say("verified")')
    assert stage.run("beat(b'm')\nos._exit(3)", standby=standby, means=Means(alarm=horn)) == 0
    assert stage.notes.count("horn") >= 3
    assert stage.rungs == ["alarm", "alarm_ended"]


def test_an_alarm_program_that_lasts_is_ended_with_all_that_it_started_once_rest_is_seen(
    stage: Stage,
) -> None:
    horn = stage.program(
        "horn",
        """
import subprocess
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
note(f"pid {child.pid}")
time.sleep(60)
""",
    )
    standby = """
for line in sys.stdin:
    while "pid" not in open(os.path.join(FOLDER, "notes")).read():
        time.sleep(0.02)
    say("verified")
"""
    source = "note('begins')\nbeat(b'm')\nos._exit(3)"
    assert stage.run(source, standby=standby, means=Means(alarm=horn)) == 0
    pid = next(int(note.split()[1]) for note in stage.notes if note.startswith("pid"))
    assert gone(pid)


def gone(pid: int) -> bool:
    """Ended; its new parent may not have taken note yet."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_each_latched_stop_is_heard_once_and_lasts_no_longer_than_its_program(
    stage: Stage,
) -> None:
    horn = stage.program("horn", "note('horn')")
    source = """
beat(b"r", 0.1)
for word in b"m", b"s", b"l", b"r", b"m", b"l":
    beat(word, 0.4)
end_when_asked()
leave_the_guard()
beat(b"r", 30)
"""
    assert stage.run(source, means=Means(alarm=horn)) == 0
    assert stage.notes.count("horn") == 2
    assert stage.rungs == []


def test_without_a_program_the_terminal_bell_rings(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.openpty()
    monkeypatch.setattr(alarm, "STDERR", writer)
    assert stage.run("beat(b'm')\nos._exit(3)", means=Means()) == 0
    assert os.read(reader, 100).startswith(alarm.BELL)
    os.close(reader)
    os.close(writer)


def test_no_bell_is_written_into_a_log(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    monkeypatch.setattr(alarm, "STDERR", writer)
    assert stage.run("beat(b'm')\nos._exit(3)", means=Means()) == 0
    os.close(writer)
    assert os.read(reader, 100) == b""
    os.close(reader)


def test_a_program_that_vanished_after_the_start_is_told_and_the_bell_rings_instead(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.openpty()
    monkeypatch.setattr(alarm, "STDERR", writer)
    means = Means(alarm=(str(stage.folder / "vanished"),))
    assert stage.run("beat(b'm')\nos._exit(3)", means=means) == 0
    assert stage.rungs[:2] == ["alarm", "alarm_failed"]
    assert os.read(reader, 100).startswith(alarm.BELL)
    os.close(reader)
    os.close(writer)
    assert stage.notes[0] == "standby heard stop"


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """The receiving end of $NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify"))
        receiver.setblocking(False)
        yield receiver


def test_systemd_hears_ready_from_the_first_turn_life_from_turns_alone_and_the_end(
    stage: Stage, systemd: socket.socket
) -> None:
    source = """
time.sleep(0.2)
end_when_asked()
beat(b"r", 1.2)
time.sleep(1.2)
beat(b"r")
leave_the_guard()
beat(b"r", 30)
"""
    means = Means(alarm=("true",), notify=systemd.getsockname())
    assert stage.run(source, means=means) == 0
    told = told_to(systemd)
    assert told[:2] == ["READY=1", "WATCHDOG=1"]
    assert "STOPPING=1" in told
    assert told.count("READY=1") == 1
    assert told[: told.index("STOPPING=1")].count("WATCHDOG=1") in (3, 4)


def test_systemd_hears_no_life_while_nobody_controls_the_belt(
    stage: Stage, systemd: socket.socket
) -> None:
    standby = STOPS.replace('say("verified")', 'time.sleep(1.5)\n    say("verified")')
    means = Means(alarm=("true",), notify=systemd.getsockname())
    assert stage.run("beat(b'm')\nos._exit(3)", standby=standby, means=means) == 0
    told = told_to(systemd)
    assert told[:2] == ["READY=1", "WATCHDOG=1"]
    assert told.count("WATCHDOG=1") <= 3


def test_a_systemd_that_does_not_listen_changes_nothing(stage: Stage) -> None:
    for address in (str(stage.folder / "nobody"), "@retrotread-nobody"):
        assert stage.run("beat(b'r')", means=Means(alarm=("true",), notify=address)) == 0


GUARD_FILES = sorted(Path(guard.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", GUARD_FILES, ids=lambda path: path.name)
def test_the_guard_imports_the_standard_library_and_itself_alone(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)]
    foreign = [name for name in names if name.split(".")[0] not in sys.stdlib_module_names]
    own = ("controller.guard.", "controller.plan", "controller.realtime")
    assert all(name.startswith(own) or name == "controller" for name in foreign)


def test_a_running_guard_has_loaded_nothing_of_the_others() -> None:
    source = "import sys, controller.guard.__main__; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = ("controller", "drivers", "protocols", "simulators")
    alone = {"controller", "controller.plan", "controller.realtime", "controller.guard"}
    theirs = {name for name in loaded if name.startswith(ours)} - alone
    assert all(name.startswith("controller.guard.") for name in theirs)
    heavy = {"bleak", "serial", "pydantic", "asyncio"}
    assert heavy.isdisjoint(loaded)


@pytest.mark.parametrize(
    ("answers", "said"),
    [(("", ""), ""), (("No FIFO.", ""), "No FIFO.\n"), (("No.", "Nor that."), "No.\nNor that.\n")],
)
def test_a_guard_that_is_to_come_first_says_what_is_not_permitted_and_goes_on(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    answers: tuple[str, str],
    said: str,
) -> None:
    """What the two really do is in tests/controller/test_realtime.py: it would outlast the test."""
    programs = stage.programs("beat(b'r')")
    asked: list[int] = []

    def before_children(priority: int) -> str:
        asked.append(priority)
        return answers[0]

    monkeypatch.setattr(children, "Programs", lambda: programs)
    monkeypatch.setattr(realtime, "before_children", before_children)
    monkeypatch.setattr(realtime, "keep_memory", lambda: answers[1])
    assert run_module(monkeypatch, saved(stage.folder, realtime=True)) == 0
    assert asked == [realtime.GUARD]
    assert capfd.readouterr().err == said

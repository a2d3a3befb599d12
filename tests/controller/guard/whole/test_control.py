"""Control, as the guard sees it: how it begins, ends, dies, freezes and falls silent."""

import os
import signal
import subprocess
from dataclasses import replace

import pytest

from controller.guard import watch
from controller.guard.children import reap
from controller.guard.guard import Guard
from tests.controller.guard.whole.stage import LEFT_MOVING, RESCUED, SILENT, Stage


def test_a_control_that_ends_well_ends_the_service_well(stage: Stage) -> None:
    assert stage.run("beat(b'r')") == 0
    assert stage.events == ["control_started"]
    assert stage.of("control_started")["restarted"] is False
    assert stage.notes == []


def test_a_control_that_cannot_begin_ends_the_service_with_code_1(stage: Stage) -> None:
    assert stage.run("sys.exit(1)") == 1
    assert stage.events == ["control_started"]


def test_a_control_that_cannot_begin_to_stop_the_belt_has_it_stopped_without_it(
    stage: Stage,
) -> None:
    assert stage.run("sys.exit(1)", means=LEFT_MOVING) == 0
    assert stage.events == RESCUED
    assert stage.of("control_lost")["moving"] is True
    assert stage.lines[-1]["restarted"] is True


def test_after_that_rest_a_control_that_cannot_begin_ends_the_service_with_code_1(
    stage: Stage,
) -> None:
    programs = stage.programs("")
    never = replace(programs, control=stage.program("control", "sys.exit(1)"))
    assert Guard(never, "plan", None, LEFT_MOVING).run() == 1
    assert stage.notes == ["standby heard stop"]


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


def test_a_control_that_cannot_be_killed_does_not_hold_up_the_stop(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is stuck in the kernel dies when it comes out: here, when the belt is at rest."""
    source = """
note(f"pid {os.getpid()}")
beat(b"m")
note(f"last {time.monotonic_ns()}")
os.kill(os.getpid(), signal.SIGSTOP)
"""
    with monkeypatch.context() as kernel:
        kernel.setattr(subprocess.Popen, "kill", lambda _: None)
        assert stage.run(source) == 0
    pid, last_ns = (int(note.split()[1]) for note in stage.notes[:2])
    os.kill(pid, signal.SIGKILL)
    assert stage.events == RESCUED
    assert (stage.of("guard_stop_sent")["at_ns"] - last_ns) / 1e9 < 0.6
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    reap()
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

"""A service that is asked to leave, at whatever moment: first the belt, then its children."""

import os
import signal
import subprocess
from typing import Any

import pytest

from controller.guard import children, desk_line, guard, watch
from controller.guard.children import end
from tests.controller.guard.whole.stage import LEFT_MOVING, RESCUED, Stage


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
    def desk(*args: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return children.Desk(*args)

    monkeypatch.setattr(desk_line, "Desk", desk)
    assert stage.run("end_when_asked()\nbeat(b'r', 30)", desk_plan=True) == 0
    assert stage.events == ["control_started"]


def test_a_service_asked_to_leave_before_control_has_begun_ends_well(stage: Stage) -> None:
    """The belt was left at rest."""
    assert stage.run("leave_the_guard()\ntime.sleep(30)") == 0
    assert stage.events == ["control_started"]


def test_a_control_that_is_to_stop_the_belt_is_asked_to_leave_once_it_is_heard(
    stage: Stage,
) -> None:
    source = """
leave_the_guard()
for _ in range(5):
    os.read(int(sys.argv[3]), 1)
note("five pulses, and no signal yet")
end_when_asked()
beat(b"l", 30)
"""
    assert stage.run(source, means=LEFT_MOVING) == 0
    assert stage.events == ["control_started"]
    assert stage.notes == ["five pulses, and no signal yet"]


def test_a_service_that_leaves_stops_the_belt_without_a_control_that_is_never_heard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "STARTING_S", 0.5)
    assert stage.run("leave_the_guard()\ntime.sleep(30)", means=LEFT_MOVING) == 0
    assert stage.events == RESCUED[:4]
    assert stage.notes == ["standby heard stop"]


def test_a_control_signalled_before_it_was_heard_leaves_no_belt_that_may_move(
    stage: Stage,
) -> None:
    """The signal may come from anywhere, as at the end of a computer."""
    source = "leave_the_guard()\nos.kill(os.getpid(), signal.SIGTERM)"
    assert stage.run(source, means=LEFT_MOVING) == 0
    assert stage.events == RESCUED[:4]


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


def test_a_child_that_will_not_end_is_killed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "END_S", 0.1)
    source = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(30)"
    stubborn = subprocess.Popen(stage.program("stubborn", source), stdout=subprocess.PIPE)
    with stubborn:
        assert stubborn.stdout is not None
        stubborn.stdout.readline()
        end(stubborn)
        assert stubborn.returncode == -signal.SIGKILL

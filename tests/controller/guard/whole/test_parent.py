"""Whoever started the guard, and its terminal: neither holds up a stop."""

import os
import subprocess
import sys
import termios

import pytest

from controller.guard import alarm, guard, telling
from controller.guard.guard import Means
from tests.controller.guard.whole.stage import STOPS, WAITS, Stage


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

"""When the alarm strikes, how often, and how it ends: each moment is an argument."""

import json
import os
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controller.guard import alarm
from controller.guard.alarm import Alarm, AlarmError, checked
from controller.guard.children import reap
from tests.controller.guard.process import standard

WHY = "The control process was lost."


class Terminal:
    """A terminal in standard error's place."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @property
    def strokes(self) -> int:
        """Of the bell, since the last look."""
        try:
            return os.read(self._fd, 4096).count(b"\a")
        except BlockingIOError:
            return 0


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    ours, theirs = os.openpty()
    os.set_blocking(ours, False)
    monkeypatch.setattr(alarm, "STDERR", theirs)
    yield Terminal(ours)
    os.close(ours)
    os.close(theirs)


class Programs:
    """The programs that were started: real ones, counted."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []

    def __call__(self, *args: Any, **kwargs: Any) -> subprocess.Popen[bytes]:
        process = REAL(*args, **kwargs)
        self.started.append(process)
        return process


REAL = subprocess.Popen


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Programs:
    found = Programs()
    monkeypatch.setattr(alarm.subprocess, "Popen", found)
    return found


@pytest.mark.parametrize("command", [(), ("true",), ("true", "--no-program-of-this-name")])
def test_an_alarm_that_can_be_heard_is_taken_as_it_is(command: tuple[str, ...]) -> None:
    assert checked(command) == command


def test_a_program_that_is_not_there_is_refused_with_its_name() -> None:
    with pytest.raises(AlarmError, match=r"no-such-horn is not there. Install it"):
        checked(("no-such-horn", "true"))


def test_the_bell_is_struck_at_once_and_then_once_a_second_until_the_end(
    terminal: Terminal, capfd: pytest.CaptureFixture[str]
) -> None:
    bell = Alarm(())
    assert not bell.sounding
    bell.keep_up(99.0)
    assert terminal.strokes == 0
    bell.begin(WHY, 100.0)
    assert (bell.sounding, terminal.strokes) == (True, 1)
    bell.begin(WHY, 100.5)
    bell.keep_up(100.999)
    assert terminal.strokes == 0
    bell.keep_up(101.0)
    assert terminal.strokes == 1
    bell.keep_up(101.5)
    assert terminal.strokes == 0
    bell.keep_up(102.0)
    assert terminal.strokes == 1
    bell.end()
    bell.end()
    bell.keep_up(110.0)
    assert (bell.sounding, terminal.strokes) == (False, 0)
    lines = capfd.readouterr().out.splitlines()
    assert [line.count('"alarm"') for line in lines] == [1, 0]
    assert (WHY in lines[0], "alarm_ended" in lines[1]) == (True, True)


def test_what_was_stopped_is_heard_once_and_not_over_an_alarm_that_lasts(
    terminal: Terminal,
) -> None:
    bell = Alarm(())
    bell.once(0.0)
    assert terminal.strokes == 1
    bell.keep_up(5.0)
    assert (bell.sounding, terminal.strokes) == (False, 0)
    bell.begin(WHY, 5.0)
    bell.once(5.5)
    assert terminal.strokes == 1


def test_an_alarm_that_begins_soon_after_a_stroke_waits_for_its_second(terminal: Terminal) -> None:
    bell = Alarm(())
    bell.once(0.0)
    bell.begin(WHY, 0.5)
    assert terminal.strokes == 1
    bell.keep_up(1.0)
    assert terminal.strokes == 1


def test_a_program_that_still_sounds_is_left_alone_and_ended_with_the_alarm(
    terminal: Terminal, programs: Programs
) -> None:
    horn = Alarm(("sleep", "60"))
    horn.begin(WHY, 0.0)
    horn.keep_up(5.0)
    [process] = programs.started
    assert process.poll() is None
    assert os.getsid(process.pid) == process.pid
    horn.end()
    assert process.wait(10.0) == -9
    horn.silence()
    assert terminal.strokes == 0


def test_a_program_that_has_ended_is_started_again_while_the_alarm_lasts(
    programs: Programs,
) -> None:
    horn = Alarm(("true",))
    horn.begin(WHY, 0.0)
    programs.started[0].wait()
    horn.keep_up(0.999)
    assert len(programs.started) == 1
    horn.keep_up(1.0)
    assert len(programs.started) == 2
    horn.end()
    horn.keep_up(9.0)
    assert len(programs.started) == 2


def test_a_stroke_ends_the_one_before(programs: Programs) -> None:
    horn = Alarm(("sleep", "60"))
    horn.once(0.0)
    horn.once(5.0)
    first, second = programs.started
    assert (first.wait(10.0), second.poll()) == (-9, None)
    horn.silence()
    assert second.wait(10.0) == -9


def test_a_program_that_cannot_be_started_is_told_and_the_bell_rings_instead(
    terminal: Terminal, capfd: pytest.CaptureFixture[str]
) -> None:
    horn = Alarm(("/dev/null",))
    horn.begin(WHY, 0.0)
    horn.keep_up(0.5)
    assert terminal.strokes == 1
    [failed] = [line for line in capfd.readouterr().out.splitlines() if '"alarm_failed"' in line]
    assert "Permission denied" in failed


def failures(capfd: pytest.CaptureFixture[str]) -> list[str]:
    lines = map(json.loads, capfd.readouterr().out.splitlines())
    return [line["error"] for line in lines if line["event"] == "alarm_failed"]


def ended(programs: Programs) -> None:
    """The newest program has ended; nobody has taken note yet."""
    os.waitid(os.P_PID, programs.started[-1].pid, os.WEXITED | os.WNOWAIT)


def test_a_program_that_fails_is_told_once_and_the_bell_rings_each_time(
    terminal: Terminal, programs: Programs, capfd: pytest.CaptureFixture[str]
) -> None:
    horn = Alarm(("sh", "-c", "exit 3"))
    horn.begin(WHY, 0.0)
    ended(programs)
    assert terminal.strokes == 0
    horn.keep_up(0.5)
    assert terminal.strokes == 1
    assert failures(capfd) == ["It ended with code 3."]
    horn.keep_up(1.0)
    ended(programs)
    horn.keep_up(1.5)
    assert terminal.strokes == 1
    assert failures(capfd) == []
    horn.end()


@pytest.mark.parametrize("again", ["begin", "once"])
def test_the_failure_of_the_next_alarm_is_told_anew(
    terminal: Terminal, programs: Programs, capfd: pytest.CaptureFixture[str], again: str
) -> None:
    horn = Alarm(("false",))
    horn.once(0.0)
    ended(programs)
    horn.keep_up(0.5)
    assert (terminal.strokes, failures(capfd)) == (1, ["It ended with code 1."])
    horn.begin(WHY, 5.0) if again == "begin" else horn.once(5.0)
    ended(programs)
    horn.keep_up(5.5)
    assert (terminal.strokes, failures(capfd)) == (1, ["It ended with code 1."])
    horn.end()


def test_a_program_that_ends_well_or_is_ended_has_not_failed(
    terminal: Terminal, programs: Programs, capfd: pytest.CaptureFixture[str]
) -> None:
    horn = Alarm(("true",))
    horn.once(0.0)
    ended(programs)
    horn.keep_up(0.5)
    lasting = Alarm(("sleep", "60"))
    lasting.begin(WHY, 0.0)
    lasting.end()
    lasting.keep_up(0.5)
    assert (terminal.strokes, failures(capfd)) == (0, [])


def test_a_program_that_may_not_be_ended_does_not_end_the_guard(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one of root's, started by sudo."""

    def denied(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    horn = Alarm(("sleep", "60"))
    horn.begin(WHY, 0.0)
    [process] = programs.started
    with monkeypatch.context() as sudo:
        sudo.setattr(os, "killpg", denied)
        sudo.setattr(process, "kill", denied)
        horn.end()
    assert not horn.sounding
    assert process.poll() is None
    process.kill()
    process.wait(10.0)
    reap()


def test_a_terminal_hears_nothing_beside_a_program(terminal: Terminal) -> None:
    horn = Alarm(("sleep", "60"))
    horn.begin(WHY, 0.0)
    assert terminal.strokes == 0
    horn.end()


def test_a_program_has_nothing_to_read(programs: Programs) -> None:
    reader, writer = os.pipe()
    with standard(0, reader):
        Alarm(("cat",)).once(0.0)
        assert programs.started[0].wait(10.0) == 0
    os.close(reader)
    os.close(writer)


def test_what_a_program_says_is_not_the_guard_s_word(
    programs: Programs, capfd: pytest.CaptureFixture[str]
) -> None:
    Alarm(("echo", "tooot")).once(0.0)
    assert programs.started[0].wait(10.0) == 0
    assert capfd.readouterr().out == ""


def test_what_a_program_has_started_ends_with_it(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    horn = Alarm(("sh", "-c", f"sleep 60 & echo $! > {told}; wait"))
    horn.once(0.0)
    pid = int(told.read_text())
    ended = os.pidfd_open(pid)
    horn.silence()
    assert select.select([ended], [], [], 10.0)[0] == [ended]
    os.close(ended)


def test_a_program_that_is_gone_by_its_second_stroke_leaves_the_bell(
    terminal: Terminal, tmp_path: Path
) -> None:
    program = tmp_path / "horn"
    program.write_text("#!/bin/sh\nsleep 60\n")
    program.chmod(0o700)
    horn = Alarm((str(program),))
    horn.once(0.0)
    program.unlink()
    horn.once(5.0)
    assert terminal.strokes == 1


def test_the_bell_rings_where_standard_error_is_a_terminal_and_nowhere_else() -> None:
    ours, theirs = os.openpty()
    with standard(2, theirs):
        Alarm(()).once(0.0)
    assert os.read(ours, 16) == b"\a"
    reader, writer = os.pipe()
    with standard(2, writer):
        Alarm(()).once(0.0)
    os.close(writer)
    assert os.read(reader, 16) == b""
    for fd in (ours, theirs, reader):
        os.close(fd)

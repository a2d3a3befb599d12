"""How a child is started, spoken to and ended."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from controller.guard import children
from controller.guard.children import Control, Desk, Speaker, end, kill, reap, started
from tests.controller.guard.process import open_files, standard

ASLEEP = ("sh", "-c", "exec sleep 60")
ECHOES = ("sh", "-c", "exec cat")


class Deaf:
    """A process that ends for nobody; what was asked of it."""

    stdin = None

    def __init__(self) -> None:
        self.asked: list[tuple[str, float | None]] = []

    def terminate(self) -> None:
        self.asked.append(("terminate", None))

    def kill(self) -> None:
        self.asked.append(("kill", None))

    def poll(self) -> int:
        return -9

    def wait(self, timeout: float | None = None) -> None:
        self.asked.append(("wait", timeout))
        if timeout is not None:
            raise subprocess.TimeoutExpired("deaf", timeout)


def test_a_child_that_is_asked_to_end_has_three_seconds_and_is_then_not_waited_for() -> None:
    deaf: Any = Deaf()
    end(deaf)
    assert deaf.asked == [("terminate", None), ("wait", 3.0), ("kill", None), ("wait", 0.05)]
    assert deaf in children._stuck
    reap()
    assert deaf not in children._stuck


def test_nobody_waits_longer_than_fifty_milliseconds_for_one_that_was_killed() -> None:
    deaf: Any = Deaf()
    kill(deaf)
    assert deaf.asked == [("kill", None), ("wait", 0.05)]


def test_one_that_is_stuck_is_taken_note_of_when_it_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stuck = subprocess.Popen(ASLEEP)
    with monkeypatch.context() as kernel:
        kernel.setattr(stuck, "kill", lambda: None)
        kill(stuck)
    reap()
    assert stuck.returncode is None
    assert stuck in children._stuck
    stuck.kill()
    os.waitid(os.P_PID, stuck.pid, os.WEXITED | os.WNOWAIT)
    reap()
    assert stuck.returncode == -9
    assert children._stuck == []


@pytest.fixture
def speaker() -> Iterator[Speaker]:
    found = Speaker(ECHOES, "plan")
    yield found
    found.close()


def test_a_speaker_whose_input_is_closed_has_a_second(
    speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, deaf = speaker.process, Deaf()
    monkeypatch.setattr(speaker, "process", deaf)
    speaker.leave()
    assert deaf.asked == [("wait", 1.0), ("kill", None), ("wait", 0.05)]
    assert process.wait(10.0) == 0


def events(speaker: Speaker, lines: bytes) -> list[str]:
    """What is heard of lines that the child says."""
    speaker.tell(lines)
    found: list[str] = []
    while "over" not in found:
        found += speaker.heard()
    return found


def test_a_speaker_s_events_are_heard_whole_and_in_order(speaker: Speaker) -> None:
    speaker.tell(b'{"event": "re')
    assert speaker.heard() == []
    noise = b'noise\n[]\n{"other": 1}\n' + b"[" * 9999 + b"\n"
    rest = b'ady"}\n' + noise + b'{"event": "stop_sent", "more": 2}\n{"event": "over"}\n'
    assert events(speaker, rest) == ["ready", "stop_sent", "over"]


def test_a_speaker_that_has_ended_is_gone_and_is_told_in_vain(speaker: Speaker) -> None:
    speaker.process.kill()
    speaker.process.wait()
    assert speaker.heard() == ["gone"]
    speaker.tell(b"stop\n")


@pytest.mark.timeout(30)
def test_a_speaker_that_does_not_read_holds_up_nobody() -> None:
    speaker = Speaker(ASLEEP, "plan")
    for _ in range(100):
        speaker.tell(b"." * 4096)
    speaker.close()
    assert speaker.process.wait(10.0) == -9
    assert (speaker.out.closed, speaker.process.stdin and speaker.process.stdin.closed) == (
        *(True, True),
    )


def test_a_speaker_has_its_plan_and_a_session_of_its_own() -> None:
    speaker = Speaker(("sh", "-c", 'echo "{\\"event\\": \\"$0\\"}"; exec cat'), "the-plan")
    assert speaker.heard() == ["the-plan"]
    assert os.getsid(speaker.process.pid) == speaker.process.pid
    speaker.close()


def control(code: str, *, restarted: bool = False) -> Control:
    """A small Python program in control's place."""
    program = (sys.executable, "-S", "-E", "-c", WORDS + code)
    return Control(program, "the-plan", restarted=restarted)


WORDS = """
import os, signal, sys
plan, beat, pulse, *flags = sys.argv[1:]
say = lambda words: os.write(int(beat), words.encode())
"""


@pytest.mark.parametrize("restarted", [False, True])
def test_control_has_its_plan_its_pipes_and_how_it_begins(restarted: bool) -> None:
    code = "say(f'{plan} {flags}'); os.read(int(pulse), 1); say(os.read(int(pulse), 9).decode())"
    flags = ["--restarted"] if restarted else []
    with closing(control(code, restarted=restarted)) as child:
        assert child.beats().decode() == f"the-plan {flags}"
        assert os.getsid(child.process.pid) == child.process.pid
        child.process.send_signal(signal.SIGSTOP)
        child.pulse(sound=True)
        child.pulse(sound=True)
        child.pulse(sound=False)
        child.process.send_signal(signal.SIGCONT)
        assert child.beats() == b".!"
        child.process.wait(10.0)
        assert child.beats() == b""


def test_the_newest_of_all_heartbeats_that_a_pipe_can_hold_is_read() -> None:
    """A guard that was frozen for minutes finds as many."""
    with closing(control("say('m' * 65535 + 'l')")) as child:
        child.process.wait(10.0)
        assert child.beats()[-1:] == b"l"


@pytest.mark.timeout(30)
def test_a_control_that_does_not_read_or_has_ended_is_told_in_vain() -> None:
    with closing(control("signal.pause()")) as child:
        for _ in range(70_000):
            child.pulse(sound=True)
    with closing(control("")) as ended:
        ended.process.wait(10.0)
        ended.pulse(sound=True)


def test_control_is_asked_to_leave_once_and_has_nothing_to_read() -> None:
    code = """
signal.signal(signal.SIGTERM, lambda *_: say("asked"))
assert sys.stdin.read() == ""
say("ready")
while True:
    signal.pause()
"""
    reader, writer = os.pipe()
    with standard(0, reader):
        child = control(code)
    with closing(child):
        assert child.beats() == b"ready"
        child.ask_to_leave()
        assert child.beats() == b"asked"
        child.process.send_signal(signal.SIGSTOP)
        child.ask_to_leave()
        pending = Path(f"/proc/{child.process.pid}/status").read_text()
        [mask] = [line.split()[1] for line in pending.splitlines() if line.startswith("ShdPnd")]
        assert int(mask, 16) & 1 << signal.SIGTERM - 1 == 0
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize(
    "start",
    [
        lambda: Control(("/no/program",), "plan", restarted=False),
        lambda: Desk(("/no/program",), "plan"),
        lambda: Speaker(("/no/program",), "plan"),
    ],
)
def test_a_child_that_cannot_be_made_leaves_nothing_and_is_told(
    start: Callable[[], object], capfd: pytest.CaptureFixture[str]
) -> None:
    before = open_files()
    assert started("child", start) is None
    assert open_files() == before
    told = json.loads(capfd.readouterr().out)
    assert (told["event"], told["child"]) == ("not_started", "child")
    assert told["error"] == "No such file or directory"


def test_a_closed_control_is_gone_with_its_pipes() -> None:
    before = open_files()
    child = control("signal.pause()")
    child.close()
    assert child.process.wait(10.0) == -9
    assert open_files() == before


def test_a_desk_has_its_plan_and_ends_with_its_input() -> None:
    desk = Desk(("sh", "-c", 'test "$0" = the-plan && exec cat'), "the-plan")
    assert os.getsid(desk.process.pid) == desk.process.pid
    assert desk.process.stdin is not None
    desk.process.stdin.close()
    assert desk.process.wait(10.0) == 0
    desk.close()


def test_a_desk_says_once_that_it_serves_whatever_becomes_of_it() -> None:
    desk = Desk(("sh", "-c", 'read word; printf . >"/dev/fd/$1"; kill -9 $$'), "plan")
    assert not desk.served()
    assert desk.process.stdin is not None
    desk.process.stdin.write(b"serve\n")
    desk.process.stdin.flush()
    assert desk.process.wait(10.0) == -9
    assert desk.served()
    assert not desk.served()
    desk.close()


def test_a_desk_that_is_closed_is_gone_with_its_pipes() -> None:
    before = open_files()
    desk = Desk(ASLEEP, "plan")
    desk.close()
    assert desk.process.returncode == -15
    assert open_files() == before

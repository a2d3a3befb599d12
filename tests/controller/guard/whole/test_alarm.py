"""The alarm: whom it calls, and until when."""

import os
import time
from pathlib import Path

import pytest

from controller.guard import alarm
from controller.guard.guard import Means
from tests.controller.guard.whole.stage import STOPS, Stage


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
for word in b"m", b"s", b"l", b"s", b"l", b"r", b"m", b"l":
    beat(word, 0.4)
end_when_asked()
leave_the_guard()
beat(b"r", 30)
"""
    assert stage.run(source, means=Means(alarm=horn)) == 0
    assert stage.notes.count("horn") == 3
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

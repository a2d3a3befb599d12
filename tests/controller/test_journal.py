"""The journal on real folders: append-only lines, and disks that fail, hang and come back."""

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from controller.records import journal
from controller.records.journal import BACKLOG, Journal

LIMIT_S = 20


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def until(wanted: bool, written: Journal) -> None:
    """Wait for the journal's own thread to find out about its disk."""
    tick = threading.Event()
    for _ in range(LIMIT_S * 100):
        if written.ok is wanted:
            return
        tick.wait(0.01)
    pytest.fail(f"ok did not become {wanted}")


def test_a_session_is_one_file_of_numbered_lines_in_order(tmp_path: Path) -> None:
    with Journal(tmp_path / "made" / "here") as written:
        assert written.ok
        written.begin("first", 10.0, program="demo")
        for turn in range(3):
            written.add("turn", 10.05 + turn, set_point_mps=0.1 * turn)
        written.end(20.0, cause=None)
    lines = records(tmp_path / "made" / "here" / "first.jsonl")
    assert [line["n"] for line in lines] == [0, 1, 2, 3, 4]
    assert [line["kind"] for line in lines] == ["begin", "turn", "turn", "turn", "end"]
    assert lines[0].items() >= {"session": "first", "t": 10.0, "program": "demo"}.items()
    assert all(line["wall"] > 1.6e9 for line in lines)


def test_each_session_has_its_own_file_and_its_own_count(tmp_path: Path) -> None:
    with Journal(tmp_path) as written:
        for name in ("one", "two"):
            written.begin(name, 1.0)
            written.end(2.0)
    for name in ("one", "two"):
        assert [line["n"] for line in records(tmp_path / f"{name}.jsonl")] == [0, 1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.jsonl", "two.jsonl"]


def test_outside_a_session_nothing_is_written(tmp_path: Path) -> None:
    with Journal(tmp_path) as written:
        written.add("turn", 1.0)
        written.begin("only", 2.0)
        written.end(3.0)
        written.add("turn", 4.0)
    assert len(records(tmp_path / "only.jsonl")) == 2


def test_what_was_written_before_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "again.jsonl"
    path.write_text('{"kind":"earlier"}\n')
    with Journal(tmp_path) as written:
        written.begin("again", 1.0)
    assert [line["kind"] for line in records(path)] == ["earlier", "begin"]


def test_a_value_that_json_does_not_know_is_written_as_text(tmp_path: Path) -> None:
    with Journal(tmp_path) as written:
        written.begin("odd", 1.0, where=tmp_path)
    assert records(tmp_path / "odd.jsonl")[0]["where"] == str(tmp_path)


def test_a_journal_that_was_not_entered_or_is_left_is_not_ok(tmp_path: Path) -> None:
    written = Journal(tmp_path)
    assert not written.ok
    with written:
        assert written.ok
    assert not written.ok


def test_a_folder_that_cannot_be_made_is_not_ok_until_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal, "PROBE_S", 0.01)
    obstacle = tmp_path / "sessions"
    obstacle.write_text("a file where a folder should be")
    with Journal(obstacle) as written:
        assert not written.ok
        obstacle.unlink()
        until(True, written)
        written.begin("after", 1.0)
    assert len(records(obstacle / "after.jsonl")) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "The journal cannot be written: File exists."
    ]


def test_a_write_that_fails_is_not_ok_until_the_disk_takes_writes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/dev/full fails every write as a full disk does."""
    monkeypatch.setattr(journal, "PROBE_S", 0.01)
    (tmp_path / "full.jsonl").symlink_to("/dev/full")
    with Journal(tmp_path) as written:
        written.begin("full", 1.0)
        until(False, written)
        until(True, written)
        written.begin("next", 2.0)
    assert len(records(tmp_path / "next.jsonl")) == 1


def test_a_disk_that_hangs_holds_up_nobody_and_is_not_ok_once_the_backlog_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A named pipe without a reader stands for a write that does not come back."""
    monkeypatch.setattr(journal, "END_S", 0.01)
    pipe = tmp_path / "hangs.jsonl"
    os.mkfifo(pipe)
    with Journal(tmp_path) as written:
        written.begin("hangs", 1.0)
        for turn in range(BACKLOG):
            assert written.ok
            written.add("turn", 2.0 + turn)
        written.add("turn", 1e9)
        written.add("turn", 1e9)
        assert not written.ok
        written.end(1e9)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    written._waiting.put(None)
    came_late = b""
    writing = True
    while writing:
        writing = written._thread.is_alive()
        with contextlib.suppress(BlockingIOError):
            came_late += os.read(reader, 65536)
    os.close(reader)
    numbers = [json.loads(line)["n"] for line in came_late.splitlines()]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= BACKLOG

"""The journal on real folders: append-only lines, and disks that fail, hang and come back."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from controller.records import journal
from controller.records.chain import check
from controller.records.journal import BACKLOG, STALL_S, Journal
from controller.safety.evidence import Evidence
from controller.step import Decision, State
from protocols.belt import BeltOrder

LIMIT_S = 20


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def turn(before: State, after: State, now_s: float) -> dict[str, Any]:
    """The facts of a turn as the loop hands them over."""
    decision = Decision(BeltOrder(decided_at_s=now_s))
    return {
        "before": before, "after": after, "evidence": Evidence(guard_seen_at_s=now_s),
        "commands": (), "decision": decision, "failed": False,
    }  # fmt: skip


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
        states = [State(since_s=float(number)) for number in range(4)]
        for number in range(3):
            now_s = 10.05 + number
            written.add("turn", now_s, **turn(states[number], states[number + 1], now_s))
        written.end(20.0, cause=None)
    lines = records(tmp_path / "made" / "here" / "first.jsonl")
    assert [line["n"] for line in lines] == [0, 1, 2, 3, 4]
    assert [line["kind"] for line in lines] == ["begin", "turn", "turn", "turn", "end"]
    assert lines[0].items() >= {"session": "first", "t": 10.0, "program": "demo"}.items()
    assert all(line["wall"] > 1.6e9 for line in lines)
    assert ["from" in line for line in lines] == [False, True, False, False, False]
    assert lines[2]["evidence"] == {"guard_seen_at_s": 11.05}
    checked = check((tmp_path / "made" / "here" / "first.jsonl").read_bytes())
    assert (checked.findings, len(checked.records)) == ((), 5)


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
        written.add("phase", 1.0)
        written.begin("only", 2.0)
        written.end(3.0)
        written.add("phase", 4.0)
    assert len(records(tmp_path / "only.jsonl")) == 2


def test_what_was_written_before_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "again.jsonl"
    path.write_text('{"kind":"earlier"}\n')
    with Journal(tmp_path) as written:
        written.begin("again", 1.0)
        written.add("phase", 1.0)
        until(False, written)
        written.end(2.0)
    assert path.read_text() == '{"kind":"earlier"}\n'


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


def test_a_write_that_fails_is_not_ok_until_its_session_has_ended_and_the_disk_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/dev/full fails every write as a full disk does."""
    monkeypatch.setattr(journal, "PROBE_S", 0.01)
    (tmp_path / "full.jsonl").symlink_to("/dev/full")
    with Journal(tmp_path) as written:
        written.begin("full", 1.0)
        until(False, written)
        threading.Event().wait(0.1)
        assert not written.ok
        written.end(1.5)
        until(True, written)
        written.begin("next", 2.0)
    assert len(records(tmp_path / "next.jsonl")) == 1


def test_a_disk_without_room_for_a_session_is_not_ok_before_any_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal, "PROBE_S", 0.01)
    with Journal(tmp_path) as written:
        assert written.ok
        monkeypatch.setattr(journal, "ROOM", 1 << 60)
        until(False, written)
        monkeypatch.undo()
        monkeypatch.setattr(journal, "PROBE_S", 0.01)
        until(True, written)
    assert "No space left on device" in caplog.text


def test_a_disk_that_hangs_holds_up_nobody_and_is_not_ok_once_the_backlog_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "END_S", 0.01)
    released, fsync = threading.Event(), os.fsync

    def hang(descriptor: int) -> None:
        released.wait(LIMIT_S)
        fsync(descriptor)

    written = Journal(tmp_path)
    with written:
        monkeypatch.setattr(os, "fsync", hang)
        written.begin("hangs", 1.0)
        for number in range(BACKLOG):
            assert written.ok
            written.add("wire", 2.0 + number)
        written.add("wire", 1e9)
        written.add("wire", 1e9)
        assert not written.ok
        assert written.kept == -1
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    released.set()
    written._waiting.put(None)
    written._thread.join(LIMIT_S)
    checked = check((tmp_path / "hangs.jsonl").read_bytes())
    assert [found.kind for found in checked.findings] == ["open"]
    numbers = [record["n"] for record in checked.records]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= BACKLOG


def test_a_disk_that_stands_still_at_one_record_is_not_ok_until_it_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, released, fsync, now_s = threading.Event(), threading.Event(), os.fsync, [100.0]

    def hang(descriptor: int) -> None:
        asked.set()
        released.wait(LIMIT_S)
        fsync(descriptor)

    with Journal(tmp_path, lambda: now_s[0]) as written:
        monkeypatch.setattr(os, "fsync", hang)
        written.begin("stalls", 1.0)
        assert asked.wait(LIMIT_S)
        now_s[0] += STALL_S
        assert written.ok
        now_s[0] += 0.001
        assert not written.ok
        released.set()
        until(True, written)
        now_s[0] += 10 * STALL_S
        assert written.ok
        written.end(2.0)
    assert not check((tmp_path / "stalls.jsonl").read_bytes()).findings


def test_records_that_found_no_room_in_the_backlog_are_seen_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    monkeypatch.setattr(journal, "END_S", float(LIMIT_S))
    written = Journal(tmp_path)
    written.begin("lags", 1.0)
    for number in range(BACKLOG + 9):
        written.add("wire", float(number))
    with written:
        while written._waiting.qsize() > BACKLOG // 2:
            threading.Event().wait(0.01)
        written.end(1e9)
    checked = check((tmp_path / "lags.jsonl").read_bytes())
    assert checked.whole
    assert [(found.kind, found.line) for found in checked.findings] == [("missing", BACKLOG + 1)]
    assert f"{BACKLOG} to {BACKLOG + 9}" in checked.findings[0].sentence

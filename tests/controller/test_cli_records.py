"""`retrotread sessions`, `verify` and `replay`, on true records and on damaged ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from controller.cli import records
from controller.cli.failure import Failure
from controller.records.archive import Where
from controller.records.chain import sealed, seed
from controller.records.journal import Journal
from controller.safety import monitors
from controller.safety.view import Phase
from controller.session.commands import Verb
from tests.controller.room import Room


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one whole session."""
    room = Room(Phase.IDLE)
    room.hands.hold = False
    room.turn(4)
    room.hands.hold = True
    room.turn(45)
    with Journal(tmp_path / "sessions") as journal:
        room.loop.journal = journal
        room.loop.new_id = lambda: "first"
        for verb in (Verb.ARM, Verb.START):
            room.ask(verb)
            room.turn()
        room.turn(40)
        room.ask(Verb.STOP)
        room.turn(60)
        room.ask(Verb.RESET)
        room.turn(2)
        assert journal.ok
    return tmp_path


def file_of(data: Path) -> Path:
    return data / "sessions" / "first.jsonl"


def sentence(action: Any, *arguments: Any) -> str:
    with pytest.raises(Failure) as failure:
        action(*arguments, as_json=False)
    told = str(failure.value)
    assert told.endswith(".")
    assert "\n" not in told
    return told


def test_a_whole_record_is_verified_by_its_id_and_as_a_file(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for named, folder in (("first", str(data)), (str(file_of(data)), "")):
        records.verify(named, folder, as_json=False)
        assert "every one as it was written" in capsys.readouterr().out
        records.verify(named, folder, as_json=True)
        told = json.loads(capsys.readouterr().out)
        assert (told["verified"], told["findings"]) == (True, [])
        assert told["records"] == len(file_of(data).read_text().splitlines())


def test_a_changed_octet_is_one_line_and_a_failure(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    octets = file_of(data).read_bytes()
    file_of(data).write_bytes(octets.replace(b"walking", b"wolking", 1))
    assert "rely on nothing from line" in sentence(records.verify, "first", str(data))
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("broken: It is not as it was written.")
    with pytest.raises(Failure):
        records.verify("first", str(data), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["whole"], told["verified"]) == (False, False)
    assert told["findings"][0]["kind"] == "broken"
    assert "See retrotread verify" in sentence(records.again, "first", str(data))


def test_a_record_that_breaks_off_is_told_apart_from_a_changed_one(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file_of(data).write_bytes(file_of(data).read_bytes()[:-300])
    assert "as it was written, but it is not complete" in sentence(
        records.verify, "first", str(data)
    )
    kinds = [line.split(": ")[1] for line in capsys.readouterr().out.splitlines()]
    assert kinds == ["torn", "open"]
    records.again("first", str(data), as_json=False)
    assert "every decision byte-identical" in capsys.readouterr().out


def test_a_record_under_another_name_is_found(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file_of(data).rename(data / "sessions" / "other.jsonl")
    assert "rely on nothing" in sentence(records.verify, "other", str(data))
    assert "renamed: It is the record of session first." in capsys.readouterr().out


def test_a_session_is_decided_again(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records.again("first", str(data), as_json=False)
    assert capsys.readouterr().out.endswith(" turns, every decision byte-identical.\n")
    records.again("first", str(data), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["identical"], told["difference"], told["failed"]) == (True, None, 0)
    assert told["turns"] > 60


def test_other_rules_show_the_first_difference_with_both_sides(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controller.step.drive.REST_PROOF_S", 0.5)
    assert "is decided otherwise today" in sentence(records.again, "first", str(data))
    before, after = capsys.readouterr().out.splitlines()
    assert before == 'recorded: {"phase":"stopping"}'
    assert after == 'today:    {"phase":"latched"}'
    monkeypatch.setattr(monitors, "PERIOD_S", None)
    with pytest.raises(Failure):
        records.again("first", str(data), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["identical"] is False
    assert "TypeError" in told["difference"]["today"]["exception"]


def test_the_list_tells_of_each_session_how_it_went(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = data / "sessions"
    (folder / "broken.jsonl").write_bytes(b"nothing\n")
    (folder / "torn.jsonl").write_bytes(file_of(data).read_bytes()[:5000])
    (folder / "folder.jsonl").mkdir()
    records.sessions(Where(data), as_json=True)
    rows = {row["session"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["first"].items() >= {
        "program": "free-walk", "cause": "stop_pressed", "whole": True, "complete": True,
    }.items()  # fmt: skip
    assert rows["first"]["duration_s"] == pytest.approx(5.2, abs=0.3)
    assert (rows["torn"]["whole"], rows["torn"]["complete"]) == (True, False)
    for name in ("broken", "folder"):
        assert (rows[name]["whole"], rows[name]["began"]) == (False, None)
    records.sessions(Where(data), as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines] == ["broken", "broken", "whole", "incomplete"]


def test_without_sessions_the_list_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records.sessions(Where(tmp_path), as_json=False)
    assert "There are no sessions in" in capsys.readouterr().out
    records.sessions(Where(tmp_path), as_json=True)
    assert json.loads(capsys.readouterr().out) == []


BEGIN = {"n": 0, "t": 1.0, "wall": 1.0, "kind": "begin", "session": "odd", "version": "1"}
ODD: dict[str, list[dict[str, Any]]] = {
    "no limits": [BEGIN],
    "a limit of tomorrow": [{**BEGIN, "limits": {"tomorrow_s": 1.0}}],
    "a turn from nowhere": [{**BEGIN, "limits": {}}, {"n": 1, "t": 1.0, "kind": "turn"}],
    "a state of tomorrow": [
        {**BEGIN, "limits": {}},
        {"n": 1, "t": 1.0, "kind": "turn", "from": {"mood": 1}, "evidence": {}, "decided": {}},
    ],
    "no time": [
        {**BEGIN, "limits": {}},
        {"n": 1, "kind": "turn", "from": {}, "evidence": {}, "decided": {}},
    ],
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_true_record_that_cannot_be_replayed_is_one_sentence(
    tmp_path: Path, odd: list[dict[str, Any]]
) -> None:
    """Sealed well, and written by another version."""
    after, octets = seed("odd", "1"), b""
    for record in odd:
        line, after = sealed(record, after)
        octets += line
    (tmp_path / "odd.jsonl").write_bytes(octets)
    assert "cannot be replayed" in sentence(records.again, str(tmp_path / "odd.jsonl"), "")


@pytest.mark.parametrize("octets", [b"", b"\n", b"\0" * 99, b"{}\n", b"\xff\xfe\n", b"[" * 9999])
def test_any_other_file_is_one_sentence(tmp_path: Path, octets: bytes) -> None:
    file = tmp_path / "any.jsonl"
    file.write_bytes(octets)
    for action in (records.verify, records.again):
        sentence(action, str(file), "")


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    """The beginning of a process's memory gives EIO."""
    (tmp_path / "dead.jsonl").symlink_to("/proc/self/mem")
    for action in (records.verify, records.again):
        assert "cannot be read" in sentence(action, str(tmp_path / "dead.jsonl"), "")


def test_what_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for action in (records.verify, records.again):
        assert "See retrotread sessions" in sentence(action, "nobody", str(tmp_path))

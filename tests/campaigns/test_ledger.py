"""The file of outcomes: a campaign that was broken off goes on, another one begins anew."""

import json
from pathlib import Path

import pytest

from campaigns import ledger
from campaigns.ledger import Ledger
from campaigns.outcome import Outcome

TEXT = "walks = 3\n"


def outcome(number: int) -> Outcome:
    return Outcome(
        number, "planned", "stop", "none", "stop_pressed", 20.0, 0.4, 0.41, 1 / 3, 0.2, 1.4,
        None, rested=True, verified=True, escalated=False, lasted_s=25.0,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "outcomes.jsonl"
    Ledger(file, TEXT).add([outcome(0), outcome(2)])
    return file


def test_what_is_done_is_remembered(file: Path) -> None:
    done = Ledger(file, TEXT).done
    assert sorted(done) == [0, 2]
    assert done[2].latency_s == 0.333333


def test_outcomes_are_the_same_before_and_after_they_were_kept(tmp_path: Path) -> None:
    kept = Ledger(tmp_path / "outcomes.jsonl", TEXT)
    kept.add([outcome(1)])
    assert Ledger(tmp_path / "outcomes.jsonl", TEXT).done == kept.done


def test_half_a_line_is_dropped_and_its_walk_done_again(file: Path) -> None:
    file.write_text(file.read_text()[:-9])
    again = Ledger(file, TEXT)
    assert sorted(again.done) == [0]
    again.add([outcome(2)])
    assert [json.loads(line).get("number") for line in file.read_text().splitlines()] == [
        None,
        0,
        2,
    ]


def test_another_campaign_begins_anew(file: Path) -> None:
    assert Ledger(file, "walks = 4\n").done == {}


def test_other_rules_begin_anew(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_code", lambda: "other")
    assert Ledger(file, TEXT).done == {}

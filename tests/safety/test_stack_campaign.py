"""A campaign goes on where it was ended, and counts no run twice."""

from pathlib import Path

import pytest

from tests.safety.stack.campaign import Record, campaign
from tests.safety.wording import wording

KEYS = [str(number) for number in range(8)]


def squared(key: str) -> Record:
    return {"well": key != "5", "square": int(key) ** 2}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEEP_FOLDER", str(tmp_path))
    monkeypatch.setenv("DEEP_WORKERS", "1")
    return tmp_path


def test_it_goes_on_where_it_was_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEP_COUNT", "3")
    first = campaign("squares", KEYS, squared)
    assert (first.ran, list(first.records), first.ill) == (3, ["0", "1", "2"], [])
    with first.file.open("a") as file:
        file.write('{"key": "3", "we')
    monkeypatch.delenv("DEEP_COUNT")
    second = campaign("squares", KEYS, squared)
    assert (second.ran, len(second.records), second.total("square")) == (5, 8, 140)
    assert second.ill == [{"well": False, "square": 25}]
    assert campaign("squares", KEYS, squared).ran == 0
    assert "8 runs (0 now" in str(campaign("squares", KEYS, squared))


def test_it_ends_when_its_time_is_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEP_SECONDS", "0")
    assert campaign("squares", KEYS, squared).ran < len(KEYS)


def test_what_was_run_on_other_words_does_not_count(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = campaign("squares", KEYS, squared)
    monkeypatch.setattr("tests.safety.stack.campaign.wording", lambda *_: "other")
    second = campaign("squares", KEYS, squared)
    assert (first.ran, second.ran) == (8, 8)
    assert first.file != second.file


def test_words_are_those_of_all_that_a_module_loads() -> None:
    grip = wording("protocols.grip")
    assert grip == wording("protocols.grip")
    assert len({grip, wording("protocols.relay"), wording("protocols.grip", "drivers.grip")}) == 3

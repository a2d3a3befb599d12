"""How the run judges and tells, without the machine: steps, table, exit code, sudden ends."""

import json
from pathlib import Path

import pytest

from tests.bluez import __main__ as bluez
from tests.bluez import vm
from tests.bluez.guest import MARK
from tests.bluez.packages import PackageError
from tests.bluez.steps import STEPS

PATIENCE_S = 30.0
"""What is started at the lowest priority may wait long for its turn."""


def ended(step: str, why: str = "") -> str:
    told = {"event": "ended", "step": step, "guest_s": 2.5, "why": why, "figures": {"ms": 1}}
    return MARK + json.dumps(told)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bluez, "CACHE", tmp_path)
    return tmp_path


def test_a_step_that_was_not_reached_has_failed() -> None:
    table = bluez.Table(["demo", "reconnect"])
    for name in ("packages", "image", "BlueZ", "demo"):
        table.begin(name)
        table.hear(ended(name))
    assert not table.whole
    assert table.steps["reconnect"].why == bluez.UNTRIED
    table.hear(ended("reconnect"))
    assert table.whole


def test_what_failed_stands_in_the_table_with_its_reason() -> None:
    table = bluez.Table(["demo"])
    table.hear("[    0.1] a kernel's own line")
    table.hear(MARK + json.dumps({"event": "begun", "step": "demo"}))
    table.hear(ended("demo", "The belt did not stop."))
    row = next(row for row in table.rows() if row.startswith("demo"))
    assert "FAIL" in row
    assert row.endswith("The belt did not stop.")
    assert not table.whole


def test_a_run_that_cannot_begin_says_why_fails_and_leaves_a_result(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(table: bluez.Table, names: list[str]) -> None:
        table.begin("packages")
        raise PackageError("There is no apt-get: run this on Debian or one like it.")

    monkeypatch.setattr(bluez, "run", run)
    assert bluez.main([]) == 1
    result = json.loads((here / "result.json").read_text())
    assert result["passed"] is False
    assert result["trouble"].startswith("There is no apt-get")
    assert [step["step"] for step in result["steps"]] == [*bluez.FIRST, *STEPS]
    assert "NOT all steps passed" in capsys.readouterr().out


def test_an_unknown_step_is_refused_with_the_known_ones(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bluez.main(["dmeo"]) == 2
    assert "There are: demo, link lost" in capsys.readouterr().err
    assert not (here / "result.json").exists()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo early; echo 'Kernel panic - not syncing'; sleep 60", "The machine died: Kernel"),
        ("echo early; exit 3", "did not end by itself"),
    ],
)
def test_a_machine_that_ends_badly_is_told_after_all_that_it_said(script: str, why: str) -> None:
    said = []
    with pytest.raises(vm.MachineError, match=why):
        said.extend(vm.lines(["sh", "-c", script], PATIENCE_S))
    assert said[0] == "early"


def test_a_machine_that_goes_on_and_on_is_ended() -> None:
    with pytest.raises(vm.MachineError, match=r"did not end by itself within 0\.5 s"):
        list(vm.lines(["sleep", "60"], 0.5))


def test_a_machine_that_ends_by_itself_has_said_everything() -> None:
    assert list(vm.lines(["sh", "-c", "echo one; echo two"], PATIENCE_S)) == ["one", "two"]


def test_a_second_of_the_guest_is_so_many_instructions() -> None:
    words = vm.command(Path("kernel"), Path("initrd"))
    assert words[words.index("-icount") + 1] == "shift=0,sleep=off,align=off"
    assert f"tsc_early_khz={vm.PACE * 1_000_000}" in words[-1].split()

"""`retrotread bench`: which benchmarks there are, what it prints, keeps and fails on."""

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from controller.cli.failure import Failure

bench = importlib.import_module("controller.cli.bench")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def sprint(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A benchmark called `sprint` that keeps its bounds."""
    (folder / "sprint.py").touch()
    module = ModuleType("benchmarks.sprint")
    module.run = lambda: {"met": True, "n": 3}
    module.table = lambda result: f"ran {result['n']}"
    monkeypatch.setitem(sys.modules, "benchmarks.sprint", module)
    return module


def test_without_a_clone_there_is_nothing_to_run(folder: Path) -> None:
    with pytest.raises(Failure, match="come with a clone"):
        bench.run([], as_json=False)


@pytest.mark.usefixtures("sprint")
def test_an_unknown_benchmark_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(Failure, match=r"no benchmark walk\. There are: sprint\."):
        bench.run(["walk"], as_json=False)


@pytest.mark.usefixtures("sprint")
def test_a_benchmark_prints_its_table_and_keeps_its_result(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.run([], as_json=False)
    assert capsys.readouterr().out == "sprint\nran 3\n\n"
    assert json.loads((folder / "results" / "sprint.json").read_text()) == {"met": True, "n": 3}


def test_a_plot_is_kept_beside_the_result(folder: Path, sprint: ModuleType) -> None:
    bench.run([], as_json=False)
    assert not (folder / "results" / "sprint.svg").exists()
    sprint.plot = lambda result: f"<svg>{result['n']}</svg>"
    bench.run([], as_json=False)
    assert (folder / "results" / "sprint.svg").read_text() == "<svg>3</svg>"


@pytest.mark.usefixtures("sprint")
def test_json_is_one_document_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    bench.run(["sprint"], as_json=True)
    assert json.loads(capsys.readouterr().out) == {"sprint": {"met": True, "n": 3}}


def test_a_bound_that_was_not_kept_fails_the_command_after_its_figures(
    sprint: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    sprint.run = lambda: {"met": False, "n": 3}
    with pytest.raises(Failure, match="Not every bound was kept: sprint"):
        bench.run(["sprint"], as_json=False)
    assert "ran 3" in capsys.readouterr().out

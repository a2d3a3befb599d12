"""`python -m controller.guard`: one service from its plans, or one sentence."""

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from controller import realtime
from controller.guard import __main__, children
from controller.guard.lock import single
from controller.plan import Plan
from controller.records.latch_store import encode
from controller.safety.mark import CLEAN
from tests.controller.guard.whole.stage import WAITS, Stage


def saved(folder: Path, **more: Any) -> str:
    """A plan of a service that is told apart from every other."""
    path = folder / "a plan"
    names = {"treadmill": f"ftms:name={folder}", "grip": "", "adapter": "none", "hatch": ""}
    Plan(**names, **{"data_dir": str(folder), "alarm": ["true"], **more}).save(path)
    return str(path)


def run_module(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    monkeypatch.delitem(sys.modules, __main__.__name__, raising=False)
    monkeypatch.setattr(sys, "argv", ["guard", *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("controller.guard", run_name="__main__")
    return ended.value.code


def test_the_module_runs_one_service_from_its_plans(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = saved(stage.folder, relay="relay:/dev/none")
    source = f"assert sys.argv[1] == {plan!r}\nassert 'NOTIFY_SOCKET' not in os.environ\nbeat(b'r')"
    desk = "assert sys.argv[1] == 'a desk plan'\n" + WAITS
    programs = stage.programs(source, desk=desk)
    monkeypatch.setattr(children, "Programs", lambda: programs)
    monkeypatch.setenv("NOTIFY_SOCKET", str(stage.folder / "nobody listens"))
    for plans in ([plan], [plan, "a desk plan"]):
        assert run_module(monkeypatch, *plans) == 0


@pytest.mark.parametrize(("mark", "code"), [(encode(CLEAN), 1), (b"", 0)])
def test_the_mark_of_the_service_before_says_whether_the_belt_must_be_stopped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, mark: bytes, code: int
) -> None:
    (stage.folder / "latch").write_bytes(mark)
    programs = stage.programs("sys.exit(1)")
    monkeypatch.setattr(children, "Programs", lambda: programs)
    assert run_module(monkeypatch, saved(stage.folder)) == code
    assert ("standby heard stop" in stage.notes) is (code == 0)


def test_a_second_service_ends_with_one_sentence_and_starts_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = saved(stage.folder)
    programs = stage.programs("note('a child')")
    monkeypatch.setattr(children, "Programs", lambda: programs)
    with single(stage.folder, "other", "none"):
        assert run_module(monkeypatch, plan) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "End that one first" in err
    assert stage.notes == []


def test_an_alarm_whose_program_is_not_there_is_one_sentence_and_no_service(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    programs = stage.programs("note('a child')")
    monkeypatch.setattr(children, "Programs", lambda: programs)
    assert run_module(monkeypatch, saved(stage.folder, alarm=["no-such-horn", "-l"])) == 1
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "The alarm's program no-such-horn is not there" in err
    assert stage.notes == []


@pytest.mark.parametrize(
    ("answers", "said"),
    [(("", ""), ""), (("No FIFO.", ""), "No FIFO.\n"), (("No.", "Nor that."), "No.\nNor that.\n")],
)
def test_a_guard_that_is_to_come_first_says_what_is_not_permitted_and_goes_on(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    answers: tuple[str, str],
    said: str,
) -> None:
    """What the two really do is in tests/controller/test_realtime.py: it would outlast the test."""
    programs = stage.programs("beat(b'r')")
    asked: list[int] = []

    def before_children(priority: int) -> str:
        asked.append(priority)
        return answers[0]

    monkeypatch.setattr(children, "Programs", lambda: programs)
    monkeypatch.setattr(realtime, "before_children", before_children)
    monkeypatch.setattr(realtime, "keep_memory", lambda: answers[1])
    assert run_module(monkeypatch, saved(stage.folder, realtime=True)) == 0
    assert asked == [realtime.GUARD]
    assert capfd.readouterr().err == said

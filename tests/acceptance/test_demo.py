"""The scripted demonstration, from the outside."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

pytestmark = pytest.mark.service

Run = Callable[..., CompletedProcess[str]]

GRACE_MS = 300
"""At 1.0 mph."""


def test_the_demo_walks_to_the_cap_lets_go_and_sees_the_belt_at_rest(retrotread: Run) -> None:
    result = retrotread("demo", "--auto", "--json")
    assert result.returncode == 0, result.stderr
    summary = json.loads(result.stdout)
    assert summary["verified"] is True
    assert summary["latched"] is True
    assert summary["stop_cause"] == "grip_released"
    assert 0.4 < summary["peak_belt_mps"] <= summary["cap_mps"] + 0.03
    assert summary["peak_set_point_mps"] <= summary["cap_mps"]
    assert GRACE_MS <= summary["release_to_stop_ms"] <= GRACE_MS + 100
    assert 0 < summary["carry_m"] < 1
    journal = [json.loads(line) for line in Path(summary["record"]).read_text().splitlines()]
    assert [line["n"] for line in journal] == list(range(len(journal)))
    assert summary["session_id"] == journal[0]["session"]
    verified = retrotread("verify", summary["record"])
    assert verified.returncode == 0, verified.stdout
    replayed = retrotread("replay", summary["record"], "--json")
    assert replayed.returncode == 0, replayed.stderr
    again = json.loads(replayed.stdout)
    assert (again["identical"], again["failed"]) == (True, 0)
    assert again["turns"] > 200
    data = str(Path(summary["record"]).parents[1])
    listed = json.loads(retrotread("sessions", "--data", data, "--json").stdout)
    report = Path(summary["report"])
    assert report == Path(data) / "reports" / f"{summary['session_id']}.html"
    assert "Both hands left the handrails." in report.read_text()
    assert "Record whole" in report.read_text()
    assert summary["session_id"] in [row["session"] for row in listed if row["complete"]]


def test_a_treadmill_that_ignores_stop_fails_the_demo(retrotread: Run) -> None:
    result = retrotread("demo", "--auto", "--json", "--fault", "ignores_stop")
    assert result.returncode == 1
    assert json.loads(result.stdout)["verified"] is False
    assert "pull the safety key" in result.stderr
    assert "Traceback" not in result.stderr


def test_figures_are_of_a_scripted_walk(retrotread: Run) -> None:
    result = retrotread("demo", "--json")
    assert (result.returncode, result.stdout) == (2, "")
    assert "--auto" in result.stderr


def test_faults_are_listed_with_their_sources(retrotread: Run) -> None:
    result = retrotread("demo", "--list-faults", "--json")
    assert result.returncode == 0
    faults = json.loads(result.stdout)
    assert faults["ignores_stop"]["sentence"]
    assert all(fault["source"] for fault in faults.values())


def test_what_is_not_simulated_is_listed_with_the_reason(retrotread: Run) -> None:
    told = retrotread("demo", "--list-faults").stdout.partition("\nnot simulated\n")[2]
    rows = dict(line.split(maxsplit=1) for line in told.splitlines())
    assert list(rows) == ["F18", "F43", "D23", "D29"]
    assert all(reason.endswith(".") for reason in rows.values())

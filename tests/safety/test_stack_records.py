"""What was recorded can be decided again: byte for byte by the same rules, and not by others."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from controller.records.chain import check
from controller.records.replay import Replayed, replay
from controller.safety import limits, monitors
from controller.safety.told import Symptom, Told
from tests.safety.stack.afflictions import STRIKES
from tests.safety.stack.bedside import Bedside
from tests.safety.stack.recorded import recorded

SOME = (
    "none", "runaway", "stall", "loss_2_percent", "faster_mashed", "link_drops", "lets_go", "flaps",
    "grip_flipped_bits", "tether_off_now", "supervisor_leaves", "computer_suspended", "sentinels",
    "key_pulled_now", "console_pauses_now", "reset_mashed", "falls", "control_lost",
)  # fmt: skip
UNRECORDED = frozenset({"disk_full"})
"""Struck upon a journal in memory."""


def replayed(files: list[Path]) -> list[Replayed]:
    found = []
    for file in files:
        checked = check(file.read_bytes())
        assert checked.whole, checked.findings
        found.append(replay(checked.records))
    return found


def test_a_whole_session_is_decided_again_byte_for_byte(tmp_path: Path) -> None:
    files = recorded(tmp_path, seed=1)
    first, second = replayed(files)
    assert (first.difference, first.failed) == (None, 0)
    assert first.turns > 300
    assert (second.parts, second.difference) == (1, None)
    records = check(files[0].read_bytes()).records
    assert [r["phase"] for r in records if r["kind"] == "phase"] == [
        "armed", "walking", "stopping", "latched", "idle",
    ]  # fmt: skip
    commands = [c["verb"] for r in records if r["kind"] == "turn" for c in r.get("commands", [])]
    assert commands == ["arm", "start", "faster", "stop", "reset"]
    assert check(files[0].read_bytes()).findings == ()


LATER = {
    *("care", "inclined_at_s", "lift_pct", "lifts_since_s", "inclines", "lifted_at_s", "told"),
    *("heart_lost_since_s", "heart_high_since_s", "heart_rate_bpm", "heart_rate_at_s"),
    *("pain_before", "heart_rate_limit_bpm", "releases"),
}
"""Fields that came after the first records were written; an order had no incline either."""


def older(plain: Any) -> Any:
    """As it would have been written before there were these fields."""
    if isinstance(plain, list):
        return [older(each) for each in plain]
    if not isinstance(plain, dict):
        return plain
    order = {"incline_pct"} if "decided_at_s" in plain else set()
    return {name: older(each) for name, each in plain.items() if name not in LATER | order}


def test_a_record_that_is_older_than_a_field_is_decided_again_all_the_same(tmp_path: Path) -> None:
    files = recorded(tmp_path, seed=1)
    for file in files:
        records = older(list(check(file.read_bytes()).records))
        assert "'care'" not in str(records)
        assert replay(records).difference is None


def test_what_the_patient_told_is_in_the_record_and_decided_again(tmp_path: Path) -> None:
    def tells(bedside: Bedside) -> None:
        bedside.supervisor.press("report", told=Told(pain_nprs=4))
        bedside.supervisor.press("report", told=Told(symptom=Symptom.DIZZINESS))

    files = recorded(tmp_path, seed=2, strike=tells)
    first = check(files[0].read_bytes()).records
    turns = [record for record in first if record["kind"] == "turn"]
    told = [c["told"] for turn in turns for c in turn.get("commands", []) if c["told"]]
    assert [(each["pain_nprs"], each["symptom"]) for each in told] == [
        (4, None), (None, "dizziness"),
    ]  # fmt: skip
    assert all(each.difference is None for each in replayed(files))


def alike(folder: Path, fault: str, phase: str, seed: int) -> None:
    for each in replayed(recorded(folder, seed, fault, phase)):
        assert each.difference is None, f"{fault} {phase} {seed}: {each.difference}"


@pytest.mark.parametrize("fault", SOME)
def test_whatever_befalls_a_session_is_decided_again(tmp_path: Path, fault: str) -> None:
    alike(tmp_path, fault, "ramping", 3)


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("phase", ["armed", "steady", "stopping"])
@pytest.mark.parametrize("fault", [fault for fault in STRIKES if fault not in UNRECORDED])
def test_every_fault_in_every_phase_is_decided_again(
    tmp_path: Path, fault: str, phase: str
) -> None:
    alike(tmp_path, fault, phase, 5)


def lets_go(bedside: Bedside) -> None:
    bedside.obliging = False
    bedside.scene.intend("release")


def test_another_grace_is_found_at_the_first_turn_that_it_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = recorded(tmp_path, 2, strike=lets_go)
    assert replayed(files)[0].difference is None

    def longer(speed_mps: float, bounds: limits.Limits) -> float:
        return 1.5 * limits.grace_s(speed_mps, bounds)

    monkeypatch.setattr(monitors, "grace_s", longer)
    found = replayed(files)[0]
    assert found.difference is not None
    assert found.turns > 100
    recorded_s, today_s = (
        side["decision"]["wake_at_s"]
        for side in (found.difference.recorded, found.difference.today)
    )
    assert 0.1 < today_s - recorded_s < 1.0


def test_rules_that_raise_are_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = recorded(tmp_path, 2)

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("controller.records.replay.step", fail)
    difference = replayed(files)[0].difference
    assert difference is not None
    assert "ZeroDivisionError" in difference.today["exception"]


def mistaken(bedside: Bedside) -> None:
    """One turn's evidence cannot be had, and one turn cannot be told."""
    bedside.traps.set("kept", ValueError("A mistake."))


def untold(bedside: Bedside) -> None:
    bedside.traps.set("publish", ValueError("A mistake."))


@pytest.mark.parametrize(("strike", "failed"), [(mistaken, 1), (untold, 0)])
def test_a_turn_that_failed_is_told_apart_and_the_rest_is_decided_again(
    tmp_path: Path, strike: Any, failed: int
) -> None:
    found = replayed(recorded(tmp_path, 4, strike=strike))[0]
    assert (found.difference, found.failed) == (None, failed)
    assert found.parts >= 2
    assert found.turns > 100


def test_a_journal_changes_nothing_that_is_decided(tmp_path: Path) -> None:
    """The same run, recorded twice, is the same but for the wall clock and the hashes."""
    runs = [recorded(tmp_path / name, seed=6) for name in ("one", "two")]
    for one, two in zip(*runs, strict=True):
        left, right = (check(file.read_bytes()).records for file in (one, two))
        apart = {"wall": 0, "after": "", "sha256": ""}
        assert [{**r, **apart} for r in left] == [{**r, **apart} for r in right]
        assert replay(left) == replay(right)
        assert replace(replay(left), turns=0) == replace(replay(right), turns=0)

"""Control is ended or frozen at random moments of every phase, again and again."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from signal import Signals

import pytest

from tests.acceptance.fault_trials import PHASES, SIGNALS, Trial, planned, run
from tests.safety.stack.campaign import done, kept

TRIALS, DEEP_TRIALS = 60, 2000
PROCESSES = (
    *("controller.control", "controller.standby", "controller.guard.__main__"),
    *("simulators.bench", "tests.acceptance.fault_trials"),
)
SERVICES = 8
"""Side by side on two cores: each mostly waits for its belt."""


def highest(trials: list[Trial], name: str) -> float | None:
    figures = [getattr(trial, name) for trial in trials]
    return max((figure for figure in figures if figure is not None), default=None)


def summary(trials: list[Trial]) -> str:
    wrong = [trial for trial in trials if trial.wrongs]
    prompt = [trial for trial in trials if trial.patience_ms <= 300]
    return (
        f"process faults: {len(trials)} trials, {len(wrong)} violations; "
        f"highest ms: detected {highest(prompt, 'detected_ms')} while the belt may move, "
        f"relay open {highest(trials, 'open_ms')}, rest verified {highest(trials, 'verified_ms')}"
    )


async def campaign(
    count: int, capsys: pytest.CaptureFixture[str], file: Path | None = None
) -> None:
    """`file` has a line for each trial that was made: an interrupted campaign goes on there."""
    trials = {trial.number: trial for trial in _before(file)}

    def tell(trial: Trial) -> None:
        trials[trial.number] = trial
        if file is not None:
            with file.open("a") as lines:
                lines.write("\n" + json.dumps({"key": trial.number, **asdict(trial)}) + "\n")
        if trial.wrongs or len(trials) % 20 == 0:
            with capsys.disabled():
                sys.stderr.write(f"\n{len(trials)} of {count}: {trial if trial.wrongs else 'kept'}")

    await run([each for each in planned(count) if each.number not in trials], SERVICES, tell)
    with capsys.disabled():
        sys.stderr.write(f"\n{summary([*trials.values()])}\n")
    assert [trial for trial in trials.values() if trial.wrongs] == []
    assert len(trials) == count


def _before(file: Path | None) -> list[Trial]:
    plain = done(file).values() if file is not None else ()
    return [Trial(**{**each, "signal": Signals(each["signal"])}) for each in plain]


@pytest.mark.alone
@pytest.mark.timeout(600)
async def test_sixty_controls_ended_or_frozen_leave_a_belt_at_rest_and_latched(
    capsys: pytest.CaptureFixture[str],
) -> None:
    await campaign(TRIALS, capsys)


@pytest.mark.deep
@pytest.mark.timeout(4 * 3600)
async def test_two_thousand_controls_ended_or_frozen(capsys: pytest.CaptureFixture[str]) -> None:
    await campaign(DEEP_TRIALS, capsys, kept("process-faults", *PROCESSES))


def test_every_phase_meets_every_signal() -> None:
    kinds = {(trial.phase, trial.signal) for trial in planned(TRIALS)}
    assert kinds == {(phase, number) for phase in PHASES for number in SIGNALS}

"""Control is lost during a walk over virtual Bluetooth: the guard has the belt stopped."""

import signal
from dataclasses import asdict

import pytest

from benchmarks.parts.loss import Loss, bedside, lose_control

pytestmark = pytest.mark.service

TRIALS = 1


@pytest.mark.parametrize("relay", ["none", "pty", "tcp:127.0.0.1:0"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_a_lost_control_stops_the_belt_and_nothing_restarts_the_walk(
    number: signal.Signals, relay: str
) -> None:
    async with bedside(relay) as running:
        losses = [await lose_control(running, number, trial) for trial in range(TRIALS)]
    assert [loss.met for loss in losses] == [True] * TRIALS, [asdict(loss) for loss in losses]


@pytest.mark.parametrize(
    "change",
    [
        {"detected_ms": 301.0},
        {"detected_ms": None},
        {"open_ms": 601.0},
        {"open_ms": None},
        {"slower_ms": 2001.0},
        {"slower_ms": None},
        {"rest_ms": None},
        {"verified_ms": None},
        {"quiet": False},
        {"latched": False},
        {"failure": "The walk failed."},
        {"machine": "trackmaster", "stop_ms": 600.1},
        {"machine": "trackmaster", "stop_ms": None},
    ],
)
def test_a_trial_is_met_only_if_nothing_is_missing(change: dict[str, object]) -> None:
    times_ms = (20.0, 500.0, 30.0, 900.0, 1600.0, 2800.0)
    whole = Loss("SIGKILL", True, 0.2, *times_ms, quiet=True, latched=True)
    assert whole.met
    assert Loss(**{**asdict(whole), "relay": False, "open_ms": None}).met
    assert Loss(**{**asdict(whole), "machine": "trackmaster"}).met
    assert Loss(**{**asdict(whole), "stop_ms": 999.0}).met
    assert not Loss(**{**asdict(whole), **change}).met

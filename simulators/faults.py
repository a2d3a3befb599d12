"""Treadmills that misbehave, as data: each fault is a change to an honest machine, with its source.

A machine is its firmware's `Habits` and its `Drive`. A fault replaces some of them; faults
compose in the order in which they are named, and the same table serves the radio and virtual time.
Numbers such as F35 are rows of the project's fault catalogue, deviations those of its list of
machines seen in the field. `python -m simulators.faults` prints the table as JSON.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, NamedTuple

from simulators.plant import Drive


@dataclass(frozen=True, slots=True)
class Habits:
    """How the firmware behaves. The defaults are an honest machine that follows the standard."""

    answer_s: float = 0.04
    """From a request to its response; a UREVO pad took 40–50 ms."""
    answers_control: bool = True
    obeys_stop: bool = True
    start_toggles: bool = False
    moves: bool = True
    """False: every request succeeds, and the motor does nothing."""
    unit_scale: float = 1.0
    """True speed of one commanded km/h, in km/h."""
    runaway_mps2: float = 0.0
    """How fast the set-point climbs by itself, up to the machine's maximum."""
    telemetry_freezes_s: float = inf
    """After so much running, the telemetry repeats one record, also when the belt has stopped."""


class Machine(NamedTuple):
    """One treadmill, as built."""

    habits: Habits = Habits()
    drive: Drive = Drive()


HONEST = Machine()


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour: a plain sentence, where it was seen, what it changes."""

    sentence: str
    source: str
    habits: Mapping[str, Any] = field(default_factory=dict)
    drive: Mapping[str, Any] = field(default_factory=dict)


FAULTS: dict[str, Fault] = {
    "none": Fault("The machine follows the standard.", "FTMS 1.0"),
    "ignores_stop": Fault(
        "Stop is acknowledged and the belt runs on.",
        "F35; Horizon 7.4, qdomyos-zwift #923 and #1503",
        habits={"obeys_stop": False},
    ),
    "mph_for_kmh": Fault(
        "A commanded km/h is executed as a mph: the belt runs 61 % too fast.",
        "F33; TM11GY, qdomyos-zwift #5100",
        habits={"unit_scale": 1.609344},
    ),
    "runaway": Fault(
        "Once it moves, the belt speeds up by itself until it reaches the machine's maximum.",
        "F34; 3G Cardio Pro Runner X, qdomyos-zwift #3382",
        habits={"runaway_mps2": 0.3},
        drive={"up_mps2": 0.3},
    ),
    "frozen_telemetry": Fault(
        "After three seconds of running, the machine repeats one and the same report for ever.",
        "F39; Horizon, qdomyos-zwift #637",
        habits={"telemetry_freezes_s": 3.0},
    ),
    "start_toggles": Fault(
        "Start while the belt runs pauses it.",
        "F37; TM11GY, qdomyos-zwift #5100",
        habits={"start_toggles": True},
    ),
    "no_control_answer": Fault(
        "Request Control is never answered; everything else works.",
        "Deviation 12; Horizon Omega Z, treadmill-runner",
        habits={"answers_control": False},
    ),
    "slow_stop": Fault(
        "Stop takes about ten seconds from 1 mph.",
        "F44",
        drive={"stop_mps2": 0.045},
    ),
    "success_without_motion": Fault(
        "Every request succeeds and the belt never moves.",
        "Deviation 10; Sperax RM-01, hassio-ftms #26",
        habits={"moves": False},
    ),
}


def afflicted(names: Iterable[str], machine: Machine = HONEST) -> Machine:
    """`machine` with the named faults. Raises: `ValueError` with the names that exist."""
    for name in names:
        if name not in FAULTS:
            raise ValueError(f"There is no fault {name!r}. Choose one of {', '.join(FAULTS)}.")
        fault = FAULTS[name]
        machine = Machine(
            replace(machine.habits, **fault.habits), machine.drive._replace(**fault.drive)
        )
    return machine


def listing() -> dict[str, dict[str, str]]:
    """The table for people: name → sentence and source."""
    return {
        name: {"sentence": fault.sentence, "source": fault.source} for name, fault in FAULTS.items()
    }


if __name__ == "__main__":
    json.dump(listing(), sys.stdout)

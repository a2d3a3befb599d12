"""Every built-in program, walked to its end on the whole stack in virtual time."""

import asyncio
import statistics
from dataclasses import dataclass, field
from typing import Any

import pytest

from controller.programs.library import built_in
from controller.programs.program import Program, resolved
from simulators.firmware import SPEEDS
from tests.safety.stack.bedside import Bedside, Room, run

PROGRAMS = {name: sheet.program for name, sheet in built_in().items()}
BASELINE_MPS = 0.55
TOTAL_S = 2.0
SETTLE_S = 10.0
"""A change of speed takes so long: the gentlest ramp over the largest step, and the belt's lag."""
CLIMB_S = 30.0
"""After a start the belt first proves its units at its lowest speed, and people count it down."""
STRIDE_MPS = 0.005
"""What a foot that comes down takes from the belt's speed, at most."""
LIFT_S = 8.0
"""One per cent of incline takes so long at most, from the wish to the deck."""


@dataclass
class Walked:
    """What came of one: of each phase the belt's speeds and the deck's inclines, once settled."""

    bedside: Bedside
    program: Program
    speeds: dict[int, list[float]] = field(default_factory=dict)
    inclines_pct: dict[int, list[float]] = field(default_factory=dict)
    """Each incline of a phase once, in its order."""
    walks: int = 0
    ended: str = ""
    program_s: float = 0.0
    state: str = ""

    def hear(self, told: dict[str, Any]) -> None:
        """Also what a program has done when it ends: its own clock."""
        number, phase = told["phase"], told["state"]
        self.walks += phase == "walking" != self.state
        self.state = phase
        if phase == "walking" and number is not None:
            whole_s = self.program.phases[number - 1].duration_s
            self.program_s = max(self.program_s, self._done_s(number, told["phase_left_s"]))
            first = number == 1 or self.program.phases[number - 2].rests
            settled = CLIMB_S if first else SETTLE_S
            if whole_s - told["phase_left_s"] > settled:
                self.speeds.setdefault(number, []).append(self.bedside.scene.belt.speed_mps)
            if whole_s - told["phase_left_s"] > settled + LIFT_S:
                self._lifted(self.inclines_pct.setdefault(number, []))
        if phase == "idle" and not self.ended and self.speeds:
            self.ended = told["sentence"]

    def _lifted(self, inclines_pct: list[float]) -> None:
        now_pct = round(self.bedside.scene.treadmill.firmware.incline) / 10
        if inclines_pct[-1:] != [now_pct]:
            inclines_pct.append(now_pct)

    def _done_s(self, number: int, left_s: float) -> float:
        return sum(phase.duration_s for phase in self.program.phases[:number]) - left_s


async def _walked(program: Program) -> Walked:
    bedside = Bedside(1, Room(limits={"cap_mps": program.cap_mps, "incline_pct": 5.0}))
    bedside.verdict.rests = True
    walked, supervisor = Walked(bedside, program), bedside.supervisor
    heard = bedside.verdict.heard

    def hear(told: dict[str, Any]) -> None:
        heard(told)
        walked.hear(told)

    bedside.verdict.heard = hear  # type: ignore[method-assign]
    rests = sum(phase.rests for phase in program.phases)
    supervisor.program, supervisor.baseline_mps = program, BASELINE_MPS
    supervisor.wants = ["arm", "start", *["start"] * rests]
    async with bedside.alive():
        limit_s = program.duration_s + 60.0 + 60.0 * rests
        await bedside.until(lambda: bool(walked.ended or bedside.verdict.cause), limit_s)
        await asyncio.sleep(1.0)
    return walked


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_walked_to_its_end_as_it_prescribes(name: str) -> None:
    program = PROGRAMS[name]
    walked: Walked = run(_walked(program), 1)
    assert (walked.ended, walked.bedside.verdict.found) == ("The program has ended.", [])
    assert walked.program_s == pytest.approx(program.duration_s, abs=TOTAL_S)
    assert walked.walks == 1 + sum(phase.rests for phase in program.phases)
    steepest_pct = 0.0
    for number, phase in enumerate(resolved(program, BASELINE_MPS).phases, 1):
        if phase.duration_s > CLIMB_S and not phase.rests:
            assert_as_prescribed(walked.speeds[number], phase.speed_mps)
            assert walked.inclines_pct[number] == [phase.incline_pct]
        steepest_pct = max(steepest_pct, phase.incline_pct)
    assert walked.bedside.verdict.peak_incline == round(10 * steepest_pct)


def assert_as_prescribed(speeds_mps: list[float], asked_mps: float) -> None:
    """On the average within one step of the machine's grid. A step on the belt slows it a little:
    no single figure is further off than that and the step."""
    step_mps = SPEEDS.mps(SPEEDS.increment)
    assert statistics.fmean(speeds_mps) == pytest.approx(asked_mps, abs=step_mps)
    assert max(speeds_mps) <= asked_mps + STRIDE_MPS
    assert min(speeds_mps) >= asked_mps - step_mps - STRIDE_MPS

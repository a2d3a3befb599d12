"""The bounds of a walk (S4) on the whole stack: the belt slows down, rests, and stays at rest."""

import asyncio

import pytest

from controller.programs.program import Program, ProgramPhase
from tests.safety.stack.bedside import Bedside, Room, run

BRISK = Program("brisk", "Brisk", (ProgramPhase(6000.0, 2.0),))
HARDEST_STOP_MPS2 = 0.15
WAIT_S = 20.0


async def walked_to(limits: dict[str, float], seed: int) -> None:
    bedside = Bedside(seed, Room(limits=limits))
    bedside.supervisor.program = BRISK
    bedside.supervisor.wants = ["arm", "start"]
    async with bedside.alive():
        assert await bedside.until(lambda: bedside.verdict.phase == "walking", 20.0)
        assert await bedside.until(lambda: bedside.verdict.phase == "slowing", 120.0)
        began_s, from_mps = bedside.now_s, bedside.verdict.wire_mps
        assert await bedside.until(lambda: bedside.verdict.stops != [], WAIT_S)
        lowest_mps = bedside.verdict.grid.mps(bedside.verdict.grid.minimum)
        assert bedside.now_s - began_s >= (from_mps - lowest_mps) / HARDEST_STOP_MPS2 - 0.2
        assert await bedside.until(lambda: bedside.verdict.phase == "idle", WAIT_S)
        rested_m = bedside.scene.belt.distance_m
        await asyncio.sleep(WAIT_S)
        assert (bedside.scene.belt.distance_m, bedside.verdict.found) == (rested_m, [])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "limits",
    [
        {"session_s": 25.0},
        {"session_m": 5.0},
        {"fast_s": 3.0, "cap_mps": 0.8, "ramp_up_mps2": 0.1},
    ],
    ids=lambda limits: next(iter(limits)),
)
def test_a_walk_at_its_bound_slows_down_and_stays_at_rest(
    limits: dict[str, float], seed: int
) -> None:
    run(walked_to(limits, seed), seed)

"""Ordinary walks, hour upon hour: nothing may stop them without a reason, and nothing may break."""

import asyncio
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from controller.programs.program import FREE_WALK, Program, ProgramPhase
from simulators.faults import HONEST, Machine
from simulators.plant import Drive
from tests.safety.stack.bedside import Bedside, Room, run

HOUR_S = 3600.0
LAST_S = 20.0


@dataclass(frozen=True, slots=True)
class Walk:
    """What came of one: `unwanted` is the cause of a stop that nobody asked for."""

    seed: int
    walked_s: float
    unwanted: str
    found: tuple[str, ...]
    stopped: bool
    digest: str

    def record(self) -> dict[str, Any]:
        return {**asdict(self), "well": not self.found and self.stopped}


def walk(seed: int, seconds: float, room: Room) -> Walk:
    """One walk of so many seconds on the whole stack, ended by Stop or by hands that let go."""
    walked: Walk = run(_walk(seed, seconds, room), seed)
    return walked


def ordinary(seed: int) -> Room:
    """An honest machine and link such as there are, drawn from the seed."""
    rng = Random(f"room {seed}")
    drive = Drive(
        up_mps2=rng.uniform(0.1, 0.3), stop_mps2=rng.uniform(0.3, 0.6),
        lag_s=rng.uniform(0.15, 0.35), countdown_s=rng.uniform(0.3, 3.5),
    )  # fmt: skip
    machine = Machine(HONEST.habits, drive)
    ramp_mps2 = rng.choice((0.03, 0.05, 0.1))
    return Room(
        machine, {"ramp_up_mps2": ramp_mps2}, rng.uniform(0.005, 0.03), rng.uniform(0, 0.02)
    )


def programs(rng: Random) -> Program:
    speeds_mps = [rng.uniform(0.15, 0.5) for _ in range(40)]
    phases = tuple(ProgramPhase(rng.uniform(20.0, 60.0), speed_mps) for speed_mps in speeds_mps)
    return rng.choice((FREE_WALK, Program("any", "Any", phases)))


async def _walk(seed: int, seconds: float, room: Room) -> Walk:
    bedside = Bedside(seed, room)
    supervisor, rng = bedside.supervisor, Random(f"walk {seed}")
    supervisor.program = programs(rng)
    supervisor.wants = ["arm", "start"]
    async with bedside.alive():
        await bedside.until(lambda: bedside.verdict.phase == "walking", 20.0)
        began_s = bedside.now_s
        while bedside.now_s - began_s < seconds and bedside.verdict.phase == "walking":
            await asyncio.sleep(rng.uniform(5.0, 15.0))
            supervisor.press(rng.choice(("faster", "faster", "slower", "present")))
        walked_s, unwanted = bedside.now_s - began_s, ""
        if bedside.verdict.phase != "walking":
            unwanted = bedside.verdict.cause or bedside.verdict.phase
        if rng.random() < 0.5:
            supervisor.press("stop")
        else:
            bedside.obliging = False
            bedside.scene.intend("release")
        stopped = await bedside.until(lambda: bedside.verdict.phase == "latched", LAST_S)
        found = tuple(bedside.verdict.found)
        return Walk(seed, walked_s, unwanted, found, stopped, bedside.log.digest)

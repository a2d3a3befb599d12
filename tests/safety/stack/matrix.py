"""Each fault, struck in each phase of a session, on many seeds; the verdict on every run.

A session goes by the book until the phase is reached; then the fault strikes, and the supervisor
goes on as people do: starts what is armed, ends a walk that nothing ended, resets what is latched
and tries again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from controller.programs.program import Kind, Part, Program, ProgramPhase
from tests.safety.stack.afflictions import FROM_THE_START, STRIKES, named
from tests.safety.stack.bedside import Bedside, Room, run
from tests.safety.stack.reactions import BLIND, SLOW_S, expected

QUICK = Program("quick", "Quick", (ProgramPhase(6000.0, 2.0),))
UPHILL = Program("uphill", "Uphill", (ProgramPhase(6000.0, 0.2, 2.0),))
RESISTED = Program("resisted", "Resisted", (ProgramPhase(6000.0, 0.0),), Kind.BELT_OFF)
RESTED = Program(
    "rested",
    "Rested",
    (ProgramPhase(8.0, 0.2), ProgramPhase(12.0, 0.0, part=Part.REST), ProgramPhase(6000.0, 0.2)),
)
PROGRAMS = {"uphill": UPHILL, "belt_off": RESISTED, "resting": RESTED}
"""What is walked so that a phase comes about; `QUICK` for the others."""
WALKING = ("armed", "ramping", "steady", "uphill", "belt_off")
PHASES = (*WALKING, "resting", "stopping", "latched")
WATCH_S = 14.0
"""From the strike until the supervisor gives up waiting for a reaction."""
RELEASED_S = 1.5
END_S = 6.0
AGAIN_S = 7.0
BRISK = {"ramp_up_mps2": 0.10}
"""Odd seeds have the steepest ramp there is."""
STEEP = {"incline_pct": 5.0}
ON_BELT = ("walking", "slowing", "belt_off")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`cause`: what the supervisor was told first after the strike, empty for nothing.

    `after_s`: how long after the strike that was; `stop_s`: until the first
    Stop octets; `found`: what broke a claim.
    """

    fault: str
    phase: str
    seed: int
    reached: bool
    cause: str
    after_s: float
    stop_s: float | None
    ended: str
    found: tuple[str, ...]
    simulated_s: float
    digest: str

    @property
    def well(self) -> bool:
        return not self.found and (not self.reached or self.cause in expected(self))

    def record(self) -> dict[str, Any]:
        return {**asdict(self), "well": self.well}


def trial(fault: str, phase: str, seed: int, kept: int = 0) -> Outcome:
    outcome: Outcome = run(_story(fault, phase, seed, kept), seed)
    return outcome


async def _story(fault: str, phase: str, seed: int, kept: int) -> Outcome:
    limits = (BRISK if seed % 2 else {}) | (STEEP if phase == "uphill" else {})
    bedside = Bedside(seed, Room(limits=limits, kept=kept))
    bedside.supervisor.program = PROGRAMS.get(phase, QUICK)
    bedside.verdict.rests = phase == "resting"
    if fault in FROM_THE_START:
        named(fault, at_once=False)(bedside)
    blind = BLIND.get(fault, "")
    bedside.verdict.grip_blind, bedside.verdict.belt_blind = "grip" in blind, "belt" in blind
    bedside.verdict.grip_slow_s = SLOW_S.get(fault, 0.0)
    async with bedside.alive():
        reached = await REACH[phase](bedside)
        await asyncio.sleep(bedside.rng.random() * 0.6)
        causes = _Causes(bedside)
        if reached and fault not in FROM_THE_START:
            STRIKES[fault](bedside)
        await _watched(bedside, phase)
        causes.close()
        await _ends(bedside, phase, by_release=bool(seed % 3))
        verdict = bedside.verdict
        if kept:
            for line in bedside.log.tail:
                print(*line)
        return Outcome(
            fault, phase, seed, reached, causes.first, causes.after_s, causes.stop_s,
            bedside.supervisor.phase, tuple(verdict.found), bedside.now_s, bedside.log.digest,
        )  # fmt: skip


class _Causes:
    """The first cause that is told and was not before, but for the supervisor's own Stop."""

    def __init__(self, bedside: Bedside) -> None:
        self._bedside = bedside
        self._before = bedside.verdict.cause
        self._struck_s = bedside.now_s
        self._open = True
        self.first, self.after_s = "", 0.0
        self._hear = bedside.verdict.heard
        bedside.verdict.heard = self.heard  # type: ignore[method-assign]

    def heard(self, told: dict[str, Any]) -> None:
        self._hear(told)
        cause = told["cause"]
        if cause is None:
            self._before = None
        elif self._open and not self.first and cause not in (self._before, "stop_pressed"):
            self.first, self.after_s = cause, self._bedside.now_s - self._struck_s

    @property
    def stop_s(self) -> float | None:
        stops = (at_s for at_s in self._bedside.verdict.stops if at_s >= self._struck_s)
        return next((at_s - self._struck_s for at_s in stops), None)

    def close(self) -> None:
        self._open = False


async def _watched(bedside: Bedside, phase: str) -> None:
    """What is armed is started; then the fault has its time."""
    if phase in ("armed", "resting"):
        bedside.supervisor.wants = ["start"]
    long = phase in (*WALKING, "resting")
    await bedside.until(_ended(bedside), WATCH_S if long else 1.0)


async def _ends(bedside: Bedside, phase: str, *, by_release: bool) -> None:
    """A walk that goes on is ended by hands that let go, or by Stop; then people try again."""
    supervisor = bedside.supervisor
    if by_release and supervisor.phase in ON_BELT:
        bedside.obliging = False
        bedside.scene.intend("release")
        await asyncio.sleep(RELEASED_S)
        bedside.obliging = True
    if supervisor.phase in ("armed", *ON_BELT):
        supervisor.press("stop")
    await bedside.until(_ended(bedside), END_S)
    supervisor.wants = ["reset", "arm", "start"] if supervisor.phase == "latched" else ["arm"]
    await asyncio.sleep(1.5 if phase in WALKING else AGAIN_S)


def _ended(bedside: Bedside) -> Callable[[], bool]:
    """The walk is over, whatever came first."""
    return lambda: bedside.supervisor.phase in ("idle", "latched")


async def _armed(bedside: Bedside) -> bool:
    bedside.supervisor.wants = ["arm"]
    return await bedside.until(lambda: bedside.supervisor.phase == "armed", 9.0)


async def _walking(bedside: Bedside) -> bool:
    if not await _armed(bedside):
        return False
    bedside.supervisor.wants = ["start"]
    return await bedside.until(lambda: bedside.verdict.wire_mps > 0, 9.0)


async def _ramping(bedside: Bedside) -> bool:
    return await _walking(bedside) and await bedside.until(
        lambda: bedside.scene.belt.speed_mps > 0.22, 9.0
    )


async def _steady(bedside: Bedside) -> bool:
    return await _walking(bedside) and await bedside.until(
        lambda: bedside.scene.belt.speed_mps > 0.435, 14.0
    )


async def _uphill(bedside: Bedside) -> bool:
    """Two per cent up, and at the speed of the program."""
    return await _walking(bedside) and await bedside.until(
        lambda: bedside.scene.treadmill.firmware.incline >= 20, 45.0
    )


async def _belt_off(bedside: Bedside) -> bool:
    if not await _armed(bedside):
        return False
    bedside.supervisor.wants = ["start"]
    return await bedside.until(lambda: bedside.supervisor.phase == "belt_off", 9.0)


async def _resting(bedside: Bedside) -> bool:
    """The belt has come to rest of its own program's accord, and the rest is not over."""
    return await _walking(bedside) and await bedside.until(
        lambda: bedside.supervisor.phase == "armed", 20.0
    )


async def _stopping(bedside: Bedside) -> bool:
    if not await _ramping(bedside):
        return False
    bedside.supervisor.press("stop")
    return await bedside.until(lambda: bedside.supervisor.phase == "stopping", 1.0)


async def _latched(bedside: Bedside) -> bool:
    return await _stopping(bedside) and await bedside.until(
        lambda: bedside.supervisor.phase == "latched", 6.0
    )


REACH: dict[str, Callable[[Bedside], Any]] = {
    "armed": _armed,
    "ramping": _ramping,
    "steady": _steady,
    "uphill": _uphill,
    "belt_off": _belt_off,
    "resting": _resting,
    "stopping": _stopping,
    "latched": _latched,
}


def combinations() -> list[tuple[str, str]]:
    """Every fault in every phase; what is so from the start is tried in two of them."""
    return [
        (fault, phase)
        for fault in STRIKES
        for phase in (("armed", "steady") if fault in FROM_THE_START else PHASES)
    ]

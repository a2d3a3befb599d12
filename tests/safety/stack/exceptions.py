"""An exception at each place where control meets the outside world (S11)."""

import asyncio
from dataclasses import dataclass

from controller.programs.program import Program, ProgramPhase
from drivers.links import LinkError
from tests.safety.stack.bedside import Bedside, run

QUICK = Program("quick", "Quick", (ProgramPhase(6000.0, 2.0),))
ERRORS: dict[str, Exception] = {
    "LinkError": LinkError("The treadmill did not take a write."),
    "TimeoutError": TimeoutError(),
    "OSError": OSError(28, "No space left on device"),
    "ValueError": ValueError("A mistake."),
    "KeyError": KeyError("a mistake"),
}
WALKING_SITES = (
    "link.write", "publish", "beat", "journal.add turn", "journal.add command", "journal.add wire",
    "journal.ok", "kept", "asleep",
)  # fmt: skip
"""Reached while somebody walks on a belt that speeds up."""
STOPPING_SITES = ("journal.add phase", "journal.add wire", "link.write", "publish", "beat")
"""Reached while the belt is being stopped."""
CONNECTING_SITES = (
    "link.connect", "link.properties", "link.read", "link.subscribe", "wire.open", "wire.start",
    "link.disconnect", "wire.close",
)  # fmt: skip
"""Reached while a link or a cable is being opened, or has just been lost."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What came of an exception: whether it was raised at all, and where the session stood."""

    sprung: int
    cause: str | None
    phase: str
    rests: bool
    found: tuple[str, ...]
    stop_s: float | None


def while_walking(site: str, error: str, seed: int, *, lasts: bool = False) -> Fate:
    fate: Fate = run(_while_walking(site, ERRORS[error], seed, lasts=lasts), seed)
    return fate


def while_stopping(site: str, error: str, seed: int, *, lasts: bool = False) -> Fate:
    fate: Fate = run(_while_stopping(site, ERRORS[error], seed, lasts=lasts), seed)
    return fate


def while_connecting(site: str, error: str, seed: int) -> Fate:
    fate: Fate = run(_while_connecting(site, ERRORS[error], seed), seed)
    return fate


async def _walks(bedside: Bedside) -> None:
    bedside.supervisor.program = QUICK
    bedside.supervisor.wants = ["arm", "start"]
    assert await bedside.until(lambda: bedside.scene.belt.speed_mps > 0.2, 20.0)
    await asyncio.sleep(bedside.rng.random())


async def _while_walking(site: str, error: Exception, seed: int, *, lasts: bool) -> Fate:
    bedside = Bedside(seed)
    async with bedside.alive():
        await _walks(bedside)
        began_s = bedside.now_s
        bedside.traps.set(site, error, lasts=lasts)
        if site == "journal.add command":
            bedside.supervisor.press("present")
        await bedside.until(lambda: bedside.control.state.phase.value == "latched", 8.0)
        return _fate(bedside, began_s)


async def _while_stopping(site: str, error: Exception, seed: int, *, lasts: bool) -> Fate:
    bedside = Bedside(seed)
    async with bedside.alive():
        await _walks(bedside)
        began_s = bedside.now_s
        bedside.traps.set(site, error, lasts=lasts)
        bedside.supervisor.press("stop")
        await bedside.until(lambda: bedside.control.state.phase.value == "latched", 8.0)
        return _fate(bedside, began_s)


async def _while_connecting(site: str, error: Exception, seed: int) -> Fate:
    """On the first connection, or for what follows a loss, on the second; then a walk."""
    bedside = Bedside(seed)
    later = site in ("link.disconnect", "wire.close")
    if not later:
        bedside.traps.set(site, error)
    async with bedside.alive():
        await asyncio.sleep(2.0)
        if later:
            bedside.traps.set(site, error)
            bedside.link.cut()
            bedside.wire.lose()
            await asyncio.sleep(2.0)
        sprung = bedside.traps.sprung
        await _walks(bedside)
        bedside.supervisor.press("stop")
        await bedside.until(lambda: bedside.control.state.phase.value == "latched", 8.0)
        fate = _fate(bedside, bedside.now_s)
        return Fate(sprung, fate.cause, fate.phase, fate.rests, fate.found, fate.stop_s)


def _fate(bedside: Bedside, began_s: float) -> Fate:
    """By what control holds, for what it tells may be what failed."""
    state, verdict = bedside.control.state, bedside.verdict
    stop_at_s = next((at_s for at_s in verdict.stops if at_s >= began_s), None)
    return Fate(
        bedside.traps.sprung,
        state.latch.cause if state.latch else None,
        state.phase.value,
        bedside.scene.belt.speed_mps == 0,
        tuple(verdict.found),
        None if stop_at_s is None else stop_at_s - began_s,
    )

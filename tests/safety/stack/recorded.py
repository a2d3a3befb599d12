"""Runs of the stack whose journal is the product's own, on a disk."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from controller.records.journal import Journal
from tests.safety.stack.afflictions import FROM_THE_START, STRIKES, named
from tests.safety.stack.bedside import Bedside, Room, run
from tests.safety.stack.matrix import REACH

Strike = Callable[[Bedside], None]
AFTER_S = 8.0
REST_S = 9.0


def recorded(
    folder: Path, seed: int, fault: str = "", phase: str = "steady", strike: Strike | None = None
) -> list[Path]:
    """The records of a run in which a fault, or another strike, befalls a session in a phase; it
    is stopped then if nothing else stopped it, reset, and another one is armed and disarmed."""
    with Journal(folder) as journal:
        run(_story(journal, seed, fault, phase, strike), seed)
    return sorted(folder.glob("*.jsonl"), key=lambda file: file.stat().st_mtime_ns)


async def _story(
    journal: Journal, seed: int, fault: str, phase: str, strike: Strike | None
) -> None:
    bedside = Bedside(seed, Room())
    numbers = iter(range(100))
    bedside.control.new_id = lambda: f"{seed}-{next(numbers)}"
    bedside.control.journal = bedside.ledger = journal
    if fault in FROM_THE_START:
        named(fault, at_once=False)(bedside)
    async with bedside.alive():
        await REACH[phase](bedside)
        for blow in (strike, None if fault in FROM_THE_START else STRIKES.get(fault)):
            if blow is not None:
                blow(bedside)
        bedside.supervisor.press("faster")
        await asyncio.sleep(AFTER_S)
        bedside.supervisor.press("stop")
        await bedside.until(lambda: bedside.control.state.phase.value == "latched", AFTER_S)
        bedside.supervisor.wants = ["reset", "arm", "disarm"]
        await asyncio.sleep(REST_S)

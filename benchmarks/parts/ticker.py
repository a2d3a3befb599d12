"""The loop with nothing to hear: `python -m benchmarks.parts.ticker PERIOD_NS COUNT` tells how late
each turn is, a line of nanoseconds per turn."""

import asyncio
import gc
import sys
import tempfile
import time
from pathlib import Path

from controller import timers
from controller.control import SWITCH_S
from controller.loop import Loop, following
from controller.records.journal import Journal
from controller.safety.limits import tightest
from protocols.belt import BeltOrder, BeltReport
from protocols.grip import GripReport


class Stillness:
    """A treadmill and a grip unit that are never heard; `turns_s` are the loop's turns."""

    def __init__(self) -> None:
        self.turns_s: list[float] = []

    @property
    def report(self) -> BeltReport:
        return BeltReport()

    def command(self, order: BeltOrder) -> None:
        self.turns_s.append(order.decided_at_s)


class Nobody:
    report = GripReport()


def lateness_ns(began_s: float, turns_s: list[float], period_s: float) -> list[int]:
    """How late each turn is on the grid that began at `began_s`."""
    due_s, late = began_s + period_s, []
    for turn_s in turns_s:
        late.append(round((turn_s - due_s) * 1e9))
        due_s = following(due_s, turn_s, period_s)
    return late


async def ticks(period_s: float, count: int, folder: Path) -> list[int]:
    """The lateness of `count` turns of a loop as control runs it."""
    still = Stillness()
    limits, bound_by = tightest({})
    with Journal(folder) as journal:
        loop = Loop(
            still, Nobody(), journal, limits, bound_by,
            clock=time.monotonic, news=asyncio.Event(), period_s=period_s,
        )  # fmt: skip
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.freeze()
        began_s = time.monotonic()
        task = asyncio.create_task(loop.run())
        while len(still.turns_s) < count:  # noqa: ASYNC110 - the loop itself is not to be told
            await asyncio.sleep(1.0)
        task.cancel()
    return lateness_ns(began_s, still.turns_s[:count], period_s)


def main(period_ns: str, count: str) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="retrotread-") as name,
        asyncio.Runner(loop_factory=timers.exact) as runner,
    ):
        print(*runner.run(ticks(int(period_ns) / 1e9, int(count), Path(name))), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

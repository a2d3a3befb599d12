"""The commissioner: takes control's place while a treadmill is measured from a page.

    python -m controller.commissioner PLAN BEAT_FD PULSE_FD

The guard starts it after a control that gave way, and control again after it. It beats as control
does, once at the end of each completed turn (`controller/commissioning/motion`), and serves the
hatch in control's place. There it takes a Stop from anybody, the answer to its question from an
engineer, and nothing else. The belt is stopped, and rest verified, when anybody says Stop, when no
engineer's page is seen, when the guard falls silent, when the relay opens, and on SIGTERM.

Ends with 0 at verified rest, whatever was found; with 1 where the guard is to stop the belt.
"""

import asyncio
import functools
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from controller import profiles, realtime
from controller.commission import commissioned, road_to
from controller.commissioning.motion import RESTING, UNVERIFIED
from controller.commissioning.probe import Probe
from controller.commissioning.profile import ProfileError
from controller.engineer import Engineer
from controller.hatch import Hatch
from controller.log import Log
from controller.pipes import Pulse, beat
from controller.plan import Plan
from controller.records.latch_store import LatchStore
from controller.safety.mark import CLEAN
from controller.stopper import stop_belt
from drivers import address
from drivers.address import Place
from drivers.links import LinkError
from drivers.probe_road import ProbeRoad
from protocols.belt import BeltReport
from protocols.serial_machines import Fitting

TURN_S = 0.05
LAST_WORDS_S = {True: 1.0, False: 0.2}
"""How long the outcome is told: before control comes back, or the guard stops the belt."""


async def serve(plan: Plan, beat_fd: int, pulse_fd: int) -> bool:
    """One commissioning; whether it ended with a belt that was seen at rest."""
    os.set_blocking(beat_fd, False)
    place, fitting = address.treadmill(plan.treadmill), Fitting(**plan.machine)

    def road_of(on_news: Callable[[], None]) -> ProbeRoad:
        return road_to(place, on_news, adapter=plan.adapter, fitting=fitting)

    with LatchStore(Path(plan.data_dir) / "latch") as store:
        engineer = Engineer(store, functools.partial(beat, beat_fd), time.monotonic)
        async with Hatch(Path(plan.hatch), engineer.take) as hatch:
            engineer.publish = hatch.publish
            Pulse(pulse_fd, engineer.guarded, engineer.guard_ended).watch()
            _end_on_signals(engineer)
            gc.collect()
            gc.freeze()
            if plan.realtime:
                realtime.settle(realtime.CONTROL)
            verified = await _measured(plan, place, road_of, engineer)
            if verified:
                store.keep(CLEAN)
            elif engineer.alone:
                await stop_belt(place, plan.adapter, fitting=fitting)
            await _last_words(engineer, verified=verified)
    return verified


async def _measured(
    plan: Plan,
    place: Place,
    road_of: Callable[[Callable[[], None]], ProbeRoad],
    engineer: Engineer,
) -> bool:
    """Whether the belt was seen at rest at the end; what was found is told."""
    if place.by_name:
        engineer.refused(profiles.BY_NAME)
        return True
    measuring = asyncio.create_task(commissioned(road_of, engineer))
    await _rested(engineer, measuring)
    try:
        probe, report = measuring.result()
    except (LinkError, ValueError) as error:
        engineer.refused(engineer.why or str(error), verified=not engineer.acted)
        return not engineer.acted
    if probe.refusal:
        why = _void(Path(plan.data_dir), str(place), probe) or engineer.why or probe.refusal
        engineer.refused(why, verified=probe.verified)
        return probe.verified
    await _passed(plan, str(place), probe, report, engineer)
    return True


def _void(data_dir: Path, named: str, probe: Probe) -> str:
    """Why the former profile of a machine that has failed is still in force; "" if it is not."""
    try:
        profiles.void(data_dir, named, probe)
    except ProfileError as error:
        return f"{probe.refusal} {error}"
    return ""


async def _passed(
    plan: Plan, named: str, probe: Probe, report: BeltReport, engineer: Engineer
) -> None:
    """The curve takes a second on a small computer: beside the turns."""
    keeping = asyncio.create_task(
        asyncio.to_thread(profiles.keep, Path(plan.data_dir), named, probe, report)
    )
    await _rested(engineer, keeping)
    try:
        kept = keeping.result()
    except ProfileError as error:
        engineer.refused(str(error))
    else:
        engineer.passed(kept.profile, probe.notes.points)


async def _rested(engineer: Engineer, work: asyncio.Task[Any]) -> None:
    """Until the work is done. A link takes its time to end: turns of a belt at rest go on."""
    while not work.done():
        if engineer.over:
            engineer.waits()
        await asyncio.wait({work}, timeout=TURN_S)


async def _last_words(engineer: Engineer, *, verified: bool) -> None:
    until_s = time.monotonic() + LAST_WORDS_S[verified]
    while time.monotonic() < until_s:
        engineer.turned(RESTING if verified else UNVERIFIED)
        await asyncio.sleep(TURN_S)


def _end_on_signals(engineer: Engineer) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(
            number, engineer.ends, "The service was asked to end."
        )


def main(argv: list[str]) -> int:
    logging.basicConfig(format="%(message)s", level=logging.WARNING, handlers=[Log()])
    plan_file, beat_fd, pulse_fd, *_ = argv[1:]
    verified = asyncio.run(serve(Plan.load(Path(plan_file)), int(beat_fd), int(pulse_fd)))
    return 0 if verified else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))

"""Stop one treadmill and see it at rest: the guard's second writer, and `retrotread stop`."""

import asyncio
import math
import time
from collections.abc import Callable

from drivers.address import Place
from drivers.machines import treadmill_at
from protocols.belt import REST_PROOF_S, BeltOrder, Level
from protocols.serial_machines import USUAL, Fitting


async def stop_belt(
    place: Place,
    adapter: str = "system",
    on_stop: Callable[[], None] = lambda: None,
    fitting: Fitting = USUAL,
) -> None:
    """Return once fresh telemetry has shown a belt at rest after Stop. Never gives up by itself:
    the caller sets the time limit. `on_stop` is called when the first Stop is handed over."""
    news = asyncio.Event()
    told = False
    async with treadmill_at(place, news.set, adapter=adapter, fitting=fitting) as treadmill:
        treadmill.command(BeltOrder(Level.STOP))
        while True:
            await news.wait()
            news.clear()
            report = treadmill.report
            if report.stop_sent_at_s is not None and not told:
                told = True
                on_stop()
            if report.rest_shown_s(-math.inf, time.monotonic()) >= REST_PROOF_S:
                return

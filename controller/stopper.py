"""Stop one treadmill and see it at rest: the guard's second writer, and `retrotread stop`."""

import asyncio
import time
from collections.abc import Callable

from drivers.ble import BleakLink
from drivers.ftms_treadmill import FtmsTreadmill
from protocols.belt import BeltOrder, Level
from protocols.ftms.control_point import REST_PROOF_S
from protocols.ftms.uuids import FITNESS_MACHINE_SERVICE


async def stop_belt(target: str, adapter: str, on_stop: Callable[[], None] = lambda: None) -> None:
    """Return once fresh telemetry has shown a belt at rest after Stop. Never gives up by itself:
    the caller sets the time limit. `on_stop` is called when the first Stop is handed over."""
    news = asyncio.Event()
    told = False
    link = BleakLink(target, adapter, services=[FITNESS_MACHINE_SERVICE])
    async with FtmsTreadmill(link, on_news=news.set) as treadmill:
        treadmill.command(BeltOrder(Level.STOP))
        while True:
            await news.wait()
            news.clear()
            report = treadmill.report
            if report.stop_sent_at_s is not None and not told:
                told = True
                on_stop()
            if report.at_rest_for_s(time.monotonic()) >= REST_PROOF_S:
                return

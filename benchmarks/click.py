"""From a click on the page's Stop to Stop octets at the simulated treadmill.

The whole service runs on its Bluetooth stack and a real browser presses the button. The page's own
clock stamps the press, the simulated treadmill the octets; both stand on the same monotonic clock.
Each trial sets off anew, so that the belt moves; five hundred take about an hour and a half.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from benchmarks.parts.figures import machine, quantiles_ms
from benchmarks.parts.figures import table as drawn
from controller.cli.simulated import Service, service
from controller.cli.supervisor import Supervisor, supervisor, walker_keeps_habits

SOON_S = 30.0
BROWSER = ["--no-sandbox", "--disable-gpu"]
STAMP = """() => document.getElementById("stop").addEventListener("pointerdown", (event) => {
  document.body.dataset.pressed = String(performance.timeOrigin + event.timeStamp);
}, { capture: true })"""
P50_MS, P99_MS = 50.0, 150.0


def run(n: int = 500) -> dict[str, Any]:
    """`n` presses."""
    facts = machine()
    took_ns = asyncio.run(_measured(n))
    figures = quantiles_ms(took_ns)
    met = len(took_ns) == n and _within(figures)
    bounds = {"p50_ms": P50_MS, "p99_ms": P99_MS}
    return {"machine": facts, "n": n, "click": figures, "bounds": bounds, "met": met}


def table(result: dict[str, Any]) -> str:
    row = ("click → Stop octets", result["n"], *result["click"].values())
    return drawn(("", "n", "p50 ms", "p99 ms", "p99.9 ms", "highest ms"), [row])


def _within(figures: dict[str, float | None]) -> bool:
    p50, p99 = figures["p50_ms"], figures["p99_ms"]
    return p50 is not None and p99 is not None and p50 <= P50_MS and p99 <= P99_MS


async def _measured(n: int) -> list[int]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            service(machine="ftms", fault="none", port=8099, data_dir=folder) as running,
            supervisor(running.hatch) as person,
            walker_keeps_habits(person, running.bench),
            async_playwright() as playwright,
        ):
            listening = await running.guard.event("listening", SOON_S)
            path = shutil.which("chromium")
            browser = await playwright.chromium.launch(executable_path=path, args=BROWSER)
            tab = await browser.new_page()
            await tab.goto(listening["url"])
            await tab.evaluate(STAMP)
            return [await _trial(tab, running, person, each, n) for each in range(n)]


async def _trial(tab: Page, running: Service, person: Supervisor, number: int, n: int) -> int:
    """Nanoseconds of one press; then everything is as before."""
    await person.until(lambda now: "arm" in now["may"], SOON_S, "it could not be armed")
    await person.command("arm")
    await person.until(lambda now: "start" in now["may"], SOON_S, "it could not be started")
    await person.command("start")
    await person.until(lambda now: (now["belt"]["speed_mps"] or 0) > 0, SOON_S, "it stood still")
    before = len(running.bench.told)
    await tab.click("#stop")
    pressed_ns = _monotonic_ns(float(await tab.evaluate("document.body.dataset.pressed")))
    await person.until(lambda now: "reset" in now["may"], SOON_S, "it could not be reset")
    told = running.bench.told[before:]
    stop = next(line for line in told if line["event"] == "stop_received")
    await person.command("reset")
    if number % 50 == 0:
        print(f"click: {number + 1} of {n}", file=sys.stderr, flush=True)
    return int(stop["at_ns"]) - pressed_ns


def _monotonic_ns(epoch_ms: float) -> int:
    """The page counts from 1970, the treadmill on the monotonic clock."""
    return int(epoch_ms * 1e6) - (time.time_ns() - time.monotonic_ns())

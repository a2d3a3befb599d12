"""From a click on the page's Stop to Stop octets at the simulated treadmill.

The whole service runs on its Bluetooth stack and a real browser presses the button. The page's own
clock stamps the press, the simulated treadmill the octets; both stand on the same monotonic clock.
Each trial sets off anew, so that the belt moves; most of it is waiting, so that four services
share the work: five hundred presses take twenty minutes.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from benchmarks.parts.figures import machine, quantiles_ms
from benchmarks.parts.figures import table as drawn
from controller.cli.failure import Failure
from controller.cli.simulated import Service, service
from controller.cli.supervisor import Message, Supervisor, supervisor, walker_keeps_habits

SOON_S = 30.0
BROWSER = ["--no-sandbox", "--disable-gpu"]
STAMP = """() => document.getElementById("stop").addEventListener("pointerdown", (event) => {
  document.body.dataset.pressed = String(performance.timeOrigin + event.timeStamp);
}, { capture: true })"""
P50_MS, P99_MS = 50.0, 150.0
PORTS = (8099, 8100, 8101, 8102)
FAILURES = 0.01
"""The share of walks that may fail before their press."""


def run(n: int = 500) -> dict[str, Any]:
    """`n` presses, or one or two more. Where a walk fails before its press, the reason is kept, and
    another is walked."""
    facts = machine()
    took_ns, failures = asyncio.run(_measured(n))
    figures = quantiles_ms(took_ns)
    return {
        "machine": facts,
        "n": len(took_ns),
        "click": figures,
        "failures": failures,
        "bounds": {"p50_ms": P50_MS, "p99_ms": P99_MS},
        "met": len(took_ns) >= n and _within(figures),
    }


def table(result: dict[str, Any]) -> str:
    row = ("click → Stop octets", result["n"], *result["click"].values())
    return drawn(("", "n", "p50 ms", "p99 ms", "p99.9 ms", "highest ms"), [row])


def _within(figures: dict[str, float | None]) -> bool:
    p50, p99 = figures["p50_ms"], figures["p99_ms"]
    return p50 is not None and p99 is not None and p50 <= P50_MS and p99 <= P99_MS


async def _measured(n: int) -> tuple[list[int], list[str]]:
    """Nanoseconds of each press, and why others did not come about."""
    took_ns: list[int] = []
    failures: list[str] = []
    async with async_playwright() as playwright:
        path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=path, args=BROWSER)
        async with asyncio.TaskGroup() as group:
            for port in PORTS:
                group.create_task(_share(browser, port, n, took_ns, failures))
    return took_ns, failures


async def _share(
    browser: Browser, port: int, n: int, took_ns: list[int], failures: list[str]
) -> None:
    """One service's presses, until there are `n` in all."""
    with tempfile.TemporaryDirectory() as name:
        async with (
            service(machine="ftms", fault="none", port=port, data_dir=Path(name)) as running,
            supervisor(running.hatch) as person,
            walker_keeps_habits(person, running.bench),
        ):
            tab = await _page(browser, (await running.guard.event("listening", SOON_S))["url"])
            while len(took_ns) < n and len(failures) <= n * FAILURES:
                try:
                    took_ns.append(await _trial(tab, running, person))
                except Failure as failure:
                    failures.append(str(failure))
                if len(took_ns) % 50 == 1:
                    print(f"click: {len(took_ns)} of {n}", file=sys.stderr, flush=True)


async def _page(browser: Browser, url: str) -> Page:
    context = await browser.new_context()
    tab = await context.new_page()
    await tab.goto(url)
    await tab.evaluate(STAMP)
    return tab


def _rests(now: Message) -> bool:
    return "arm" in now["may"] or "reset" in now["may"]


async def _trial(tab: Page, running: Service, person: Supervisor) -> int:
    """Nanoseconds of one press. Begins wherever the last one, or a walk that failed, has ended."""
    if "reset" in (await person.until(_rests, SOON_S, "it did not come to rest"))["may"]:
        await person.command("reset")
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
    return int(stop["at_ns"]) - pressed_ns


def _monotonic_ns(epoch_ms: float) -> int:
    """The page counts from 1970, the treadmill on the monotonic clock."""
    return int(epoch_ms * 1e6) - (time.time_ns() - time.monotonic_ns())

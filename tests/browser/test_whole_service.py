"""A supervisor's tablet against the whole service and the simulated Bluetooth treadmill."""

import re
import socket
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from controller.cli.simulated import Service, service
from controller.cli.supervisor import supervisor, walker_keeps_habits
from controller.safety.limits import Limits
from protocols.units import mph_from_mps

pytestmark = pytest.mark.service

PICTURES = Path(__file__).parents[2] / "build" / "pictures"
SOON_MS = 15_000
CLIMB_MS = 40_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def press(tab: Page, name: str) -> None:
    button = tab.get_by_role("button", name=name, exact=True)
    await expect(button).to_be_enabled(timeout=SOON_MS)
    await button.click()


async def picture(tab: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await tab.screenshot(path=PICTURES / f"{name}.png")


async def climb_to_the_cap(tab: Page) -> None:
    """Faster, one press after the other, until control refuses more."""
    faster = tab.get_by_role("button", name="Faster", exact=True)
    set_point = tab.locator("#set-point")
    await expect(set_point).to_have_text("0.50", timeout=CLIMB_MS)
    for _ in range(5):
        await faster.click()
        await expect(tab.locator("#note")).to_be_visible()
    await expect(set_point).to_have_text("1.00", timeout=CLIMB_MS)
    await expect(faster).to_be_disabled(timeout=SOON_MS)


def peak_belt_mps(running: Service) -> float:
    return max(line["speed_mps"] for line in running.bench.told if line["event"] == "belt")


async def test_arm_start_climb_to_the_cap_stop_and_reset(tab: Page, tmp_path: Path) -> None:
    async with (
        service(machine="ftms", fault="none", port=free_port(), data_dir=tmp_path) as running,
        supervisor(running.hatch, present=False) as onlooker,
    ):
        listening = await running.guard.event("listening", 30)
        await tab.goto(listening["url"])
        await tab.get_by_label("PIN").fill(listening["pin"])
        await press(tab, "Sign in")
        habits = walker_keeps_habits(onlooker, running.bench)
        async with habits:
            await press(tab, "Arm patient turned round")
            await press(tab, "Start")
            await climb_to_the_cap(tab)
            await expect(tab.locator("#belt")).to_have_text(
                re.compile("0.99|1.00"), timeout=SOON_MS
            )
            await picture(tab, "walking")
            await tab.get_by_role("button", name="Stop").click()
            await expect(tab.locator("#state")).to_contain_text("Stop was pressed", timeout=SOON_MS)
            await press(tab, "Reset")
            await picture(tab, "reset")
            await expect(tab.locator("#state")).to_have_attribute("data-state", "idle")
        assert peak_belt_mps(running) <= Limits().cap_mps + 0.03
        assert mph_from_mps(peak_belt_mps(running)) > 0.95

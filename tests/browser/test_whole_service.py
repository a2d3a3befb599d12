"""A supervisor's tablet against the whole service and the simulated Bluetooth treadmill."""

import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from controller.safety.limits import Limits
from protocols.units import mph_from_mps
from tests.browser import service
from tests.browser.service import Ward, press, sign_in, state_is, walk_off

pytestmark = pytest.mark.service

SOON_MS = service.SOON_MS
CLIMB_MS = service.CLIMB_MS


@contextlib.asynccontextmanager
async def second_tablet(chromium: Browser, ward: Ward) -> AsyncIterator[Page]:
    """Another client, on which nobody is signed in."""
    context = await chromium.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(ward.url)
    yield page
    await context.close()


async def climb_to_the_cap(tab: Page) -> None:
    """Faster, one press after the other, until control refuses more."""
    faster = tab.get_by_role("button", name=re.compile("^Faster"))
    set_point = tab.locator("#set-point")
    await expect(set_point).to_have_text("0.50", timeout=CLIMB_MS)
    for _ in range(5):
        await faster.click()
    await expect(set_point).to_have_text("1.00", timeout=CLIMB_MS)
    await expect(faster).to_be_disabled(timeout=SOON_MS)


def peak_belt_mps(ward: Ward) -> float:
    told = ward.running.bench.told
    return max(line["speed_mps"] for line in told if line["event"] == "belt")


async def a_whole_visit(tab: Page, chromium: Browser, ward: Ward) -> None:
    """From the patient's code to the report, with a Stop from another client."""
    await service.open_visit(tab, "K-017")
    await service.answer_checklist(tab)
    await service.tell_pain(tab, "Pain now", 2)
    await press(tab, "Keep, go on")
    await expect(tab.get_by_role("heading", name="Arm: K-017")).to_be_visible()
    await walk_off(tab)
    await climb_to_the_cap(tab)
    await expect(tab.locator("#belt")).to_have_text(re.compile("0.99|1.00"), timeout=SOON_MS)
    async with second_tablet(chromium, ward) as other:
        await state_is(other, "walking")
        await other.get_by_role("button", name="Stop").click()
        await expect(other.locator("#stop-note")).to_have_text("Stop received")
    await expect(tab.locator("#state")).to_contain_text("Stop was pressed", timeout=SOON_MS)
    await expect(tab.locator("#story")).to_contain_text("From Stop to rest", timeout=SOON_MS)
    await press(tab, "Reset")
    await state_is(tab, "idle")
    await tab.get_by_role("link", name="Go on with K-017").click()
    await service.tell_pain(tab, "Pain now (before the walk: 2)", 3)
    await service.tell_pain(tab, "Effort, Borg 6 to 20", 11)
    await press(tab, "Keep, show the summary")
    await expect(tab.locator(".tiles")).to_contain_text("2 → 3", timeout=SOON_MS)
    await press(tab, "Close the visit")
    await expect(tab.get_by_role("heading", name="Who walks today?")).to_be_visible()


async def a_report(tab: Page) -> None:
    """The walk's report, from the archive."""
    await tab.get_by_role("link", name="Archive", exact=True).click()
    await tab.get_by_role("link", name="K-017").click()
    link = tab.get_by_role("link", name=re.compile("^Open the report of the walk"))
    await expect(link).to_be_visible(timeout=SOON_MS)
    async with tab.expect_popup() as popup:
        await link.click()
    report = await popup.value
    await expect(report.locator("body")).to_contain_text("K-017", timeout=SOON_MS)
    await report.close()


async def a_release(tab: Page, ward: Ward) -> None:
    """Both hands let go: stopped, told, reset."""
    await tab.get_by_role("link", name="Walk", exact=True).click()
    await walk_off(tab)
    await expect(tab.locator("#set-point")).to_have_text("0.50", timeout=CLIMB_MS)
    ward.running.bench.say("release")
    await state_is(tab, "latched")
    await expect(tab.locator("#sentence")).to_contain_text("hands", timeout=SOON_MS)
    await expect(tab.locator("#story li").first).to_contain_text("Both hands left the rails")
    await expect(tab.locator("#story-sum")).to_contain_text("From Stop to rest")
    await press(tab, "Reset")
    await state_is(tab, "idle")


async def a_space_bar(tab: Page) -> None:
    """Stop by the space bar, whatever has the focus."""
    await walk_off(tab)
    await tab.get_by_role("button", name=re.compile("^Faster")).focus()
    await tab.keyboard.press(" ")
    await expect(tab.locator("#stop-note")).to_have_text("Stop received")
    await state_is(tab, "latched")


async def a_frozen_desk(tab: Page, ward: Ward) -> None:
    """A desk that hangs is seen within three seconds, and Stop says that it failed."""
    os.kill(ward.desk_pid, signal.SIGSTOP)
    try:
        await expect(tab.locator("#cover")).to_be_visible(timeout=3_000)
        await tab.get_by_role("button", name="Stop").click()
        title = tab.locator("#cover-title")
        await expect(title).to_have_text("Stop not confirmed. Pull the safety key.")
    finally:
        os.kill(ward.desk_pid, signal.SIGCONT)
    await expect(tab.locator("#cover")).to_be_hidden(timeout=SOON_MS)


async def test_a_day_at_the_treadmill(tab: Page, chromium: Browser, tmp_path: Path) -> None:
    """One service, because each takes long to start; the parts stand alone in their functions."""
    async with service.ward(tmp_path) as ward:
        await tab.goto(ward.url)
        await sign_in(tab, ward.pin)
        await a_whole_visit(tab, chromium, ward)
        assert peak_belt_mps(ward) <= Limits().cap_mps + 0.03
        assert mph_from_mps(peak_belt_mps(ward)) > 0.95
        await a_report(tab)
        await a_release(tab, ward)
        await a_space_bar(tab)
        await a_frozen_desk(tab, ward)

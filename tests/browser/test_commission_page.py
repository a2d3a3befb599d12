"""A treadmill is commissioned from the page, against the whole service: begun, stopped, passed."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from controller import profiles
from tests.browser import service
from tests.browser.service import SOON_MS, Ward, press, sign_in
from tests.browser.test_every_view import examine
from tests.browser.test_whole_service import second_tablet

pytestmark = pytest.mark.service

WHOLE_MS = 400_000


async def begin(tab: Page) -> None:
    """All three said, one after the other; until the first question."""
    start = tab.get_by_role("button", name="Begin the commissioning")
    for box in await tab.get_by_role("checkbox").all():
        await expect(start).to_be_disabled()
        await box.click()
        await expect(box).to_be_checked()
    await press(tab, "Begin the commissioning")
    question = tab.locator("#measuring-question")
    await expect(question).to_contain_text("Is the belt empty", timeout=SOON_MS)
    await expect(tab.locator("#cover")).to_be_hidden()


async def a_stop_from_another_page(tab: Page, chromium: Browser, ward: Ward) -> None:
    """Nobody is signed in there; it sees what goes on, and ends it."""
    async with second_tablet(chromium, ward) as other:
        await expect(other.locator("#measuring-title")).to_be_visible(timeout=SOON_MS)
        await expect(other.get_by_role("button", name="Yes")).to_have_count(0)
        await press(tab, "Yes")
        await expect(tab.locator("#measuring-speed")).not_to_contain_text("0.00", timeout=SOON_MS)
        assert await examine(tab) == []
        assert await examine(other) == []
        await other.get_by_role("button", name="Stop").click()
        await expect(other.locator("#stop-note")).to_have_text("Stop received")
        await expect(tab.locator("#outcome")).to_contain_text("Stop was pressed", timeout=SOON_MS)
        await ward.running.bench.event("at_rest", 20)


async def the_whole_way(tab: Page) -> None:
    await begin(tab)
    await press(tab, "Yes")
    question = tab.locator("#measuring-question")
    await expect(question).to_contain_text("the link is dropped", timeout=WHOLE_MS)
    assert await examine(tab) == []
    await press(tab, "Yes")
    passed = tab.get_by_role("heading", name="It passed. This is its profile.")
    await expect(passed).to_be_visible(timeout=WHOLE_MS)
    plot = tab.locator("#outcome").get_by_role("img", name="Speed after Stop")
    await expect(plot).to_be_visible()
    assert await plot.locator("circle").count() > 5
    await expect(tab.locator("#cover")).to_be_hidden(timeout=SOON_MS)
    assert await examine(tab) == []


@pytest.mark.timeout(900)
async def test_an_engineer_commissions_the_treadmill_from_the_page(
    tab: Page, chromium: Browser, tmp_path: Path
) -> None:
    async with service.ward(tmp_path) as ward:
        await tab.goto(f"{ward.url}#setup/machine")
        await sign_in(tab, ward.pin)
        await expect(tab.get_by_role("heading", name="Commissioning", exact=True)).to_be_visible()
        await begin(tab)
        await a_stop_from_another_page(tab, chromium, ward)
        await expect(tab.locator("#cover")).to_be_hidden(timeout=SOON_MS)
        await press(tab, "Done")
        await ward.onlooker.until(lambda now: now["grip"]["proven"], 40, "no habits any more")
        await the_whole_way(tab)
        kept = profiles.load(tmp_path, ward.running.settings.treadmill)
        assert kept.made_on != "as built"
        lost = [line for line in ward.running.guard.told if line["event"] == "control_lost"]
        assert lost == []

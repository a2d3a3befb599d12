"""A commissioning on every page: what is said over it, and what is not offered meanwhile."""

import pytest
from playwright.async_api import Page, expect

from tests.browser import scenes, service
from tests.conftest import Stage


@pytest.fixture
async def measured(bare_stage: Stage, tab: Page) -> Stage:
    """A stranger's page at the walk, while a treadmill is commissioned."""
    await scenes.opened(bare_stage)
    scenes.say(bare_stage, **scenes.IDLE)
    await tab.goto(bare_stage.url)
    await service.state_is(tab, "idle")
    asks = {"step": "listen", "title": "Listening", "question": "Is the belt empty?"}
    scenes.say(bare_stage, **{**scenes.MEASURED, **asks})
    await expect(tab.locator("#measuring-title")).to_be_visible()
    return bare_stage


async def test_a_stranger_sees_it_and_is_asked_nothing(measured: Stage, tab: Page) -> None:
    await expect(tab.locator("#measuring-question")).to_have_text("Is the belt empty?")
    await expect(tab.get_by_role("button", name="Yes")).to_have_count(0)
    await expect(tab.locator("#cover")).to_be_hidden()
    for verb in ("arm", "start", "reset"):
        await expect(tab.locator(f"button[data-verb={verb}]")).to_be_disabled()
    await tab.get_by_role("link", name="Session", exact=True).click()
    await expect(tab.locator("#measuring-title")).to_be_visible()


async def test_a_belt_that_was_not_seen_to_stop_fills_the_screen(
    measured: Stage, tab: Page
) -> None:
    ends = {"stopping": "Stop was pressed.", "pull_key": True}
    scenes.say(measured, **{**scenes.MEASURED, **ends})
    await expect(tab.locator("#cover")).to_have_attribute("data-level", "high")
    await expect(tab.locator("#cover-title")).to_contain_text("pull the safety key")
    scenes.say(measured, **scenes.IDLE)
    await expect(tab.locator("#cover")).to_be_hidden()


async def test_one_that_was_lost_gives_way_to_what_control_says(measured: Stage, tab: Page) -> None:
    scenes.say(measured, kind="telemetry", **scenes.TRIP)
    await service.state_is(tab, "latched")
    await expect(tab.locator("#measuring")).to_have_count(0)


async def test_the_way_there_is_named_and_nothing_old_is_shown_as_new(
    bare_stage: Stage, tab: Page
) -> None:
    await scenes.opened(bare_stage)
    scenes.say(bare_stage, **scenes.IDLE)
    await tab.goto(bare_stage.url)
    await service.state_is(tab, "idle")
    bare_stage.control.publish({"kind": "event", "name": "gives_way"})
    bare_stage.control.fall_silent()
    title = tab.locator("#cover-title")
    await expect(title).to_have_text("Changing over to or from a commissioning.")
    await expect(tab.locator("#cover")).to_contain_text("Nothing on this page is current")

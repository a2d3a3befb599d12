"""Debian's Chromium, headless, with a page that fails its test on any script error.

It is the build without windows: the usual one also draws its own buttons and menus, for nobody,
which takes longer than most tests.
"""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

CHROMIUM = "chromium-headless-shell"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=20_000)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which(CHROMIUM)
    assert path, "Chromium is not installed. Run `make system`."
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def tab(chromium: Browser) -> AsyncIterator[Page]:
    """A tablet's page, 1280 × 800."""
    page = await chromium.new_page(viewport={"width": 1280, "height": 800})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []

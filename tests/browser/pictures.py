"""Pictures of every view at three sizes, for docs/pictures.

python -m tests.browser.pictures [FOLDER] [NAME…]
"""

import asyncio
import base64
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.scenes import SCENES, opened
from tests.conftest import Stage

SIZES = {"wide": (1280, 800), "tall": (768, 1024), "phone": (390, 844)}
DARK = ("walk", "trip")
LIKE_THE_WALK = ("one-hand", "effort", "old-reading", "commission-refused")
"""Pictured at one size: at the others they tell no more than the walk does."""
FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SETTLE_S = 0.45
"""For the chart, which draws four times a second."""
QUALITY = 42


async def shoot(tab: Page, folder: Path, name: str) -> None:
    """As WebP, which Playwright itself does not write."""
    devtools = await tab.context.new_cdp_session(tab)
    asked = {"format": "webp", "quality": QUALITY}
    shot = await devtools.send("Page.captureScreenshot", asked)
    (folder / f"{name}.webp").write_bytes(base64.b64decode(shot["data"]))
    await devtools.detach()


async def at_each_size(tab: Page, folder: Path, name: str) -> None:
    sizes = {"wide": SIZES["wide"]} if name in LIKE_THE_WALK else SIZES
    for size, (width, height) in sizes.items():
        await tab.set_viewport_size({"width": width, "height": height})
        await asyncio.sleep(SETTLE_S)
        await shoot(tab, folder, f"{name}-{size}")
    width, height = SIZES["wide"]
    await tab.set_viewport_size({"width": width, "height": height})
    if name in DARK:
        await tab.emulate_media(color_scheme="dark")
        await asyncio.sleep(SETTLE_S)
        await shoot(tab, folder, f"{name}-wide-dark")
        await tab.emulate_media(color_scheme="light")


async def pictures(folder: Path, names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        stage = Stage(Path(scratch))
        await opened(stage)
        async with async_playwright() as playwright:
            path = shutil.which(CHROMIUM)
            browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            tab = await browser.new_page(viewport={"width": 1280, "height": 800})
            for name, scene in SCENES.items():
                await scene(stage, tab)
                if not names or name in names:
                    await at_each_size(tab, folder, name)
            await browser.close()
        await stage.end()
        await stage.control.close()


if __name__ == "__main__":
    where, *chosen = sys.argv[1:] or [str(FOLDER)]
    Path(where).mkdir(parents=True, exist_ok=True)
    asyncio.run(pictures(Path(where), chosen))

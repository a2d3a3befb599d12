"""Every view at once: nobody is left out, nothing runs over the edge, Stop is on top."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser.scenes import SCENES, opened
from tests.conftest import Stage

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SIZES = {"wide": (1280, 800), "tall": (768, 1024), "phone": (390, 844)}
EXAMINE = """async (rules) => {
  const only = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const parts = (nodes) => nodes.map((node) => node.html).slice(0, 3).join(" | ");
  return grave.map(({ id, nodes }) => `${id}: ${parts(nodes)}`);
}"""
STOP_ON_TOP = """() => {
  const { left, top, width, height } = document.getElementById("stop").getBoundingClientRect();
  const at = document.elementFromPoint(left + width / 2, top + height / 2);
  return width > 200 && height >= 64 && top + height <= innerHeight && at.closest("#stop") !== null;
}"""
NO_SIDEWAYS_SCROLL = """() => ["html", "main"].every((name) => {
  const element = document.querySelector(name);
  return element.scrollWidth <= element.clientWidth;
})"""

OVERLAPS = """() => {
  const box = (element) => element?.getBoundingClientRect();
  const meet = (one, other, by = 0) => one && other &&
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > by &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > by;
  const found = [];
  const countdown = document.getElementById("countdown");
  for (const button of document.querySelectorAll("button:enabled")) {
    if (meet(box(countdown), box(button))) found.push(`the countdown on ${button.innerText}`);
  }
  const main = box(document.querySelector("main"));
  const report = document.getElementById("report");
  const texts = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !parent.checkVisibility()) continue;
    if (box(parent).width <= 1) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const { left, right, top, bottom, width, height } of range.getClientRects()) {
      const each = { left, right, width, top: top + height / 5, bottom: bottom - height / 5 };
      const under = !report?.contains(parent) && meet(each, box(report));
      if (each.width > 1 && meet(each, main) && !under) texts.push([each, walker.currentNode.data]);
    }
  }
  texts.forEach(([one, words], index) => {
    for (const [other, more] of texts.slice(index + 1)) {
      if (words !== more && meet(one, other, 3)) found.push(`${words} on ${more}`);
    }
  });
  return found;
}"""


async def examine(tab: Page, *rules: str) -> list[str]:
    """What axe-core finds serious or critical. Evaluated in the page, past its policy."""
    await tab.evaluate(AXE.read_text("utf-8"))
    found: list[str] = await tab.evaluate(EXAMINE, rules)
    return found


@pytest.mark.timeout(400)
async def test_every_view_is_for_everybody_fits_and_keeps_stop_on_top(
    bare_stage: Stage, tab: Page
) -> None:
    await opened(bare_stage)
    found: dict[str, list[str]] = {}
    for name, scene in SCENES.items():
        await scene(bare_stage, tab)
        grave = await examine(tab)
        await tab.emulate_media(color_scheme="dark")
        grave += await examine(tab, "color-contrast")
        await tab.emulate_media(color_scheme="light")
        for size, (width, height) in SIZES.items():
            await tab.set_viewport_size({"width": width, "height": height})
            await asyncio.sleep(0)
            if not await tab.evaluate(STOP_ON_TOP):
                grave.append(f"Stop is not on top: {size}")
            if not await tab.evaluate(NO_SIDEWAYS_SCROLL):
                grave.append(f"Runs over the edge: {size}")
            grave += [f"{each}: {size}" for each in await tab.evaluate(OVERLAPS)]
        await tab.set_viewport_size({"width": 1280, "height": 800})
        if grave:
            found[name] = grave
    assert found == {}

"""Reports as a browser lays them out: nothing is loaded, cut off or drawn over."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from controller.records.course import with_notes
from controller.records.report.patient import patient_page
from controller.records.report.session import session_page
from tests.controller.records.noted import notes
from tests.controller.records.test_patient_page import PATIENT, walks
from tests.controller.records.walked import read, walked

WIDTHS = (768, 698)
"""A tablet held upright, and what A4 leaves between its margins, px."""
OVERLAPS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll('text')]
        .map(t => [t.textContent, t.getBoundingClientRect()]);
    return boxes.flatMap(([a, p], i) => boxes.slice(i + 1)
        .filter(([, q]) => p.left < q.right - 1 && q.left < p.right - 1
                        && p.top < q.bottom - 3 && q.top < p.bottom - 3)
        .map(([b]) => a + ' over ' + b));
})"""
OUTSIDE = """() => [...document.querySelectorAll('svg text')].filter(t => {
    const box = t.getBoundingClientRect(), svg = t.closest('svg').getBoundingClientRect();
    return box.left < svg.left - 1 || box.right > svg.right + 1 || box.bottom > svg.bottom + 1
        || box.top < svg.top - 1;
}).map(t => t.textContent)"""
SMALL = """() => [...document.querySelectorAll('body *')].filter(e =>
    e.textContent.trim() && !e.children.length && e.tagName != 'STYLE'
    && e.getBoundingClientRect().height > 0
    && parseFloat(getComputedStyle(e).fontSize) < 9.5).map(e => e.textContent)"""


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """A session with a release, a clean one, and the courses of two patients."""
    released = with_notes(read(walked(60.0, lets_go=True).octets), notes())
    clean = read(walked(90.0, lets_go=False, seed=3).octets)
    return {
        "release": session_page(released, notes(), title="Steps", at="today"),
        "clean": session_page(clean),
        "course": patient_page(PATIENT, walks(10)),
        "long course": patient_page(PATIENT, walks(36)),
    }


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["release", "clean", "course", "long course"])
async def test_a_page_is_whole_at_the_width_of_a_tablet_and_of_paper(
    chromium: Browser, pages: dict[str, str], tmp_path: Path, name: str, width: int
) -> None:
    file = tmp_path / "page.html"
    file.write_text(pages[name])
    page = await chromium.new_page(viewport={"width": width, "height": 1024})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    if width == 698:
        await page.emulate_media(media="print")
    await page.goto(file.as_uri())
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.evaluate(OVERLAPS) == []
    assert await page.evaluate(OUTSIDE) == []
    assert await page.evaluate(SMALL) == []
    assert asked == [file.as_uri()]
    assert faults == []

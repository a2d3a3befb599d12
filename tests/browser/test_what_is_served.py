"""The page's files: small, as their makers published them, and quick to load."""

import hashlib
import json
from pathlib import Path

import pytest
from playwright.async_api import Page, Response, expect

from tests.conftest import Stage

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "controller" / "web" / "static"
VENDORS = (STATIC / "vendor", ROOT / "tests" / "browser" / "vendor")
FIRST_LOAD_OCTETS = 300_000
USABLE_S = 1.0
LINES = 260


def files(folder: Path) -> dict[str, str]:
    manifest = json.loads((folder / "manifest.json").read_text())
    return {file["name"]: file["sha256"] for entry in manifest.values() for file in entry["files"]}


@pytest.mark.parametrize("folder", VENDORS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_each_vendored_file_is_the_one_of_the_manifest_and_no_other_is_there(folder: Path) -> None:
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }
    assert found == files(folder)


@pytest.mark.parametrize("folder", VENDORS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_each_library_has_a_version_and_its_licence_beside_it(folder: Path) -> None:
    for package, entry in json.loads((folder / "manifest.json").read_text()).items():
        assert entry["version"][0].isdigit(), package
        assert any("LICENSE" in file["name"] for file in entry["files"]), package


def own() -> list[Path]:
    return [path for path in STATIC.rglob("*.*") if path.parent != STATIC / "vendor"]


def test_no_file_of_the_page_is_long() -> None:
    long = {
        str(path.relative_to(STATIC)): count
        for path in own()
        if (count := len(path.read_text("utf-8").splitlines())) > LINES
    }
    assert long == {}


def test_no_file_of_the_page_names_another_host() -> None:
    texts = [path for path in own() if path.suffix in (".js", ".css", ".html")]
    strangers = [path.name for path in texts if "//" in _addresses(path.read_text("utf-8"))]
    assert strangers == []


def _addresses(text: str) -> str:
    return " ".join(word for word in text.split() if "http:" in word or "https:" in word)


@pytest.fixture
async def sent(tab: Page) -> dict[str, int]:
    """The octets of every answer to the page, by address."""
    octets: dict[str, int] = {}

    async def count(response: Response) -> None:
        octets[response.url] = len(await response.body())

    tab.on("response", count)
    return octets


async def test_the_first_load_is_small_and_only_from_here(
    stage: Stage, tab: Page, sent: dict[str, int]
) -> None:
    stage.control.keep_saying()
    await tab.goto(stage.url, wait_until="networkidle")
    await expect(tab.locator("#belt")).to_have_text("0.89")
    assert sum(sent.values()) <= FIRST_LOAD_OCTETS, sent
    assert {url.partition("/static")[0].partition("/api")[0].rstrip("/") for url in sent} == {
        stage.url
    }


@pytest.mark.alone
async def test_the_page_is_usable_within_a_second(stage: Stage, tab: Page) -> None:
    stage.control.keep_saying()
    await tab.goto(stage.url)
    await expect(tab.locator("#belt")).to_have_text("0.89")
    await tab.reload(wait_until="commit")
    usable_ms = await tab.evaluate(
        """async () => {
          while (document.getElementById("belt")?.textContent !== "0.89") {
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          return performance.now();
        }"""
    )
    assert usable_ms / 1000 <= USABLE_S


async def test_nothing_inline_runs(stage: Stage, tab: Page) -> None:
    await tab.goto(stage.url)
    refused = await tab.evaluate(
        """() => new Promise((resolve) => {
          addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "globalThis.ran = true";
          document.body.append(script);
        })"""
    )
    assert refused == "script-src-elem"
    assert await tab.evaluate("globalThis.ran") is None

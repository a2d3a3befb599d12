"""The document about performance shows what the commands printed last, and the plots they made."""

import importlib
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.parts.plot import marks

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
DOCUMENT = (ROOT / "docs" / "performance.md").read_text()
SHOWN = ("reaction", "ticks", "codec", "virtual_time", "sessions_per_core", "campaigns")
PLOTTED = tuple(name for name in SHOWN if name != "campaigns")
SVG = "{http://www.w3.org/2000/svg}"


def result(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text())
    return told


@pytest.mark.parametrize("name", SHOWN)
def test_the_document_shows_the_last_tables(name: str) -> None:
    benchmark = importlib.import_module(f"benchmarks.{name}")
    for part in benchmark.table(result(name)).split("\n\n"):
        assert part in DOCUMENT


@pytest.mark.parametrize("name", PLOTTED)
def test_the_document_shows_the_last_plot(name: str) -> None:
    benchmark = importlib.import_module(f"benchmarks.{name}")
    assert (RESULTS / f"{name}.svg").read_text() == benchmark.plot(result(name))
    assert f"(../benchmarks/results/{name}.svg)" in DOCUMENT


def drawn(*rows: tuple[str, list[float | None]]) -> tuple[list[str], list[float]]:
    """The texts of a plot, and where its marks are, without the legend's."""
    plot = ElementTree.fromstring(marks("late, ms", ("p50", "p99"), rows))  # noqa: S314 - ours
    circles = list(plot.iter(f"{SVG}circle"))[2:]
    texts = [text.text or "" for text in plot.iter(f"{SVG}text")]
    return texts, [float(circle.attrib["cx"]) for circle in circles]


def test_a_plot_names_its_rows_and_its_decades() -> None:
    texts, _ = drawn(("a < b", [0.2, 3.0]), ("c", [50.0, None]))
    assert texts == ["0.1", "1", "10", "100", "p50", "p99", "a < b", "c", "late, ms"]


def test_equal_ratios_are_equal_ways_on_a_plot() -> None:
    _, (tenth, one, ten) = (sorted(part) for part in drawn(("a", [0.1, 1.0]), ("b", [10.0])))
    assert ten - one == pytest.approx(one - tenth, abs=0.2)
    assert one > tenth


def test_what_is_not_known_or_nothing_has_no_mark() -> None:
    _, places = drawn(("a", [None, 2.0]), ("b", [0.0, None]))
    assert len(places) == 1

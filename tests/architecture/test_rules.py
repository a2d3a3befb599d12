"""House rules that a linter of style does not know."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("campaigns", "controller", "drivers", "protocols", "simulators")
PURE = (
    "protocols",
    "controller/safety",
    "controller/session",
    "controller/programs",
    "controller/commissioning",
    "controller/step",
    "controller/ramp.py",
)
CLOCKS = {"time", "datetime", "asyncio", "threading", "random", "socket", "os"}
LINES_AT_MOST = 300
TEXT = {".py", ".md", ".toml", ".js", ".html", ".css", ".yml", ".lock", ""}


def modules(*places: str) -> list[Path]:
    paths = [ROOT / place for place in places]
    return sorted(
        file for path in paths for file in ([path, *path.rglob("*.py")]) if file.is_file()
    )


def name(path: object) -> str:
    return str(path.relative_to(ROOT)) if isinstance(path, Path) else ""


def imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("module", modules("protocols", "controller/guard"), ids=name)
def test_protocols_and_guard_need_the_standard_library_alone(module: Path) -> None:
    allowed = sys.stdlib_module_names | {"protocols", "controller"}
    assert imported(module) <= allowed


@pytest.mark.parametrize("module", modules(*PURE), ids=name)
def test_a_pure_room_knows_no_clock_and_no_device(module: Path) -> None:
    assert not imported(module) & CLOCKS


@pytest.mark.parametrize("module", modules("controller/safety", "controller/step"), ids=name)
def test_safety_takes_no_decision_from_the_environment(module: Path) -> None:
    assert not re.search(r"\benviron\b|\bgetenv\b|\bargv\b|__debug__", module.read_text())


def test_only_a_commissioning_takes_the_road_of_single_acts() -> None:
    """What no import contract can say: nobody else, wherever it is, new modules included."""
    road = {"drivers.probe_road", "drivers.ftms_probe", "drivers.order_probe"}
    takers = {
        name(module)
        for module in modules(*ROOMS, "benchmarks")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in road
        if not name(module).startswith("drivers/")
    }
    assert takers == {
        "controller/commission.py",
        "controller/commissioner.py",
        "controller/cli/commission.py",
    }


@pytest.mark.parametrize("module", modules(*ROOMS), ids=name)
def test_a_module_has_one_noun_and_fits_a_few_screens(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= LINES_AT_MOST


def tracked() -> Iterator[Path]:
    """The files of the repository, and those that are about to become its own."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    named = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = (ROOT / line for line in sorted(named.splitlines()))
    return (path for path in paths if path.is_file() and path.suffix in TEXT)


def test_nothing_is_called_an_emergency_stop() -> None:
    """It may be said what this is not; nothing may bear the name."""
    named = re.compile(r"e-?stop|emergency[_-]?stop\b(?! (that|of a))", re.IGNORECASE)
    here = Path(__file__)
    code = [path for path in tracked() if path.suffix in {".py", ".js", ".html"} and path != here]
    assert [str(path) for path in code if named.search(path.read_text())] == []


def test_the_repository_names_no_machine_path() -> None:
    path_of_a_machine = re.compile(r"/(?:work|root|home/[a-z]+)/")
    here = Path(__file__)
    found = [
        str(path)
        for path in tracked()
        if path != here and path_of_a_machine.search(path.read_text(errors="replace"))
    ]
    assert found == []


def test_every_locked_dependency_is_one_version_with_its_check_sum() -> None:
    """A library that changed its ways is not installed unasked (F80)."""
    lock = (ROOT / "requirements.lock").read_text()
    locked = re.split(r"\n(?=\S)", lock.strip())
    pinned = re.compile(r"[\w.\-\[\]]+==[\w.!]+( ; [^\n]+?)?( \\\n +--hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in locked if not pinned.fullmatch(entry)] == []
    assert len(locked) > 20

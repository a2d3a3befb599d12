"""The stairs and floors hold, and the linter that says so bites."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("campaigns", "controller", "drivers", "protocols", "simulators")
PLANTED = [
    ("protocols/planted.py", "import drivers.links", "Stairs"),
    ("drivers/planted.py", "import controller.hatch", "Stairs"),
    ("simulators/planted.py", "import drivers.links", "Simulators stand on protocols alone"),
    ("drivers/planted.py", "import simulators.plant", "Nothing that decides or drives"),
    ("simulators/planted.py", "import campaigns.walk", "Campaigns stand above all"),
    ("controller/cli/planted.py", "import campaigns.walk", "Campaigns stand above all"),
    ("controller/web/planted.py", "import controller.loop", "Floors of the controller"),
    ("controller/session/planted.py", "import controller.ramp", "Floors of the controller"),
    ("controller/safety/planted.py", "import drivers.links", "The safety rooms"),
    ("controller/guard/planted.py", "import protocols.belt", "The guard stands alone"),
    ("controller/loop.py", "import pydantic", "Control carries no web"),
    ("controller/loop.py", "import drivers.ftms_probe", "Single acts are a commissioning's alone"),
    ("controller/stopper.py", "import drivers.probe_road", "Single acts are a commissioning's"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for room in ROOMS:
        shutil.copytree(
            ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_tree_keeps_every_contract(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("place", "line", "contract"), PLANTED)
def test_a_planted_violation_breaks_its_contract(
    copy: Path, place: str, line: str, contract: str
) -> None:
    file = copy / place
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n")
    try:
        result = lint(copy)
    finally:
        file.unlink() if before is None else file.write_text(before)
    assert result.returncode != 0
    broken = [text for text in result.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(text.startswith(contract) for text in broken), result.stdout

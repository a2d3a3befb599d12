"""What is shipped: five packages, and all that they need at run time."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_five_packages_and_nothing_else(shipped: set[str]) -> None:
    tops = {name.partition("/")[0] for name in shipped}
    packages = {top for top in tops if not top.endswith(".dist-info")}
    assert packages == {"campaigns", "controller", "drivers", "protocols", "simulators"}


def test_the_wheel_holds_every_tracked_file_of_the_packages(shipped: set[str]) -> None:
    """A file that is ignored by git would be dropped from the wheel without a word."""
    for package in ("campaigns", "controller", "drivers", "protocols", "simulators"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert str(path.relative_to(ROOT)) in shipped

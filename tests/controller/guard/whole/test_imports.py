"""The guard stands on the standard library alone."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from controller.guard import guard

GUARD_FILES = sorted(Path(guard.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", GUARD_FILES, ids=lambda path: path.name)
def test_the_guard_imports_the_standard_library_and_itself_alone(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)]
    foreign = [name for name in names if name.split(".")[0] not in sys.stdlib_module_names]
    own = ("controller.guard.", "controller.plan", "controller.realtime")
    assert all(name.startswith(own) or name == "controller" for name in foreign)


def test_a_running_guard_has_loaded_nothing_of_the_others() -> None:
    source = "import sys, controller.guard.__main__; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = ("controller", "drivers", "protocols", "simulators")
    alone = {"controller", "controller.plan", "controller.realtime", "controller.guard"}
    theirs = {name for name in loaded if name.startswith(ours)} - alone
    assert all(name.startswith("controller.guard.") for name in theirs)
    heavy = {"bleak", "serial", "pydantic", "asyncio"}
    assert heavy.isdisjoint(loaded)

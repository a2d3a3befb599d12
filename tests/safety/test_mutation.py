"""Every small mistake in gate, latch, interlocks and ramp is found by a test, or is none."""

import ast
import functools
import json
import subprocess
import sys

import pytest

from tests.safety.mutation.__main__ import argued, key
from tests.safety.mutation.battery import ROOMS, ROOT, battery, modules
from tests.safety.mutation.mutants import Mutant, mutants


@pytest.mark.timeout(3000)
def test_every_mutant_is_killed_or_argued() -> None:
    command = [sys.executable, "-m", "tests.safety.mutation"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert json.loads(done.stdout)["mutants"] >= 700


@functools.cache
def made() -> list[Mutant]:
    """Every mutant of every room."""
    return [
        mutant
        for module in modules(ROOMS)
        for mutant in mutants(module, ast.parse((ROOT / module).read_text()))
    ]


def test_the_rooms_have_mutants_enough_and_each_has_a_battery() -> None:
    assert len(made()) >= 3_500
    for module in modules(ROOMS):
        for files in battery(module):
            assert all((ROOT / file).exists() for file in files)


def test_no_argument_has_outlived_its_mutant() -> None:
    assert argued(modules(ROOMS)).keys() <= {key(mutant) for mutant in made()}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a < b", "a <= b"),
        ("a and b", "a or b"),
        ("a + b", "a - b"),
        ("min(a, b)", "max(a, b)"),
        ("f(a, b)", "f(b, a)"),
        ("f(a=1)", "f()"),
        ("not a", "a"),
        ("3", "4"),
        ("Level.RUN", "Level.STOP"),
    ],
)
def test_a_mistake_is_made(before: str, after: str) -> None:
    found = mutants("x.py", ast.parse(f"x = {before}"))
    assert f"x = {after}" in [mutant.after for mutant in found]
    assert {mutant.before for mutant in found} == {f"x = {before}"}


def test_a_tree_is_whole_again_after_its_mutants_were_listed() -> None:
    text = (ROOT / "controller/safety/gate.py").read_text()
    tree = ast.parse(text)
    mutants("gate.py", tree)
    assert ast.unparse(tree) == ast.unparse(ast.parse(text))

"""One mutant's life: a forked process that imports the rooms with the mutant in them."""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from types import CodeType, ModuleType
from typing import Any

import pytest

from tests.safety.mutation.battery import ROOT, Battery
from tests.safety.mutation.mutants import mutated

KILLED_BY = frozenset({pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED})
"""A failed test, or a test module that could not be imported."""
ALONE = ("-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider")
PLAIN = ("-x", "-q", "--no-header", "--tb=no", "--assert=plain", *ALONE)
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
"""Half of the life of most mutants would pass with loading plugins that none of them needs."""


class _Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves one module from a code object, and every other one as usual."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.name = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.package = module.endswith("__init__.py")
        self.path = str(ROOT / module)
        self.code = code

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(
            name,
            self.path,
            loader=self,
            submodule_search_locations=[os.path.dirname(self.path)] if self.package else None,
        )

    def create_module(self, _spec: Any) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)  # noqa: S102


def survives(module: str, number: int | None, rounds: Battery, limit_s: int) -> bool:
    """Whether that mutant, or the module as it is, passes all its tests.

    One that needs more than `limit_s` of the processor, or ten times as long by the clock, hangs.
    """
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
        _live(module, number, rounds)
    ends_s = time.monotonic() + 10 * limit_s
    while time.monotonic() < ends_s:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            if code == 3:
                raise RuntimeError(f"The tests of {module} could not be run.")
            return code == 0
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _live(module: str, number: int | None, rounds: Battery) -> None:
    """Never returns. Exit code 0 tells of survival."""
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        if number is not None:
            tree: ast.Module = mutated(ROOT / module, number)
            sys.meta_path.insert(0, _Planted(module, compile(tree, module, "exec")))
        for files in rounds:
            found = pytest.main([*PLAIN, *files])
            if found != pytest.ExitCode.OK:
                os._exit(1 if found in KILLED_BY else 3)
        os._exit(0)
    except BaseException:
        os._exit(1)
    finally:
        os._exit(3)

"""`retrotread bench`: the benchmarks of a clone, each a module of `benchmarks` with `run()`."""

import importlib
import json
from pathlib import Path
from typing import Any

from controller.cli.failure import Failure

FOLDER = Path(__file__).parents[2] / "benchmarks"


def run(names: list[str], *, as_json: bool) -> None:
    known = sorted(file.stem for file in FOLDER.glob("[a-z]*.py"))
    if not known:
        raise Failure("The benchmarks come with a clone of the repository; run them there.")
    for name in names:
        if name not in known:
            raise Failure(f"There is no benchmark {name}. There are: {', '.join(known)}.")
    results = {name: _result(name) for name in names or known}
    if as_json:
        print(json.dumps(results))


def _result(name: str) -> dict[str, Any]:
    module = importlib.import_module(f"benchmarks.{name}")
    result: dict[str, Any] = module.run()
    return result

"""`retrotread bench`: the benchmarks of a clone, each a module of `benchmarks`.

A benchmark has `run() -> dict`, whose `met` tells whether its bounds were kept, and
`table(result) -> str`, and `plot(result) -> str`, an SVG, if people would rather look. The last
result of each stays in `benchmarks/results/NAME.json`, and its plot in `NAME.svg` beside it.
"""

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
    results = {name: _result(name, as_json=as_json) for name in names or known}
    if as_json:
        print(json.dumps(results))
    missed = [name for name, result in results.items() if not result["met"]]
    if missed:
        raise Failure(f"Not every bound was kept: {', '.join(missed)}. Look at the figures.")


def _result(name: str, *, as_json: bool) -> dict[str, Any]:
    module = importlib.import_module(f"benchmarks.{name}")
    result: dict[str, Any] = module.run()
    kept = FOLDER / "results" / f"{name}.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(result, indent=1) + "\n")
    if hasattr(module, "plot"):
        kept.with_suffix(".svg").write_text(module.plot(result))
    if not as_json:
        print(f"{name}\n{module.table(result)}\n", flush=True)
    return result

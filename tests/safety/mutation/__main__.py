"""`python -m tests.safety.mutation [--deep] [FILE …]`: does a test fail for every mistake?

Every mutant that survives must be argued in `tests/safety/survivors.toml`, and every argument there
must be about a mutant that survives. `--state` names a file that remembers verdicts by the wording
of the modules, so that an interrupted run goes on there.
"""

import argparse
import ast
import gc
import hashlib
import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.safety.mutation.battery import CHECKED, ROOMS, ROOT, battery, modules
from tests.safety.mutation.mutants import Mutant, mutants

SURVIVORS = ROOT / "tests" / "safety" / "survivors.toml"
LIMIT_S = 150
"""Of the processor, for one mutant; the widest battery takes 40 s."""

Verdict = tuple[str, str, bool]
Work = tuple[str, Mutant, int]
"""A mutant's name, the mutant, and how many rounds of tests it meets."""


def preload() -> None:
    """Import what the tests need and the rooms do not have, once for all mutants. Their collectors
    have no need to look through it."""
    for name in (
        *("hypothesis", "hypothesis.strategies", "hypothesis.internal.conjecture.engine"),
        *("asyncio", "httpx", "websockets.asyncio.client", "tomllib", "pytest"),
    ):
        __import__(name)
    gc.freeze()


def verdict(work: Work) -> Verdict:
    from tests.safety.mutation.child import survives  # noqa: PLC0415 - after the fork

    name, mutant, rounds = work
    tests = battery(mutant.file)[:rounds]
    return name, str(mutant), survives(mutant.file, mutant.number, tests, LIMIT_S)


def unharmed(file: str) -> bool:
    """The module without a mutant passes the first round of its tests."""
    from tests.safety.mutation.child import survives  # noqa: PLC0415 - after the fork

    return survives(file, None, battery(file)[:1], LIMIT_S)


def named(file: str, rounds: int) -> Iterator[Work]:
    """The mutants of a module, each with a name that lasts as long as the module's wording."""
    text = (ROOT / file).read_text()
    wording = hashlib.sha256(text.encode()).hexdigest()[:12]
    for mutant in mutants(file, ast.parse(text)):
        yield f"{file} {wording} {mutant.number} {rounds}", mutant, rounds


def argued(files: list[str]) -> dict[tuple[str, str, str], str]:
    """The arguments about these modules: file, before, after → why it may live."""
    table = tomllib.loads(SURVIVORS.read_text()).get("survivor", [])
    return {
        (row["file"], row["before"], row["after"]): row["why"]
        for row in table
        if row["file"] in files
    }


def key(mutant: Mutant) -> tuple[str, str, str]:
    return mutant.file, mutant.before, mutant.after


def judged(
    works: list[Work], known: dict[str, bool], workers: int, state: Path | None
) -> dict[str, bool]:
    """Whether each mutant survives, by name. The argued ones come first: they take longest."""
    began_s = time.monotonic()
    arguments = argued(sorted({mutant.file for _, mutant, _ in works}))
    left = [work for work in works if work[0] not in known]
    left.sort(key=lambda work: key(work[1]) not in arguments)
    with get_context("fork").Pool(workers, maxtasksperchild=None) as pool:
        for count, (name, words, alive) in enumerate(pool.imap_unordered(verdict, left), 1):
            known[name] = alive
            if state is not None and (count % 20 == 0 or count == len(left)):
                state.write_text(json.dumps(known))
            if alive:
                print(f"\rsurvives: {words}", file=sys.stderr)
            share = count / len(left)
            bar = "█" * round(30 * share) + "·" * round(30 * (1 - share))
            seconds = time.monotonic() - began_s
            print(f"\r{bar} {count} of {len(left)}, {seconds:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)
    return {name: known[name] for name, *_ in works}


def summary(works: list[Work], alive: dict[str, bool], every: int) -> dict[str, Any]:
    """Raw counts, and what is not in order. A sample may leave arguments without their mutant."""
    files = sorted({mutant.file for _, mutant, _ in works})
    lives = [mutant for name, mutant, _ in works if alive[name]]
    arguments = argued(files)
    stale = arguments.keys() - {key(mutant) for mutant in lives} if every == 1 else set()
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    killed, excused = len(works) - len(lives), sum(key(each) in arguments for each in lives)
    return {
        "mutants": len(works),
        "killed": killed,
        "killed_pct": round(100 * killed / max(1, len(works)), 3),
        "argued": excused,
        "killed_pct_of_others": round(100 * killed / max(1, len(works) - excused), 3),
        "not argued": [str(each) for each in lives if key(each) not in arguments],
        "stale": [f"{file}: {before}" for file, before, _ in stale],
        "modules": files,
        "seed": 0,
        "commit": commit.stdout.strip(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="modules, instead of the checked ones")
    parser.add_argument("--deep", action="store_true", help="every safety room")
    parser.add_argument("--every", type=int, default=1, help="only each so many-th mutant")
    parser.add_argument("--rounds", type=int, default=9, help="only so many rounds of tests")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--state", type=Path, help="where to remember verdicts")
    chosen = parser.parse_args()
    files = chosen.files or modules(ROOMS if chosen.deep else CHECKED)
    works = [work for file in files for work in named(file, chosen.rounds)][:: chosen.every]
    known: dict[str, bool] = {}
    if chosen.state is not None and chosen.state.exists():
        known = json.loads(chosen.state.read_text())
    preload()
    for file in files:
        if not unharmed(file):
            print(f"{file} as it is does not pass its own tests.", file=sys.stderr)
            return 1
    alive = judged(works, known, chosen.workers, chosen.state)
    told = summary(works, alive, chosen.every)
    print(json.dumps(told, indent=1, ensure_ascii=False))
    return int(bool(told["not argued"] or told["stale"]))


if __name__ == "__main__":
    sys.exit(main())

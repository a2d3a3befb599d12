"""`python -m tests.safety.walk [--deep]`: the exhaustive walk, in the compiled rooms.

Without `--deep` two rooms are walked side by side for so many transitions each. With it every room
is walked to its end, and then every pair of atoms is tried from every state, in parts, until there
are enough; `--state` names the file that remembers which parts are done, so that an interrupted run
of the same code goes on there.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.safety.walk.letters import letters
from tests.safety.walk.lowered import ROOT, compiled
from tests.safety.walk.rooms import ROOMS
from tests.safety.wording import wording

PAIRS_PER_PART = 24
EVERYTHING = 10**12
Part = tuple[int, int, list[int]]


class Tally:
    """What all parts together have come to."""

    def __init__(self, state: Path | None, at_least: int) -> None:
        self.state = state
        self.at_least = at_least
        self.began_s = time.monotonic()
        self.done: dict[str, dict[str, Any]] = {}
        self.now: dict[str, dict[str, Any]] = {}
        self.broken = ""
        self.wording = wording("tests.safety.walk.worker")
        if state is not None and state.exists():
            told = json.loads(state.read_text())
            self.done = told["done"] if told["wording"] == self.wording else {}

    @property
    def transitions(self) -> int:
        return sum(part["counted"] for part in [*self.done.values(), *self.now.values()])

    @property
    def enough(self) -> bool:
        return self.transitions >= self.at_least

    def hear(self, name: str, told: dict[str, Any], uncounted: int) -> None:
        self.now[name] = {**told, "counted": max(0, told["transitions"] - uncounted)}
        self.broken = self.broken or told["broken"]
        share = min(1.0, self.transitions / self.at_least)
        bar = "█" * round(30 * share) + "·" * round(30 * (1 - share))
        seconds = time.monotonic() - self.began_s
        line = f"{bar} {self.transitions:,} transitions, {seconds:.0f} s, {name}"
        print(f"\r{line:<100}", end="", file=sys.stderr, flush=True)

    def finish(self, name: str) -> None:
        self.done[name] = self.now.pop(name)
        if self.state is not None:
            self.state.write_text(json.dumps({"wording": self.wording, "done": self.done}))

    def summary(self, seed: int) -> dict[str, Any]:
        seen: Counter[str] = Counter()
        for part in [*self.done.values(), *self.now.values()]:
            seen |= Counter(part["seen"])
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return {
            "transitions": self.transitions,
            "a transition is": "one judged call of step: a state, a letter, a command, a wait",
            "states": sum(part["states"] for part in self.done.values() if not part["pairs"]),
            "left open": sum(part["open"] for part in self.done.values() if not part["pairs"]),
            "begun": sorted(self.now),
            "violations": int(bool(self.broken)),
            "broken": self.broken,
            "seen": dict(sorted(seen.items())),
            "seed": seed,
            "commit": commit.stdout.strip(),
            "seconds": round(time.monotonic() - self.began_s, 1),
        }


def parts(tally: Tally, deep: bool, at_least: int) -> Iterator[Part]:
    """What is still to be done: room, transitions, pairs."""
    if not deep:
        yield from ((room, at_least // 2, []) for room in range(2))
        return
    for room in range(len(ROOMS)):
        yield room, EVERYTHING, []
    for first in range(0, len(letters(2)), PAIRS_PER_PART):
        for room in range(len(ROOMS)):
            yield room, EVERYTHING, list(range(first, first + PAIRS_PER_PART))


def walk_part(part: Part, tally: Tally, folder: Path) -> None:
    """One worker's life. With pairs, the walk before them is made again, but not counted again.

    A part without an end of its own is left as it is once there are enough transitions."""
    room, transitions, pairs = part
    name = ROOMS[room].name + (f", pairs from {pairs[0]}" if pairs else "")
    if name in tally.done or tally.broken or tally.enough:
        return
    command = ["-m", "tests.safety.walk.worker", str(room), str(transitions), *map(str, pairs)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, *command], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        uncounted = EVERYTHING if pairs else 0
        for line in worker.stdout or ():
            told = json.loads(line)
            if pairs and not told["pairs"]:
                uncounted = told["transitions"]
            tally.hear(name, told, uncounted)
            if transitions == EVERYTHING and tally.enough:
                worker.terminate()
                return
    if worker.returncode:
        tally.broken = tally.broken or f"The walk through {name} ended with {worker.returncode}."
    elif name in tally.now:
        tally.finish(name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deep", action="store_true")
    parser.add_argument("--at-least", type=int, help="transitions")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--state", type=Path, help="where to remember what is done")
    chosen = parser.parse_args()
    at_least = chosen.at_least or (1_050_000_000 if chosen.deep else 21_000_000)
    folder = compiled()
    tally = Tally(chosen.state, at_least)
    with ThreadPoolExecutor(chosen.workers) as pool:
        for part in parts(tally, chosen.deep, at_least):
            pool.submit(walk_part, part, tally, folder)
    print(file=sys.stderr)
    print(json.dumps(tally.summary(seed=0), indent=1))
    return int(bool(tally.broken) or not tally.enough)


if __name__ == "__main__":
    sys.exit(main())

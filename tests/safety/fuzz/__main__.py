"""`python -m tests.safety.fuzz [--minutes 15] [PARSER …]`: atheris on every parser, as many
at a time as there are processors.

Needs the dependency group `deep`. The corpus it finds stays in `--corpus`, and so does the time
that each parser has had: an interrupted run of the same code goes on with what is left.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.safety.fuzz.corpus import seeds
from tests.safety.fuzz.parsers import PARSERS
from tests.safety.wording import ROOT, wording

RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
SEED = 1


def one(name: str, folder: Path, seconds: int) -> dict[str, Any]:
    """Fuzz one parser for so long. What it broke on is kept beside its corpus."""
    corpus = folder / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, octets in enumerate(seeds()):
        (corpus / f"seed-{number}").write_bytes(octets)
    options = [f"-max_total_time={seconds}", f"-seed={SEED}", "-print_final_stats=1"]
    command = [sys.executable, "-m", "tests.safety.fuzz.one", name, *options, "-max_len=4096"]
    began_s = time.monotonic()
    done = subprocess.run(
        [*command, f"-artifact_prefix={folder}/{name}-", str(corpus)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    runs = RUNS.search(done.stderr)
    return {
        "runs": int(runs[1]) if runs else 0,
        "seconds": round(time.monotonic() - began_s, 1),
        "broken": done.stderr[-3000:] if done.returncode else "",
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help=", ".join(PARSERS))
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--corpus", type=Path, default=ROOT / ".hypothesis" / "fuzz")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    chosen = parser.parse_args()
    had = chosen.corpus / f"had-{wording('tests.safety.fuzz.parsers')}.json"
    told: dict[str, Any] = json.loads(had.read_text()) if had.exists() else {}
    names = [name for name in chosen.parsers or PARSERS if not _enough(told.get(name), chosen)]
    chosen.corpus.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(chosen.workers) as pool:
        results = pool.map(lambda name: one(name, chosen.corpus, round(chosen.minutes * 60)), names)
        for count, (name, result) in enumerate(zip(names, results, strict=True), 1):
            told[name] = result
            had.write_text(json.dumps(told))
            bar = "█" * count + "·" * (len(names) - count)
            print(f"{bar} {name}: {result['runs']:,} runs", file=sys.stderr)
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    print(json.dumps({"parsers": told, "seed": SEED, "commit": commit.stdout.strip()}, indent=1))
    return int(any(result["broken"] or not result["runs"] for result in told.values()))


def _enough(had: dict[str, Any] | None, chosen: argparse.Namespace) -> bool:
    return had is not None and not had["broken"] and had["seconds"] >= chosen.minutes * 60


if __name__ == "__main__":
    sys.exit(main())

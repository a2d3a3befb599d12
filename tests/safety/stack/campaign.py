"""Long campaigns: resumable, with a bar, over all processors; the raw count, seed and commit told.

What has been done is a file of JSON lines, one a run, named after the campaign and the wording of
the code that it runs, so that only runs of the very same code count together. Options are
environment variables:

    DEEP_FOLDER   where the files are (default: `.deep` beside the sources)
    DEEP_COUNT    at most so many runs of each campaign (default: all)
    DEEP_SECONDS  at most so long for each campaign (default: no limit)
    DEEP_WORKERS  processes (default: one a processor)
"""

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from tests.safety.wording import ROOT, wording

RUNS = ("tests.safety.stack.matrix", "tests.safety.stack.walks")
Record = dict[str, Any]
Work = Callable[[str], Record]
"""A run by its key; the record is JSON-ready and has `well`."""


@dataclass
class Result:
    """What a campaign has done so far, this time and before; `ran` counts this time's runs."""

    name: str
    commit: str
    records: dict[str, Record]
    ran: int = 0
    took_s: float = 0.0
    file: Path = field(default_factory=Path)

    @property
    def ill(self) -> list[Record]:
        return [record for record in self.records.values() if not record["well"]]

    def total(self, figure: str) -> float:
        return sum(record[figure] for record in self.records.values())

    def __str__(self) -> str:
        return (
            f"{self.name}: {len(self.records)} runs ({self.ran} now, in {self.took_s:.0f} s), "
            f"{len(self.ill)} ill, commit {self.commit}, {self.file}"
        )


def commit() -> str:
    """What is run: the commit, and if sources differ from it, a hash of how."""
    changes = _git("diff", "HEAD", "--", "*.py", "*.toml")
    dirty = f"+{hashlib.sha256(changes.encode()).hexdigest()[:8]}" if changes else ""
    return (_git("rev-parse", "--short=12", "HEAD").strip() or "unknown") + dirty


def _git(*asked: str) -> str:
    found = subprocess.run(["git", *asked], cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout


def campaign(name: str, keys: Sequence[str], work: Work) -> Result:
    """Run what is not yet done of `keys`, in order, as far as the options let it."""
    file = kept(name, *RUNS)
    result = Result(name, commit(), done(file), file=file)
    most = int(os.environ.get("DEEP_COUNT", len(keys)))
    due = [key for key in keys[:most] if key not in result.records]
    began_s = time.monotonic()
    with file.open("a") as lines, _bar() as bar:
        lines.write("\n")
        task = bar.add_task(name, total=min(most, len(keys)), completed=len(result.records))
        for key, record in _worked(work, due, began_s + _seconds()):
            lines.write(json.dumps({"key": key, **record}) + "\n")
            lines.flush()
            result.records[key] = record
            result.ran += 1
            bar.advance(task)
    result.took_s = time.monotonic() - began_s
    return result


def _seconds() -> float:
    return float(os.environ.get("DEEP_SECONDS", "inf"))


def _bar() -> Progress:
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns)


def kept(name: str, *modules: str) -> Path:
    """The file of what a campaign that loads these modules has done, by their wording."""
    folder = Path(os.environ.get("DEEP_FOLDER", ROOT / ".deep"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}-{wording(*modules)}.jsonl"


def done(file: Path) -> dict[str, Record]:
    """Whole lines only: the last one may have been cut off with its process."""
    found = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        found[record.pop("key")] = record
    return found


def _worked(work: Work, keys: Sequence[str], until_s: float) -> Iterator[tuple[str, Record]]:
    """Each key with its record, in the order of `keys`; a few are ahead, none is after the end."""
    workers = int(os.environ.get("DEEP_WORKERS", os.cpu_count() or 1))
    left = iter(keys)
    with ProcessPoolExecutor(workers) as pool:
        flying: list[tuple[str, Future[Record]]] = [
            (key, pool.submit(work, key)) for key in islice(left, 2 * workers)
        ]
        while flying:
            key, future = flying.pop(0)
            yield key, future.result()
            if time.monotonic() < until_s:
                flying += [(key, pool.submit(work, key)) for key in islice(left, 1)]

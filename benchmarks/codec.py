"""Treadmill Data: our decoder against bare `struct`, and against pyftms's notify path where it
installs. All rows of a Python ran in one process; the least of many short windows counts.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.parts.figures import machine, ratio
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.plot import marks

ROOT = Path(__file__).parents[1]
PEER = "pyftms==0.4.15"
PEER_PYTHONS = ("python3.13", "python3.12")
"""It needs 3.12 or 3.13."""
FLOOR, OURS, THEIRS = "struct floor", "decode, 19 octets", "pyftms notify, 19 octets"
OVER_FLOOR_AT_MOST = 3.7
FASTER_AT_LEAST = 30.0


def run() -> dict[str, Any]:
    """The rows of this Python, and of one that pyftms runs on, in an environment thrown away."""
    facts = machine()
    runs = [_rows(sys.executable)]
    with tempfile.TemporaryDirectory(prefix="retrotread-") as folder:
        python = _peer(Path(folder))
        if python is not None:
            runs.append(_rows(python, "pyftms"))
    kept = [ratio(told["ns"][OURS], told["ns"][FLOOR]) or 0.0 for told in runs]
    faster = [ratio(told["ns"].get(THEIRS), told["ns"][OURS]) for told in runs]
    met = max(kept) <= OVER_FLOOR_AT_MOST and all(
        times is None or times >= FASTER_AT_LEAST for times in faster
    )
    return {"machine": facts, "runs": runs, "over_floor": kept, "faster": faster, "met": met}


def table(result: dict[str, Any]) -> str:
    """A line per row: nanoseconds, over the floor, and how much faster than pyftms."""
    lines = []
    for told in result["runs"]:
        for name, ns in told["ns"].items():
            peer_ns = told["ns"].get(THEIRS)
            over, faster = ratio(ns, told["ns"][FLOOR]), ratio(peer_ns, ns)
            lines.append((f"{told['python']}: {name}", round(ns), over, faster))
    head = ("Python: Treadmill Data", "ns", "x floor", "x faster than pyftms")
    return drawn(head, lines)


def plot(result: dict[str, Any]) -> str:
    """Nanoseconds of each row."""
    rows = [
        (f"{told['python']}: {name}", [ns])
        for told in result["runs"]
        for name, ns in told["ns"].items()
    ]
    return marks("one packet takes, ns", (), rows)


def _rows(python: str, *peers: str) -> dict[str, Any]:
    print(f"codec: {python}", file=sys.stderr, flush=True)
    command = [python, "-m", "benchmarks.parts.codec_rows", *peers]
    child = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, Any] = json.loads(child.stdout)
    return told


def _peer(folder: Path) -> str | None:
    """A Python that has pyftms; None where neither can be had."""
    for name in PEER_PYTHONS:
        base = shutil.which(name)
        made = base and not _fails([base, "-m", "venv", str(folder / name)])
        python = str(folder / name / "bin" / "python")
        if made and not _fails([python, "-m", "pip", "install", "--quiet", PEER]):
            return python
    return None


def _fails(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode != 0
    except OSError:
        return True

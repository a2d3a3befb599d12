"""A report of half an hour of walking, and its exports: how long they take and how large they are.

The record is one of the demonstration's kind, walked in virtual time with the whole control stack.
Each is made again and again in a process that has its libraries loaded, as a desk has.
"""

import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.parts.figures import machine, spread
from benchmarks.parts.figures import table as drawn
from controller.records.chain import check
from controller.records.course import course
from controller.records.export import FORMATS, export
from controller.records.report.session import session_page

REPORT_S = 2.0
LARGEST = 1_500_000
"""Octets."""
SECONDS = 1740.0


def run(n: int = 5) -> dict[str, Any]:
    """Each figure `n` times. The bounds: a report within 2 s and under 1.5 MB."""
    facts = machine()
    octets = _walked()
    print("reports: the walk is recorded", file=sys.stderr, flush=True)
    read = course(octets)
    page = session_page(read)
    with tempfile.TemporaryDirectory() as folder:
        acts: dict[str, Callable[[], object]] = {
            "report, from the file's octets": lambda: session_page(course(octets)),
            "of it: check the chain": lambda: check(octets),
            "of it: draw and write": lambda: session_page(read),
            **{f"export {name}": _exporting(read, name, Path(folder)) for name in FORMATS},
        }
        took = {name: [_took_s(act) for _ in range(n)] for name, act in acts.items()}
        sizes = {file.name: file.stat().st_size for file in Path(folder).iterdir()}
    best_s = min(took["report, from the file's octets"])
    return {
        "machine": facts,
        "n": n,
        "record_octets": len(octets),
        "turns": len(read.samples),
        "report_octets": len(page.encode()),
        "export_octets": sizes,
        "took_s": took,
        "bounds": {"report_s": REPORT_S, "report_octets": LARGEST},
        "met": best_s <= REPORT_S and len(page.encode()) <= LARGEST,
    }


def table(result: dict[str, Any]) -> str:
    """Seconds per act, then octets."""
    rows = [(name, *spread(took)) for name, took in result["took_s"].items()]
    sizes = {"record": result["record_octets"], "report": result["report_octets"]}
    said = [f"{name}: {size / 1e6:.3f} MB" for name, size in sizes.items()]
    said += [f"{name}: {size / 1e6:.3f} MB" for name, size in result["export_octets"].items()]
    return drawn(("s", "n", "lowest", "p50", "highest"), rows) + "\n" + "\n".join(said)


def _exporting(read: Any, name: str, folder: Path) -> Callable[[], object]:
    return lambda: export(read, None, [name], folder)


def _walked() -> bytes:
    """From the tests, which come with a clone as the benchmarks do."""
    walks = importlib.import_module("tests.controller.records.walked")
    octets: bytes = walks.walked(SECONDS, lets_go=True).octets
    return octets


def _took_s(act: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    act()
    return round(time.perf_counter() - began_s, 4)

"""From a release at the grip unit's wire to Stop octets handed to the treadmill's link.

Rows: the event-driven loop, idle and beside a bad day, with the usual scheduler and with the one
that `realtime = true` asks for; a C program in front of the same wire, which is the floor; the same
turn called by a timer every 200 ms; and what a process may suffer from inside. Then Stops behind
other requests on a link. Every ratio is of one run.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.parts import head_of_line
from benchmarks.parts.bounds import Bound, told
from benchmarks.parts.conditions import CHUNK_S
from benchmarks.parts.figures import QUANTILES, machine, quantiles_ms, ratio
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.head_of_line import REQUEST_S
from benchmarks.parts.plot import quantiles
from benchmarks.parts.reaction_rows import (
    AWAKE,
    AWAKE_FLOOR,
    CHUNKS,
    FIRST_FLOOR,
    FIRST_IDLE,
    FIRST_LOADED,
    HEAP,
    IDLE,
    POLLED,
    ROUNDS,
    ROWS,
    STALLED,
    measure,
)
from benchmarks.parts.reactions import Reactions
from controller import timers

STRETCHES = ("whole", "own", "wire")
MS_PER_S = 1000.0
WHOLE_AT_MOST, POLLED_LEAST = 16.0, 125.0
"""A turn in Python, all of it: interlocks, gate and order. The figures are in docs/performance.md.
"""


def run(n: int = 750, stops: int = 60, rounds: int = ROUNDS) -> dict[str, Any]:
    """`n` releases of each row in so many rounds, and `stops` in each state of a link."""
    facts = machine()
    with (
        tempfile.TemporaryDirectory(prefix="retrotread-") as folder,
        asyncio.Runner(loop_factory=timers.exact) as runner,
    ):
        reactions, collections = runner.run(measure(n, rounds, Path(folder)))
        link = runner.run(head_of_line.measure(stops))
    rows = {name: _figures(row) for name, row in reactions.items()}
    frozen = Bound("full collections of the heap while the belt moved", collections, at_most=0)
    bounds = [bound.told() for bound in (*_of_releases(rows), frozen, *_of_a_link(link))]
    met = all(bound["kept"] for bound in bounds)
    return {"machine": facts, "n": n, "rows": rows, "link": link, "bounds": bounds, "met": met}


def table(result: dict[str, Any]) -> str:
    """Three tables: each row's stretches, Stops behind other requests, and the bounds."""
    rows, link = result["rows"], result["link"]
    lines = [
        (
            f"{name}: {stretch}", row["n"], *row[stretch].values(),
            _over(rows, name, _floor(name, stretch), stretch, "p50_ms"),
            _over(rows, name, _floor(name, stretch), stretch, "p99_ms"),
            _over(rows, name, _idle(name), stretch, "p50_ms"),
            _over(rows, name, _idle(name), stretch, "p99_ms"),
            row["excluded"], row["missing"],
        )
        for stretch in STRETCHES
        for name, row in rows.items()
    ]  # fmt: skip
    quantiles = ("n", "p50", "p99", "p99.9", "max")
    over = ("p50/C", "p99/C", "p50/idle", "p99/idle")
    idle_ms = link[head_of_line.IDLE]["p50_ms"]
    stops = []
    for name, row in link.items():
        over_idle = ratio(row["p50_ms"], idle_ms)
        stops.append((name, row["n"], *(row[q] for q in QUANTILES), over_idle, row["before"]))
    return "\n\n".join(
        (
            drawn(("ms", *quantiles, *over, "excluded", "missing"), lines),
            drawn(("Stop handed over → taken, ms", *quantiles, "p50/idle", "before it"), stops),
            told(result["bounds"]),
        )
    )


def plot(result: dict[str, Any]) -> str:
    """From the release to Stop, of each row."""
    rows = {name: row["whole"] for name, row in result["rows"].items()}
    return quantiles("release → Stop, ms", rows)


Rows = dict[str, dict[str, Any]]


def _of_releases(rows: Rows) -> Iterator[Bound]:
    """Of rows with SCHED_FIFO, but for the first two: on a busy computer only those are ours."""
    idle_p50, idle_p99 = (_of(rows, FIRST_IDLE, q) for q in ("p50_ms", "p99_ms"))
    polled_ms, read_ms = _of(rows, POLLED, "p50_ms"), _of(rows, FIRST_IDLE, "p50_ms", "wire")
    loaded_p50, loaded_p99 = (_of(rows, FIRST_LOADED, q) for q in ("p50_ms", "p99_ms"))
    chunks_p99, stalled_p99 = _of(rows, CHUNKS, "p99_ms"), _of(rows, STALLED, "p99_ms")
    yield Bound("idle, p50, ms", _of(rows, IDLE, "p50_ms"), at_most=1.0)
    yield Bound("idle, p99, ms", _of(rows, IDLE, "p99_ms"), at_most=10.0)
    yield Bound("cores awake, release → read, p50 / C", _over_floor(rows, "wire"), at_most=2.0)
    yield Bound("polling, p50 / release → read", ratio(polled_ms, read_ms), at_least=500.0)
    whole = _over_floor(rows, "whole")
    yield Bound("cores awake, release → Stop, p50 / C", whole, at_most=WHOLE_AT_MOST)
    yield Bound("polling, p50 / release → Stop", ratio(polled_ms, idle_p50), at_least=POLLED_LEAST)
    yield Bound("loaded, p50 / idle", ratio(loaded_p50, idle_p50), at_most=1.25)
    yield Bound("loaded, p99 / idle", ratio(loaded_p99, idle_p99), at_most=2.0)
    yield Bound("1 M objects, p99 / loaded", ratio(_of(rows, HEAP, "p99_ms"), loaded_p99), 3.0)
    if chunks_p99 is not None and idle_p99 is not None:
        added = ratio(chunks_p99 - idle_p99, CHUNK_S * MS_PER_S)
        yield Bound("5 ms chunks, added to p99 / a chunk", added, at_most=1.25)
    yield Bound("disk stalls, p99 / idle", ratio(stalled_p99, idle_p99), at_most=2.0)


def _of_a_link(link: Rows) -> list[Bound]:
    idle_ms = link[head_of_line.IDLE]["p50_ms"]
    bounds = []
    for name, row in link.items():
        bounds.append(Bound(f"{name}: requests before Stop", row["before"], at_most=1))
        if row["before"]:
            waited = ratio(row["p50_ms"], REQUEST_S * MS_PER_S)
            bounds.append(Bound(f"{name}: p50 / a request", waited, at_most=1.0))
        elif name != head_of_line.IDLE:
            bounds.append(Bound(f"{name}: p50 / idle", ratio(row["p50_ms"], idle_ms), at_most=2.0))
    return bounds


def _floor(name: str, stretch: str) -> str | None:
    """The C program decides in no time worth a ratio."""
    return None if stretch == "own" else ROWS[name].of


def _idle(name: str) -> str:
    """The row of the same program and the same scheduler with nothing beside it."""
    if name.startswith("C"):
        return FIRST_FLOOR
    return FIRST_IDLE if ROWS[name].first else IDLE


def _of(rows: Rows, name: str | None, quantile: str, stretch: str = "whole") -> float | None:
    """None where the computer does not permit the row, or it has no such base."""
    figure: float | None = rows[name][stretch][quantile] if name in rows else None
    return figure


def _over_floor(rows: Rows, stretch: str) -> float | None:
    """Of a core that sleeps, the first microseconds are the hypervisor's, for either program."""
    return _over(rows, AWAKE, AWAKE_FLOOR, stretch, "p50_ms")


def _over(rows: Rows, name: str, base: str | None, stretch: str, quantile: str) -> float | None:
    return ratio(_of(rows, name, quantile, stretch), _of(rows, base, quantile, stretch))


def _figures(reactions: Reactions) -> dict[str, Any]:
    return {
        "n": len(reactions.whole),
        "whole": quantiles_ms(reactions.whole),
        "own": quantiles_ms(reactions.own),
        "wire": quantiles_ms(reactions.wire),
        "excluded": sum(reactions.excluded.values()),
        "excluded_by": dict(reactions.excluded),
        "missing": reactions.missing,
    }

"""From a release at the grip unit's wire to Stop octets handed to the treadmill's link.

Rows: the event-driven loop, idle and beside a bad day, with the usual scheduler and with the one
that `realtime = true` asks for; a C program in front of the same wire, which is the floor; the same
turn called by a timer every 200 ms; and what a process may suffer from inside. Then Stops behind
other requests on a link. Every ratio is of one run.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.parts import head_of_line
from benchmarks.parts.bounds import Bound
from benchmarks.parts.conditions import CHUNK_S
from benchmarks.parts.figures import machine, quantiles_ms, ratio
from benchmarks.parts.figures import table as drawn
from benchmarks.parts.head_of_line import REQUEST_S
from benchmarks.parts.reaction_rows import (
    CHUNKS,
    FIRST_FLOOR,
    FIRST_IDLE,
    FIRST_LOADED,
    HEAP,
    IDLE,
    POLLED,
    ROWS,
    STALLED,
    measure,
)
from benchmarks.parts.reactions import Reactions
from controller import timers

STRETCHES = ("whole", "own", "wire")
LATE_MS = 1000.0


def run(n: int = 750, stops: int = 60) -> dict[str, Any]:
    """`n` releases of each row, and `stops` behind other requests in each state of a link."""
    facts = machine()
    with (
        tempfile.TemporaryDirectory(prefix="retrotread-") as folder,
        asyncio.Runner(loop_factory=timers.exact) as runner,
    ):
        reactions = runner.run(measure(n, Path(folder)))
        link = runner.run(head_of_line.measure(stops))
    rows = {name: _figures(row) for name, row in reactions.items()}
    bounds = [bound.told() for bound in (*_of_releases(rows), *_of_a_link(link))]
    met = all(bound["kept"] for bound in bounds)
    return {"machine": facts, "n": n, "rows": rows, "link": link, "bounds": bounds, "met": met}


def table(result: dict[str, Any]) -> str:
    """Three tables: each row's stretches, Stops behind other requests, and the bounds."""
    rows, link = result["rows"], result["link"]
    lines = [
        (
            f"{name}: {stretch}", row["n"], *row[stretch].values(),
            _over(rows, name, ROWS[name].of, stretch, "p50_ms"),
            _over(rows, name, ROWS[name].of, stretch, "p99_ms"),
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
    stops = [
        (
            name,
            row["n"],
            *(row[q] for q in _QUANTILES),
            ratio(row["p50_ms"], idle_ms),
            row["before"],
        )
        for name, row in link.items()
    ]
    bounds = [
        (bound["what"], bound["value"], bound["bound"], "yes" if bound["kept"] else "NO")
        for bound in result["bounds"]
    ]
    return "\n\n".join(
        (
            drawn(("ms", *quantiles, *over, "excluded", "missing"), lines),
            drawn(("Stop handed over → taken, ms", *quantiles, "p50/idle", "before it"), stops),
            drawn(("bound", "measured", "limit", "kept"), bounds),
        )
    )


_QUANTILES = ("p50_ms", "p99_ms", "p999_ms", "max_ms")
Rows = dict[str, dict[str, Any]]


def _of_releases(rows: Rows) -> list[Bound]:
    first_p50, first_p99 = _of(rows, FIRST_IDLE, "p50_ms"), _of(rows, FIRST_IDLE, "p99_ms")
    chunks_p99 = _of(rows, CHUNKS, "p99_ms")
    added_s = None if first_p99 is None else ((chunks_p99 or 0.0) - first_p99) / LATE_MS
    return [
        Bound("idle, p50 in ms", _of(rows, IDLE, "p50_ms"), at_most=1.0),
        Bound("idle, p99 in ms", _of(rows, IDLE, "p99_ms"), at_most=10.0),
        Bound(
            "octets → read, p50 / C",
            _over(rows, FIRST_IDLE, FIRST_FLOOR, "wire", "p50_ms"),
            at_most=2.0,
        ),
        Bound(
            "release → Stop, p50 / C",
            _over(rows, FIRST_IDLE, FIRST_FLOOR, "whole", "p50_ms"),
            at_most=2.0,
        ),
        Bound("polling, p50 / idle", ratio(_of(rows, POLLED, "p50_ms"), first_p50), at_least=500.0),
        Bound("loaded, p50 / idle", ratio(_of(rows, FIRST_LOADED, "p50_ms"), first_p50), 1.25),
        Bound("loaded, p99 / idle", ratio(_of(rows, FIRST_LOADED, "p99_ms"), first_p99), 2.0),
        Bound(
            "1 M objects, p99 / loaded",
            _over(rows, HEAP, FIRST_LOADED, "whole", "p99_ms"),
            at_most=3.0,
        ),
        Bound("5 ms chunks, added at p99 / chunk", ratio(added_s, CHUNK_S), at_most=1.5),
        Bound("disk stalls, p99 / idle", ratio(_of(rows, STALLED, "p99_ms"), first_p99), 2.0),
    ]


def _of_a_link(link: Rows) -> list[Bound]:
    idle_ms = link[head_of_line.IDLE]["p50_ms"]
    bounds = []
    for name, row in link.items():
        bounds.append(Bound(f"{name}: requests before Stop", row["before"], at_most=1))
        if row["before"]:
            waited = ratio(row["p99_ms"], REQUEST_S * 1000)
            bounds.append(Bound(f"{name}: p99 / a request", waited, at_most=1.25))
        elif name != head_of_line.IDLE:
            bounds.append(Bound(f"{name}: p50 / idle", ratio(row["p50_ms"], idle_ms), at_most=2.0))
    return bounds


def _idle(name: str) -> str:
    """The row of the same program and the same scheduler with nothing beside it."""
    if name.startswith("C"):
        return FIRST_FLOOR
    return FIRST_IDLE if ROWS[name].first else IDLE


def _of(rows: Rows, name: str, quantile: str) -> float | None:
    figure: float | None = rows[name]["whole"][quantile] if name in rows else None
    return figure


def _over(rows: Rows, name: str, base: str | None, stretch: str, quantile: str) -> float | None:
    if name not in rows or base is None or base not in rows:
        return None
    return ratio(rows[name][stretch][quantile], rows[base][stretch][quantile])


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

"""How long a campaign takes on all processors, with the same outcomes as on one; and ten thousand
belts alone for an hour each, on one. By CPU time, so that what else runs counts for less.
"""

import resource
import sys
import time
from typing import Any

from benchmarks.parts.figures import machine
from benchmarks.parts.figures import table as drawn
from campaigns.belts import hours
from campaigns.many import here, processors
from campaigns.outcome import Outcome

WALKS, WHOLE = 40, 2000
BELTS, HOUR_S, STEP_S = 10_000, 3600.0, 0.05
"""The belt's model is exact in the lag: a period of the loop is fine enough (see the tests)."""
TEXT = f"""
walks = {WALKS}
[walk]
seconds = {{ uniform = [60, 180] }}
end = {{ choice = ["release", "fall", "stop", "program"] }}
[walker]
both_off_per_minute = 0.2
[machine]
stop_mps2 = {{ normal = [0.5, 0.1] }}
"""
CAMPAIGN_AT_MOST_S = 600.0
SWEEP_AT_MOST_S = 10.0


def run() -> dict[str, Any]:
    """A fiftieth of a campaign of 2000 walks, first on one processor."""
    facts, rows, outcomes = machine(), [], []
    for workers in sorted({1, processors()}):
        print(f"campaigns: {WALKS} walks, {workers} processes", file=sys.stderr, flush=True)
        began_s, began_cpu_s = time.monotonic(), _cpu_s()
        outcomes.append(sorted(o for some in here(TEXT, range(WALKS), workers) for o in some))
        took_s, cpu_s = time.monotonic() - began_s, _cpu_s() - began_cpu_s
        rows.append(_row(workers, outcomes[-1], took_s, cpu_s))
    print(f"campaigns: {BELTS} belts", file=sys.stderr, flush=True)
    began_s = time.process_time()
    hours(BELTS, HOUR_S, STEP_S)
    sweep_s = time.process_time() - began_s
    alike = all(some == outcomes[0] for some in outcomes)
    quick = rows[-1]["whole_s"] <= CAMPAIGN_AT_MOST_S and sweep_s <= SWEEP_AT_MOST_S
    return {
        "machine": facts,
        "rows": rows,
        "alike": alike,
        "sweep_cpu_s": round(sweep_s, 2),
        "met": alike and quick,
    }


def table(result: dict[str, Any]) -> str:
    """A line per number of processes, and one for the belts alone."""
    lines = [tuple(row.values()) for row in result["rows"]]
    head = ("processes", "walks", "walked s", "took s", "CPU s", f"{WHOLE} walks, s")
    alike = "alike" if result["alike"] else "NOT alike"
    belts = f"{BELTS} belts for an hour each, on one core: {result['sweep_cpu_s']} s of CPU time."
    return f"{drawn(head, lines)}\nThe outcomes are {alike}. {belts}"


def _cpu_s() -> float:
    """Of this process, and of its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _row(workers: int, outcomes: list[Outcome], took_s: float, cpu_s: float) -> dict[str, Any]:
    """`whole_s`: a whole campaign, if each process has a processor of its own."""
    walked_s = sum(outcome.lasted_s for outcome in outcomes)
    return {
        "processes": str(workers),
        "walks": len(outcomes),
        "walked_s": round(walked_s),
        "took_s": round(took_s, 1),
        "cpu_s": round(cpu_s, 1),
        "whole_s": round(cpu_s * WHOLE / WALKS / workers),
    }

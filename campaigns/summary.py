"""What a campaign has found: how walks ended, and the distributions of its figures by cause."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from campaigns.outcome import Kind, Outcome

FIGURES = ("latency_s", "stop_m", "stop_s", "carry_m")
QUANTILES = {"p5": 0.05, "p50": 0.5, "p95": 0.95, "max": 1.0}
WORST = 10
HOUR_S = 3600.0
NO_CAUSE = "(its planned end)"


def summary(title: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything as one JSON document."""
    walked_s = sum(outcome.walked_s for outcome in outcomes)
    kinds = Counter(outcome.kind for outcome in outcomes)
    nuisances = kinds[Kind.NUISANCE.value]
    return {
        "title": title,
        "walks": len(outcomes),
        "walked_h": round(walked_s / HOUR_S, 4),
        "simulated_h": round(sum(outcome.lasted_s for outcome in outcomes) / HOUR_S, 4),
        "kinds": {kind.value: kinds[kind.value] for kind in Kind},
        "nuisance_stops_per_walked_hour": (
            round(nuisances * HOUR_S / walked_s, 4) if walked_s else None
        ),
        "unrested": sum(not outcome.rested for outcome in outcomes),
        "unverified": sum(not outcome.verified for outcome in outcomes),
        "escalated": sum(outcome.escalated for outcome in outcomes),
        "peak_mps": max((outcome.peak_mps for outcome in outcomes), default=None),
        "causes": _causes(outcomes),
        "worst": [outcome.row() for outcome in worst(outcomes)],
    }


def worst(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda outcome: outcome.badness, reverse=True)[:WORST]


def by_cause(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    """By kind and cause, those with the most walks first."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        broken = "" if outcome.fault == "none" else f", with {outcome.fault}"
        cause = (outcome.cause or NO_CAUSE) + broken
        groups.setdefault((outcome.kind, cause), []).append(outcome)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def _causes(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "cause": cause,
            "walks": len(group),
            **{figure: quantiles(known(group, figure)) for figure in FIGURES},
        }
        for (kind, cause), group in by_cause(outcomes).items()
    ]


def known(outcomes: Iterable[Outcome], figure: str) -> list[float]:
    """This figure of all that have it, ascending."""
    values = (getattr(outcome, figure) for outcome in outcomes)
    return sorted(value for value in values if value is not None)


def quantiles(ordered: Sequence[float]) -> dict[str, float] | None:
    """Nearest rank; None of nothing."""
    if not ordered:
        return None
    return {
        name: ordered[max(0, math.ceil(share * len(ordered)) - 1)]
        for name, share in QUANTILES.items()
    }

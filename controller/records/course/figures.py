"""What a session comes to, in figures."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from controller.records.course.counted import Counted
from controller.records.course.events import Event
from controller.records.course.samples import Sample
from controller.records.course.stops import Stop
from controller.records.course.track import Track
from controller.safety.told import FLUTTER_S

TURN_LIMIT_S = 1.0
"""A longer time between two turns is a gap in the record, and no hand is vouched for in it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """SI units, in the names; None is what was not recorded.

    `duration_s`: of the record; `walked_s`: the belt moved; `distance_m`: the integral of its
    speed, `machine_m` and `machine_s` the machine's own count; `both_s`, `one_s`, `none_s`: how
    many hands held while it moved; `releases`, `one_hand`: how often both, or one of two, let go;
    `latency_s`, `carry_m`, `to_rest_s`: the worst among the stops; `verified`: each stop was.
    """

    duration_s: float
    walked_s: float
    distance_m: float
    machine_m: float | None
    machine_s: int | None
    mean_mps: float | None
    peak_mps: float
    peak_set_point_mps: float
    cap_mps: float
    peak_incline_pct: float | None
    both_s: float
    one_s: float
    none_s: float
    blind_s: float
    releases: int
    one_hand: int
    stops: int
    latency_s: float | None
    to_rest_s: float | None
    carry_m: float | None
    mean_bpm: float | None
    peak_bpm: int | None
    verified: bool


def figures(
    samples: Sequence[Sample],
    events: Sequence[Event],
    stops: Sequence[Stop],
    track: Track,
    counted: Counted,
    *,
    duration_s: float,
) -> Figures:
    held_s = _held(samples)
    kinds = [event.kind for event in events]
    beats = [s.heart_rate_bpm for s in samples if s.moves and s.heart_rate_bpm is not None]
    return Figures(
        duration_s=duration_s,
        walked_s=track.walked_s,
        distance_m=track.distance_m,
        machine_m=counted.metres,
        machine_s=counted.seconds,
        mean_mps=track.distance_m / track.walked_s if track.walked_s else None,
        peak_mps=max((s.belt_mps or 0.0 for s in samples), default=0.0),
        peak_set_point_mps=max((s.set_point_mps for s in samples), default=0.0),
        cap_mps=samples[-1].cap_mps if samples else 0.0,
        peak_incline_pct=_most(s.incline_pct for s in samples),
        both_s=held_s[2],
        one_s=held_s[1],
        none_s=held_s[0],
        blind_s=track.blind_s,
        releases=_releases(events),
        one_hand=kinds.count("one_hand"),
        stops=len(stops),
        latency_s=_most(s.latency_s for s in stops),
        to_rest_s=_most(s.to_rest_s for s in stops),
        carry_m=_most(s.carry_m for s in stops),
        mean_bpm=sum(beats) / len(beats) if beats else None,
        peak_bpm=max(beats, default=None),
        verified=all(stop.verified for stop in stops) and not (samples and samples[-1].moves),
    )


def _releases(events: Sequence[Event]) -> int:
    """How often both hands let go. Hands that let go again at once have not held in between."""
    found, held_at_s = 0, -math.inf
    for event in events:
        if event.kind == "released":
            found += event.at_s - held_at_s >= FLUTTER_S
        elif event.kind in ("held", "one_hand") and found:
            held_at_s = event.at_s
    return found


def _held(samples: Sequence[Sample]) -> list[float]:
    """Seconds with no, one and both hands on the rails while the belt moved."""
    held_s = [0.0, 0.0, 0.0]
    for sample, after in pairwise(samples):
        lasted_s = after.at_s - sample.at_s
        if sample.moves and lasted_s <= TURN_LIMIT_S:
            held_s[sample.hands] += lasted_s
    return held_s


def _most(figures: Iterable[float | None]) -> float | None:
    return max((each for each in figures if each is not None), default=None)

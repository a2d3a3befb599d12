"""What each step of a commissioning makes of what it saw: scene in, notes out."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from statistics import median

from controller.commissioning.cap import cap_mps
from controller.commissioning.notes import Notes, Sample, Scene
from controller.commissioning.stopping import Point, fitted
from controller.safety.limits import HARD
from protocols.probing import Ask
from protocols.units import mps_from_kmh

Judge = Callable[[Scene], Notes]

UNIT = 1.609344
UNIT_SHARE = 0.1
"""How near to a ratio of units a ratio of speeds must be to be taken for one."""
NEAR_SHARE = 0.15
NEAR_MPS = mps_from_kmh(0.11)
ANSWER_LIMIT_S = 1.0
"""A walk's own: a set-point that is answered later trips it."""
PHANTOM_M = 0.5
SLOWED = 0.6
RUNS_ON = 0.8
SILENCE_S = 1.0
"""A machine that brakes so soon after its controller fell silent has a dead-man of its own."""
HARD_MPS2 = 1.0
LEAST_M = 5.0
COARSE_M = 2.0
"""Metres that a machine counts at a time; with coarser ones nothing can be compared."""
WAY_SHARE = 1.4
"""A count in whole metres is off by one, and a ratio of units is 1.6."""


def nothing(scene: Scene) -> Notes:
    return scene.notes


def listened(scene: Scene) -> Notes:
    """At rest, before anything was asked."""
    notes = scene.notes
    gaps_s = [after.at_s - before.at_s for before, after in pairwise(scene.samples)]
    if not gaps_s:
        return notes.with_flaw("silent")
    notes = replace(notes, period_s=median(gaps_s))
    if scene.report.grid is None or not 0 < scene.grid.minimum <= scene.grid.maximum:
        return notes.with_flaw("no_range")
    if scene.moving:
        moved = _advanced(scene) or 0 in scene.speeds_mps
        return notes.with_flaw("moves_by_itself" if moved else "phantom_speed")
    too_fast = scene.grid.mps(scene.grid.minimum) > HARD.start_mps
    return notes.with_flaw("minimum_too_fast") if too_fast else notes


def control_asked(scene: Scene) -> Notes:
    answered = scene.answered(Ask.CONTROL)
    notes = scene.notes
    if scene.moving:
        notes = notes.with_flaw("control_starts")
    if answered is False:
        return notes.with_flaw("control_refused")
    return notes if answered else notes.with_quirk("no_control_answer")


def stopped_at_rest(scene: Scene) -> Notes:
    return scene.notes.with_flaw("stop_starts") if scene.moving else scene.notes


def started(scene: Scene) -> Notes:
    if not scene.moving:
        return scene.notes.with_flaw("no_motion")
    return _timed(scene, Ask.START)


def at_minimum(scene: Scene) -> Notes:
    """The units, and whether the lowest speed of the range is one."""
    notes = _timed(scene, Ask.SPEED)
    if scene.answered(Ask.SPEED) is False:
        return notes.with_flaw("minimum_refused")
    if any(speed == 0 for speed in scene.speeds_mps):
        return notes.with_flaw("glitches")
    return _compared(notes, median(scene.speeds_mps[-3:] or [0.0]), scene.target_mps, "wrong_speed")


def at_target(scene: Scene) -> Notes:
    """A new set-point while the belt runs: followed, how fast, and as a belt follows?"""
    notes = _timed(scene, Ask.SPEED)
    reached_mps = median(scene.speeds_mps[-3:] or [0.0])
    if not _near(reached_mps, scene.target_mps):
        return notes.with_flaw("ignores_speed")
    if 0 in scene.speeds_mps:
        return notes.with_flaw("glitches")
    step_mps = scene.target_mps - scene.from_mps
    between = [
        sample
        for sample in scene.samples
        if 0.07 < (sample.speed_mps - scene.from_mps) / (step_mps or 1.0) < 0.93
    ]
    notes = replace(notes, jumps=(*notes.jumps, not between))
    notes = replace(notes, up_mps2=max(notes.up_mps2, _steepest(scene)))
    all_jump = len(notes.jumps) >= 2 and all(notes.jumps)
    return notes.with_flaw("echo") if all_jump else notes


def held(scene: Scene) -> Notes:
    """A set-point that has stood for long still does."""
    now_mps = median(scene.speeds_mps[-3:] or [0.0])
    stands = _near(now_mps, scene.target_mps)
    return scene.notes if stands else scene.notes.with_flaw("ignores_speed")


def started_again(scene: Scene) -> Notes:
    """Start, sent to a belt that moved."""
    slowest_mps = min(scene.speeds_mps[-2:] or [0.0])
    toggles = slowest_mps < SLOWED * scene.from_mps
    return scene.notes.with_quirk("start_toggles") if toggles else scene.notes


def stopped_after_pause(scene: Scene) -> Notes:
    """Stop, sent to a belt that was paused or still ran."""
    rested = not any(sample.speed_mps for sample in scene.before)
    if rested and scene.moving:
        return scene.notes.with_flaw("stop_starts")
    return scene.notes if scene.rest_s else scene.notes.with_flaw("ignores_stop")


def stopped(scene: Scene) -> Notes:
    """One measured stop."""
    from_mps, notes = scene.from_mps, scene.notes
    sent_at_s = scene.sent_at_s[0] if scene.sent_at_s else scene.since_s
    points = tuple(
        Point(sample.at_s - sent_at_s, sample.speed_mps, from_mps)
        for sample in _to_rest(scene)
        if sample.at_s > sent_at_s
    )
    if scene.report.frozen_for_s(scene.now_s) > 2:
        return notes.with_flaw("frozen")
    if not scene.rest_s:
        slowed = points and points[-1].speed_mps < SLOWED * from_mps
        return notes.with_flaw("no_stop_seen" if slowed else "ignores_stop")
    speeds_mps = [point.speed_mps for point in points]
    if any(after > before + NEAR_MPS for before, after in pairwise(speeds_mps)):
        return notes.with_flaw("stop_starts")
    stop_s = max([notes.stop_s, *(point.after_s for point in points)])
    return replace(notes, points=notes.points + points, stop_s=stop_s)


def reckoned(scene: Scene) -> Notes:
    """All stops together: a curve, a cap that the machine can run at, a distance that agrees."""
    notes = _measured_way(scene.notes)
    curve = fitted(notes.points)
    if curve is None:
        return notes.with_flaw("instant_stop")
    if cap_mps(curve) < scene.grid.mps(scene.grid.minimum):
        return notes.with_flaw("stop_too_slow")
    return notes.with_quirk("stops_hard") if curve.slope_mps2 > HARD_MPS2 else notes


def _measured_way(notes: Notes) -> Notes:
    told_m = (notes.integrated_m, notes.counted_m)
    if min(told_m) < 1 or max(told_m) < LEAST_M or notes.coarsest_m > COARSE_M:
        return notes.with_quirk("no_distance")
    agrees = 1 / WAY_SHARE <= notes.counted_m / notes.integrated_m <= WAY_SHARE
    return notes if agrees else notes.with_flaw("distance")


def spaced(spacing_s: float) -> Judge:
    """Two set-points so far apart were both answered."""

    def judge(scene: Scene) -> Notes:
        said = [answer.accepted for answer in scene.answers if answer.what is Ask.SPEED]
        if said == [True, True]:
            return replace(scene.notes, spacing_s=spacing_s)
        return scene.notes

    return judge


def spacing_found(scene: Scene) -> Notes:
    spacing_s = scene.notes.spacing_s
    if spacing_s is None:
        return scene.notes.with_flaw("spacing")
    return scene.notes.with_quirk("needs_spacing") if spacing_s > 0.2 else scene.notes


def away(scene: Scene) -> Notes:
    """After the link came back: does the belt run on?"""
    notes = scene.notes
    heard = [sample for sample in scene.samples if sample.at_s > scene.sent_at_s[-1]]
    if not heard:
        return notes.with_flaw("no_link")
    last = heard[-1]
    if last.speed_mps > RUNS_ON * scene.target_mps:
        return notes.with_quirk("keeps_running")
    notes = replace(notes, quirks=notes.quirks - {"keeps_running"}).with_quirk("stops_unlinked")
    braked_s = heard[0].at_s - scene.sent_at_s[0]
    return replace(notes, silence_s=braked_s) if notes.silence_s is None else notes


def at_the_end(scene: Scene) -> Notes:
    return scene.notes if scene.rest_s else scene.notes.with_flaw("no_stop_seen")


def _advanced(scene: Scene) -> bool:
    distances_m = [sample.distance_m for sample in scene.samples if sample.distance_m is not None]
    return bool(distances_m) and distances_m[-1] - distances_m[0] > PHANTOM_M


def _to_rest(scene: Scene) -> list[Sample]:
    """The records up to the first one of rest."""
    taken = []
    for sample in scene.samples:
        taken.append(sample)
        if sample.speed_mps == 0:
            break
    return taken


def _timed(scene: Scene, what: Ask) -> Notes:
    """How long the machine took to answer."""
    notes = scene.notes
    waits_s = [
        answer.at_s - max(at_s for at_s in scene.sent_at_s if at_s <= answer.at_s)
        for answer in scene.answers
        if answer.what is what and scene.sent_at_s and answer.at_s >= scene.sent_at_s[0]
    ]
    if not waits_s:
        return notes.with_flaw("unanswered")
    notes = replace(notes, answer_s=max(notes.answer_s, *waits_s))
    return notes.with_flaw("slow_answers") if max(waits_s) > ANSWER_LIMIT_S else notes


def _near(speed_mps: float, asked_mps: float) -> bool:
    return abs(speed_mps - asked_mps) <= max(NEAR_SHARE * asked_mps, NEAR_MPS)


def _compared(notes: Notes, speed_mps: float, asked_mps: float, other: str) -> Notes:
    """The speed against the one asked for, or a ratio of units."""
    ratios = {"mph_for_kmh": UNIT, "kmh_for_mph": 1 / UNIT}
    for name, ratio in ratios.items():
        if abs(speed_mps / asked_mps / ratio - 1) <= UNIT_SHARE:
            return notes.with_flaw(name)
    return notes if _near(speed_mps, asked_mps) else notes.with_flaw(other)


def _steepest(scene: Scene) -> float:
    pairs = pairwise((*scene.before[-1:], *scene.samples))
    return max(
        (
            (after.speed_mps - before.speed_mps) / (after.at_s - before.at_s)
            for before, after in pairs
            if after.at_s > before.at_s
        ),
        default=0.0,
    )

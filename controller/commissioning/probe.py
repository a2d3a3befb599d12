"""The commissioning itself: a state machine over time. Evidence in; acts and a question out. Pure.

Call `advance` on news and at least every `TICK_S`; send each act that it gives, at once. While it
asks a question, answer by `answered`. Whatever is found, and whenever a person says stop, it ends
with Stop and is over only when rest was seen, or was waited for in vain.
"""

import math
from dataclasses import dataclass, field, replace

from controller.commissioning.flaws import FLAWS
from controller.commissioning.notes import Notes, Sample, Scene, Sight
from controller.commissioning.steps import ENDING, LISTEN, STOPS, Step, fast, lowest, plan
from protocols.belt import SpeedGrid
from protocols.probing import Ask, Asked

TICK_S = 0.02
MOTION_LIMIT_S = 420.0
"""All motion together; a commissioning takes three minutes."""
SILENT_S = 3.0
FROZEN_S = 4.0
TOO_FAST_SHARE, TOO_FAST_MPS = 1.75, 0.1
"""Over what was asked for; belts that take km/h for mph stay below it."""
REPORTS_APART_S = 5.0
START_S = 10.0
"""A machine that was started moves by then, or not at all."""
SOON_S = 2.0
NO_GRID = SpeedGrid(0, 0, 1, 360.0)


@dataclass(frozen=True, slots=True)
class Probe:
    """A commissioning under way. A default one has not begun.

    `over`: nothing more will be asked; `verified`: rest was seen at the end.
    """

    stops: int = STOPS
    extras: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = (LISTEN,)
    index: int = 0
    since_s: float | None = None
    waiting: bool = False
    sent_at_s: tuple[float, ...] = ()
    heard: int = 0
    samples: tuple[Sample, ...] = ()
    before: tuple[Sample, ...] = ()
    moving_since_s: float | None = None
    started_at_s: float = -math.inf
    notes: Notes = field(default_factory=Notes)
    log: tuple[str, ...] = ()
    over: bool = False
    verified: bool = False

    @property
    def step(self) -> Step:
        return self.steps[self.index]

    @property
    def question(self) -> str:
        return self.step.question if self.waiting else ""

    @property
    def ending(self) -> bool:
        return self.step is ENDING

    @property
    def flaw(self) -> str:
        """The first thing found for which this machine is refused; empty for none."""
        return self.notes.flaws[0] if self.notes.flaws else ""

    @property
    def refusal(self) -> str:
        return FLAWS[self.flaw] if self.flaw else ""


def advance(probe: Probe, sight: Sight) -> tuple[Probe, tuple[Asked, ...]]:
    """The probe after `sight`, and the acts that are due now."""
    if probe.over:
        return probe, ()
    if probe.since_s is None:
        probe = _entered(probe, sight)
    probe = _heard(probe, sight)
    probe = _alarmed(probe, sight)
    if probe.waiting:
        return probe, ()
    scene = _scene(probe, sight)
    if probe.step.over(scene) or scene.now_s - scene.since_s >= probe.step.limit_s:
        probe = _next(replace(probe, notes=probe.step.judge(scene)), sight)
    return _sent(probe, sight)


def answered(probe: Probe, yes: bool, sight: Sight) -> Probe:
    """What the person said to the question."""
    if not probe.waiting:
        return probe
    probe = replace(probe, waiting=False, since_s=sight.now_s)
    return probe if yes else interrupted(probe, sight)


def interrupted(probe: Probe, sight: Sight) -> Probe:
    """Somebody wants the belt to stop, now."""
    if probe.over or probe.ending:
        return probe
    return _to_the_end(replace(probe, notes=probe.notes.with_flaw("interrupted")), sight)


def _heard(probe: Probe, sight: Sight) -> Probe:
    """One more record, if there is one; the way that speeds make, and the machine's own count."""
    report = sight.report
    at_s, speed_mps = report.reported_at_s, report.speed_mps
    last = (probe.samples or probe.before)[-1:]
    if at_s is None or speed_mps is None or (last and at_s <= last[0].at_s):
        return probe
    if probe.since_s is not None and at_s < probe.since_s:
        return probe
    sample = Sample(at_s, speed_mps, report.distance_m)
    notes = _walked(probe.notes, last[0], sample) if last else probe.notes
    moving_since_s = probe.moving_since_s
    if moving_since_s is None and speed_mps:
        moving_since_s = at_s
    samples = (*probe.samples, sample)
    return replace(probe, samples=samples, notes=notes, moving_since_s=moving_since_s)


def _walked(notes: Notes, before: Sample, now: Sample) -> Notes:
    if now.at_s - before.at_s > REPORTS_APART_S or None in (before.distance_m, now.distance_m):
        return notes
    counted_m = (now.distance_m or 0.0) - (before.distance_m or 0.0)
    mean_mps = (before.speed_mps + now.speed_mps) / 2
    return replace(
        notes,
        counted_m=notes.counted_m + counted_m,
        integrated_m=notes.integrated_m + mean_mps * (now.at_s - before.at_s),
        coarsest_m=max(notes.coarsest_m, counted_m),
    )


def _alarmed(probe: Probe, sight: Sight) -> Probe:
    """What must not be, in any step: too fast, too long, silent, frozen."""
    if probe.ending:
        return probe
    found = next((name for name, seen in _alarms(probe, sight) if seen), "")
    return (
        _to_the_end(replace(probe, notes=probe.notes.with_flaw(found)), sight) if found else probe
    )


def _alarms(probe: Probe, sight: Sight) -> tuple[tuple[str, bool], ...]:
    now_s, report = sight.now_s, sight.report
    away = any(asked.what is Ask.LEAVE for asked in probe.step.asks)
    moving_s = now_s - (now_s if probe.moving_since_s is None else probe.moving_since_s)
    since_s = now_s if probe.since_s is None else probe.since_s
    patient = now_s - since_s < SILENT_S
    return (
        ("overspeed", (report.speed_mps or 0.0) > _limit_mps(probe, report.grid)),
        ("no_link", not away and not patient and not report.linked),
        ("silent", not away and not patient and report.age_s(now_s) > SILENT_S),
        ("frozen", probe.step is not LISTEN and report.frozen_for_s(now_s) > FROZEN_S),
        ("interrupted", moving_s > MOTION_LIMIT_S),
    )


def _limit_mps(probe: Probe, grid: SpeedGrid | None) -> float:
    """Above this speed no belt is that does what it was asked; at rest, anything is judged."""
    if grid is None or probe.step is LISTEN:
        return math.inf
    return TOO_FAST_SHARE * _target_mps(probe, grid, highest=True) + TOO_FAST_MPS


def _target_mps(probe: Probe, grid: SpeedGrid, *, highest: bool = False) -> float:
    """What the belt was last asked for; `highest`: or just before, for it takes time to slow."""
    target = probe.step.target
    if highest and probe.index and target == 0:
        target = max(step.target for step in probe.steps[max(0, probe.index - 1) : probe.index])
    return grid.mps(fast(grid) if target else lowest(grid))


def _scene(probe: Probe, sight: Sight) -> Scene:
    grid = sight.report.grid or NO_GRID
    return Scene(
        now_s=sight.now_s,
        since_s=sight.now_s if probe.since_s is None else probe.since_s,
        grid=grid,
        report=sight.report,
        samples=probe.samples,
        before=probe.before,
        answers=sight.answers[probe.heard :],
        sent_at_s=probe.sent_at_s,
        target_mps=_target_mps(probe, grid),
        notes=probe.notes,
    )


def _next(probe: Probe, sight: Sight) -> Probe:
    """The step after this one; after a flaw, and after the last, the ending."""
    probe = replace(probe, log=(*probe.log, probe.step.name))
    if probe.ending:
        return replace(probe, over=True, verified="no_stop_seen" not in probe.notes.flaws)
    if probe.step is LISTEN and len(probe.steps) == 1:
        steps = plan(sight.report.grid, probe.notes.period_s, probe.stops, probe.extras)
        probe = replace(probe, steps=(*steps, ENDING))
    if probe.notes.flaws:
        return _to_the_end(probe, sight)
    index = probe.index + 1
    while not probe.steps[index].needed(probe.notes):
        index += 1
    return _entered(replace(probe, index=index), sight)


def _to_the_end(probe: Probe, sight: Sight) -> Probe:
    steps = probe.steps if probe.steps[-1] is ENDING else (*probe.steps, ENDING)
    return _entered(replace(probe, steps=steps, index=len(steps) - 1, waiting=False), sight)


def _entered(probe: Probe, sight: Sight) -> Probe:
    return replace(
        probe,
        since_s=sight.now_s,
        waiting=bool(probe.step.question),
        sent_at_s=(),
        heard=len(sight.answers),
        before=(probe.samples or probe.before)[-3:],
        samples=(),
    )


def _sent(probe: Probe, sight: Sight) -> tuple[Probe, tuple[Asked, ...]]:
    """The acts of this step whose time has come."""
    if probe.over or probe.waiting or probe.since_s is None:
        return probe, ()
    into_s = sight.now_s - probe.since_s
    waiting = probe.step.asks[len(probe.sent_at_s) :]
    due = tuple(asked for asked in waiting if asked.after_s <= into_s)
    if not due:
        return probe, ()
    wanted = tuple(asked for asked in due if not probe.ending or _wanted(probe, asked, sight))
    if any(asked.what is Ask.START for asked in wanted):
        probe = replace(probe, started_at_s=sight.now_s)
    return replace(probe, sent_at_s=probe.sent_at_s + (sight.now_s,) * len(due)), wanted


def _wanted(probe: Probe, asked: Asked, sight: Sight) -> bool:
    """Whether the ending has a use for this act: for a belt that moves or may be about to, and
    not for a second Stop so soon after one that was accepted."""
    about_to = sight.now_s - probe.started_at_s < START_S
    rests = sight.report.at_rest_for_s(sight.now_s) > 0
    if rests and not (about_to and not probe.sent_at_s):
        return False
    accepted = any(each.what is Ask.STOP and each.accepted for each in sight.answers[probe.heard :])
    return not (accepted and asked.after_s < SOON_S)

"""Plays a scenario on the whole stack, and says what of its expectations did not come true."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from controller.programs.library import built_in
from controller.programs.program import Kind, Part, Program, ProgramPhase
from controller.safety.told import Scale, Symptom, Told
from simulators.scenario import Event, Scenario
from tests.safety.stack.afflictions import named
from tests.safety.stack.bedside import Bedside, Room, run

QUICK = Program("quick", "Quick", (ProgramPhase(6000.0, 2.0),))
CLIMB = Program(
    "climb",
    "Climb",
    (ProgramPhase(20.0, 0.2), ProgramPhase(45.0, 0.2, 3.0), ProgramPhase(40.0, 0.2)),
)
RESISTED = Program("resisted", "Resisted", (ProgramPhase(20.0, 0.0),), Kind.BELT_OFF)
RESTED = Program(
    "rested",
    "Rested",
    (ProgramPhase(15.0, 0.2), ProgramPhase(20.0, 0.0, part=Part.REST), ProgramPhase(15.0, 0.2)),
)
SITES = {CLIMB.id: Room(limits={"incline_pct": 5.0})}
LIMIT_BPM = 120
TOLD = {
    "tells of amber pain": Told(pain_nprs=4),
    "tells of red pain": Told(pain_nprs=6),
    "tells of hard effort": Told(effort=15, effort_scale=Scale.BORG_6_20),
    "tells of dizziness": Told(symptom=Symptom.DIZZINESS),
}
HEARTS: dict[str, dict[str, Any]] = {
    "races": {"bpm": 150},
    "calms down": {"bpm": 90},
    "strap falls off": {"worn": False},
    "strap falls silent": {"on": False},
    "strap hangs": {"hangs": True},
}
START_LIMIT_S = 15.0
"""Longest way from nothing to Start, by the book."""
ROUNDING = 1e-6


WALKS = ("walking", "belt_off")


@dataclass(frozen=True, slots=True)
class Played:
    """`unmet`: sentences for what was expected and did not come true, or broke a claim."""

    unmet: tuple[str, ...]
    cause: str
    digest: str
    stop_s: float | None
    rest_s: float | None
    carry_m: float


def play(scenario: Scenario, seed: int | None = None) -> Played:
    seed = scenario.seed if seed is None else seed
    played: Played = run(_play(scenario, seed), seed)
    return played


class _Notes:
    """What is looked for at the end and would be gone by then."""

    def __init__(self, bedside: Bedside) -> None:
        self._bedside = bedside
        self._hear = bedside.verdict.heard
        bedside.verdict.heard = self.heard  # type: ignore[method-assign]
        self.pull_key = False
        self.carry_m = 0.0
        self.steepest_pct = 0.0

    def heard(self, told: dict[str, Any]) -> None:
        self._hear(told)
        self.pull_key |= told["pull_key"]
        self.carry_m = max(self.carry_m, self._bedside.scene.carry_m or 0.0)
        incline_pct = self._bedside.scene.treadmill.firmware.incline / 10
        self.steepest_pct = max(self.steepest_pct, incline_pct)


async def _play(scenario: Scenario, seed: int) -> Played:
    bedside = Bedside(seed, SITES.get(scenario.program))
    for fault in scenario.faults:
        named(fault, at_once=False)(bedside)
    programs = {name: sheet.program for name, sheet in built_in().items()}
    programs |= {each.id: each for each in (QUICK, CLIMB, RESISTED, RESTED)}
    bedside.supervisor.program = programs[scenario.program]
    bedside.supervisor.wants = ["arm", "start"]
    bedside.verdict.rests = scenario.program == RESTED.id
    if any(event.actor == "heart" for event in scenario.events):
        bedside.supervisor.limit_bpm = LIMIT_BPM
    async with bedside.alive():
        walking = await bedside.until(lambda: bedside.verdict.phase in WALKS, START_LIMIT_S)
        notes = _Notes(bedside)
        began_s = bedside.now_s
        for event in scenario.events:
            await asyncio.sleep(max(0.0, began_s + event.at_s - bedside.now_s))
            ACTS[event.actor](bedside, event)
        await asyncio.sleep(max(0.0, began_s + scenario.watch_s - bedside.now_s))
        first_s = began_s + (scenario.events[0].at_s if scenario.events else 0.0)
        return _judged(scenario, bedside, notes, walking=walking, first_s=first_s)


def _judged(
    scenario: Scenario, bedside: Bedside, notes: _Notes, *, walking: bool, first_s: float
) -> Played:
    verdict = bedside.verdict
    stop_at_s = next((at_s for at_s in verdict.stops if at_s >= first_s), None)
    stop_s = None if stop_at_s is None else stop_at_s - first_s
    rest_s = None
    if stop_at_s is not None and verdict.rested_at_s is not None:
        rest_s = verdict.rested_at_s - stop_at_s
    found = {
        "starts": walking,
        "cause": verdict.cause or "",
        "ends": verdict.phase,
        "rest": bedside.scene.belt.speed_mps == 0,
        "pull_key": notes.pull_key,
        "stop_within_s": stop_s,
        "rest_within_s": rest_s,
        "carry_at_most_m": notes.carry_m,
        "peak_at_most_mps": verdict.peak_belt_mps,
        "peak_at_least_mps": verdict.peak_belt_mps,
        "incline_at_least_pct": notes.steepest_pct,
        "ends_at_most_pct": bedside.scene.treadmill.firmware.incline / 10,
    }
    unmet = (*verdict.found, *_unmet(scenario, found))
    cause = str(found["cause"])
    return Played(unmet, cause, bedside.log.digest, stop_s, rest_s, notes.carry_m)


def _unmet(scenario: Scenario, found: dict[str, Any]) -> Iterator[str]:
    for key, is_so in found.items():
        wanted = getattr(scenario.expect, key)
        if wanted is not None and not _meets(key, wanted, is_so):
            yield f"expected {key} {wanted!r}, found {is_so!r}"


def _meets(key: str, wanted: Any, is_so: Any) -> bool:
    if "_at_least_" in key:
        return bool(is_so >= wanted)
    if "_within_" in key or "_at_most_" in key:
        return is_so is not None and bool(is_so <= wanted + ROUNDING)
    return bool(is_so == wanted)


def _walker(bedside: Bedside, event: Event) -> None:
    bedside.obliging = False
    if event.act in ("pull the cord", "clip the cord on"):
        bedside.scene.sensor.tether = event.act != "pull the cord"
    else:
        bedside.scene.intend(event.act)


def _supervisor(bedside: Bedside, event: Event) -> None:
    if event.act in ("leave", "return"):
        bedside.supervisor.attends = event.act == "return"
    elif event.act in TOLD:
        bedside.supervisor.press("report", told=TOLD[event.act])
    else:
        bedside.supervisor.press(event.act)


def _heart(bedside: Bedside, event: Event) -> None:
    for name, value in HEARTS[event.act].items():
        setattr(bedside.strap, name, value)


def _console(bedside: Bedside, event: Event) -> None:
    bedside.scene.treadmill.press(event.act)


def _machine(bedside: Bedside, event: Event) -> None:
    named(event.act)(bedside)


def _computer(bedside: Bedside, event: Event) -> None:
    if event.act == "guard dies":
        bedside.guard_lives = False
    elif event.act == "pauses for a second":
        bedside.stall(1.0)
    else:
        bedside.ledger.works = event.act == "disk works again"


ACTS: dict[str, Callable[[Bedside, Event], None]] = {
    "walker": _walker,
    "supervisor": _supervisor,
    "heart": _heart,
    "console": _console,
    "machine": _machine,
    "computer": _computer,
}

"""The alphabet of the walk: what may be told, asked and waited for in one turn, quantised.

A letter is one value of every atom; atom 0 is the healthy one. Times are offsets from the turn, so
one letter means the same at every moment.
"""

from dataclasses import dataclass
from itertools import combinations, product

from controller.programs.program import FREE_WALK, Kind, Program, ProgramPhase
from controller.safety.evidence import Evidence
from controller.safety.limits import Limits
from controller.safety.mark import Mark
from controller.safety.told import Scale, Symptom, Told
from controller.session.commands import Orientation, Role, Verb
from controller.step.state import Command
from protocols.belt import BeltReport, Control, SpeedGrid
from protocols.grip import GripFrame, GripReport

ATOMS: dict[str, tuple[str, ...]] = {
    "hands": ("both", "left", "right", "none", "quiet", "silent", "never"),
    "belt": ("as asked", "rests", "just rests", "moves", "races", "no number", "rests, asked"),
    "age": ("fresh", "late", "silent", "lost", "never", "future"),
    "link": ("granted", "unasked", "refused", "lost", "unlinked", "no grid"),
    "event": ("none", "key", "console", "foreign", "failed", "old key", "ancient key", "garbled"),
    "latency": ("none", "long", "unknown"),
    "fall": ("no", "yes"),
    "tether": ("on", "off"),
    "guard": ("heard", "silent"),
    "console": ("heard", "silent"),
    "journal": ("written", "not written"),
    "battery": ("full", "low"),
    "computer": ("awake", "slept", "clocks do not say"),
    "mark": ("moving", "at rest", "unknown"),
    "relay": ("closed", "open"),
    "profile": ("commissioned", "not commissioned"),
    "machine": ("obeys", "does not answer", "repeats itself", "inclines", "runs backward"),
}
TURNED = Orientation.TURNED
SIZES = tuple(len(values) for values in ATOMS.values())
NAMES = tuple(ATOMS)
AWAKE_SINCE_S = 1.0
FROZEN_S = 3.0


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told in one turn, as indices into `ATOMS`."""

    hands: int
    belt: int
    age: int
    link: int
    event: int
    latency: int
    fall: bool
    tether_off: bool
    guard_silent: bool
    console_silent: bool
    journal_fails: bool
    battery_low: bool
    asleep: int
    mark: int
    relay_open: bool
    unproven: bool
    machine: int

    @property
    def holds_both(self) -> bool:
        return self.hands == 0

    @property
    def holds_any(self) -> bool:
        return self.hands <= 2


def letter(values: tuple[int, ...]) -> Letter:
    hands, belt, age, link, event, latency, fall, tether, *others = values
    guard, console, journal, battery, asleep, mark, relay, profile, machine = others
    return Letter(
        hands, belt, age, link, event, latency, fall > 0, tether > 0, guard > 0, console > 0,
        journal > 0, battery > 0, asleep, mark, relay > 0, profile > 0, machine,
    )  # fmt: skip


def letters(off: int) -> list[Letter]:
    """Every letter with exactly `off` atoms that are not healthy."""
    found = []
    for dims in combinations(range(len(SIZES)), off):
        for values in product(*(range(1, SIZES[dim]) for dim in dims)):
            chosen = dict(zip(dims, values, strict=True))
            found.append(letter(tuple(chosen.get(dim, 0) for dim in range(len(SIZES)))))
    return found


def spelled(told: Letter) -> str:
    """The letter in words: the atoms that are not healthy."""
    values = (
        told.hands, told.belt, told.age, told.link, told.event, told.latency, told.fall,
        told.tether_off, told.guard_silent, told.console_silent, told.journal_fails,
        told.battery_low, told.asleep, told.mark, told.relay_open, told.unproven, told.machine,
    )  # fmt: skip
    words = [
        f"{name} {ATOMS[name][int(value)]}"
        for name, value in zip(NAMES, values, strict=True)
        if value
    ]
    return ", ".join(words) or "all is well"


@dataclass(frozen=True, slots=True)
class Room:
    """The limits and the machine that a walk is about, and what the figures of `ATOMS` are."""

    name: str
    limits: Limits
    grid: SpeedGrid

    def age_s(self, age: int) -> float | None:
        limits = self.limits
        if age == 4:
            return None
        ages_s = (0.0, limits.belt_hold_s, limits.belt_stop_s, limits.belt_lost_s)
        return -1.0 if age == 5 else ages_s[age] + (0.01 if age else 0.0)


def evidence(told: Letter, room: Room, now_s: float, asked_units: int) -> Evidence:
    """The letter as evidence at `now_s`; `asked_units` is the set-point that stands."""
    return Evidence(
        belt=_belt(told, room, now_s, asked_units),
        grip=_grip(told, room, now_s),
        guard_seen_at_s=now_s - (room.limits.guard_silent_s + 0.01 if told.guard_silent else 0.0),
        console_seen_at_s=now_s
        - (room.limits.console_silent_s + 0.01 if told.console_silent else 0.0),
        journal_ok=not told.journal_fails,
        awake_since_s=None if told.asleep == 2 else now_s if told.asleep else AWAKE_SINCE_S,
        kept=None if told.mark == 2 else Mark(moving=told.mark == 0),
        commissioned=not told.unproven,
        relay_ok=not told.relay_open,
    )


def _belt(told: Letter, room: Room, now_s: float, asked_units: int) -> BeltReport:
    asked_mps = room.grid.mps(asked_units)
    speed_mps, written_mps, rest_s = asked_mps, asked_mps, 60.0
    if told.belt in (1, 2):
        speed_mps, written_mps, rest_s = 0.0, 0.0, 60.0 if told.belt == 1 else 0.5
    elif told.belt == 3:
        speed_mps, written_mps = 0.3, 0.0
    elif told.belt == 4:
        speed_mps = room.limits.cap_mps + room.limits.overspeed_mps + 0.2
    elif told.belt == 5:
        speed_mps = float("nan")
    elif told.belt == 6:
        speed_mps = 0.0
    age_s = room.age_s(told.age)
    event, at_s = told.event, now_s - (0.5 if told.event == 5 else 0.0)
    if event == 6:
        at_s = 1.0
    return BeltReport(
        linked=told.link != 4,
        control=CONTROLS[told.link],
        speed_mps=speed_mps,
        reported_at_s=None if age_s is None else now_s - age_s,
        distance_m=0.0,
        rest_since_s=now_s - rest_s if speed_mps == 0 else None,
        grid=None if told.link == 5 else room.grid,
        safety_key_at_s=at_s if event in (1, 5, 6) else None,
        console_stop_at_s=at_s if event == 2 else None,
        foreign_at_s=at_s if event == 3 else None,
        set_point_mps=written_mps,
        stop_sent_at_s=None,
        write_failed_at_s=at_s if event == 4 else None,
        garbled_at_s=at_s if event == 7 else None,
        unanswered_since_s=now_s - room.limits.answer_s - 0.01 if told.machine == 1 else None,
        elapsed_s=7,
        repeats=9 if told.machine == 2 else 0,
        changed_at_s=now_s - (FROZEN_S if told.machine == 2 else 0.0),
        inclination_pct=5.0 if told.machine == 3 else 0.0,
        reverse=told.machine == 4,
    )


CONTROLS = (
    Control.GRANTED, Control.NONE, Control.REFUSED, Control.LOST, Control.GRANTED, Control.GRANTED,
)  # fmt: skip


def _grip(told: Letter, room: Room, now_s: float) -> GripReport:
    """Quiet: longer than counts as release; silent: longer than stops the belt by itself."""
    hands = told.hands
    frame = GripFrame(
        sequence=7,
        left_held=hands not in (2, 3),
        right_held=hands not in (1, 3),
        left_force_n=None,
        right_force_n=None,
        tether=not told.tether_off,
        fall=told.fall,
        battery_pct=5 if told.battery_low else 90,
    )
    stale_s = room.limits.grip_stale_s
    age_s = stale_s * 1.2 if hands == 4 else min(2 * stale_s, 0.5) + 0.01 if hands == 5 else 0.0
    latency_s: float | None = 0.0
    if told.latency:
        latency_s = stale_s + 0.1 if told.latency == 1 else None
    at_s = None if hands == 6 else now_s - age_s
    return GripReport(frame, at_s, at_s, 0, latency_s)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked in one turn. `local`: a supervisor asks, and nobody else."""

    commands: tuple[Command, ...]
    local: bool
    stops: bool

    @property
    def words(self) -> str:
        return " ".join(f"{each.role.value}:{each.verb.value}" for each in self.commands) or "-"


QUICK = Program("quick", "Quick", (ProgramPhase(600.0, 2.0),))
SHORT = Program("short", "Short", (ProgramPhase(2.0, 0.15), ProgramPhase(2.0, 0.9)))
CRAWL = Program("crawl", "Crawl", (ProgramPhase(5.0, 0.01),))
RESISTED = Program("resisted", "Resisted", (ProgramPhase(600.0, 0.0),), Kind.BELT_OFF)
NOT_A_NUMBER = float("nan")


def asked() -> list[Asked]:
    """Nothing, each verb by each role, speeds by figure, programs, and several at once."""
    top, network = Role.SUPERVISOR, Role.NETWORK
    every = [(Command("", verb, role, orientation=TURNED),) for role in Role for verb in Verb]
    figures = [
        (Command("", verb, top, FREE_WALK, speed_mps),)
        for verb in (Verb.FASTER, Verb.SLOWER)
        for speed_mps in (0.16, 0.3, 9.0, -1.0, 0.0, NOT_A_NUMBER)
    ]
    lower = [(Command("", Verb.SLOWER, network, FREE_WALK, speed),) for speed in (0.16, 9.0)]
    programs = [
        (Command("", Verb.ARM, top, program, orientation=TURNED),)
        for program in (QUICK, SHORT, CRAWL, RESISTED)
    ]
    reports = [
        (Command("", Verb.REPORT, role, told=told),)
        for role, told in (
            (top, Told(pain_nprs=4)),
            (top, Told(pain_nprs=6)),
            (top, Told(effort=15, effort_scale=Scale.BORG_6_20)),
            (top, Told(pain_nprs=11)),
            (network, Told(pain_nprs=0)),
            (Role.ANYONE, Told(symptom=Symptom.DIZZINESS)),
            (network, Told(symptom=Symptom.PATIENT_REQUEST)),
        )
    ]
    arm, start = Command("", Verb.ARM, top, orientation=TURNED), Command("", Verb.START, top)
    stop, reset = Command("", Verb.STOP), Command("", Verb.RESET, top)
    several = [(arm, start), (start, stop), (stop, reset), (reset, arm, start)]
    asked_for: list[tuple[Command, ...]] = [*every, *figures, *lower, *programs, *several, *reports]
    return [
        Asked(
            commands,
            all(each.role is Role.SUPERVISOR for each in commands),
            any(each.verb is Verb.STOP for each in commands),
        )
        for commands in asked_for
    ]


WAITS_S = (0.05, 0.0, 0.15, 0.2, 0.31, 3.0, -0.1)
"""A period; news at once; the longest that is not late; late; lost; a long stall; a clock that goes
back."""

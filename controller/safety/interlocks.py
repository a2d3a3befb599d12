"""The interlocks: one table of what forbids motion, what it does, and what clears it.

Each row is a condition over one `View`. Of all that are open, the worst action wins, and of those
the first in the table names the cause. Adding a hazard is adding a row.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum

from controller.safety.evidence import Evidence, age_s, grip_fresh
from controller.safety.limits import Limits
from controller.safety.monitors import Monitors, lasted_s
from protocols.belt import Control


class Action(IntEnum):
    """What an open interlock demands, mild to severe."""

    WARN = 0
    HOLD = 1
    """No increase."""
    SLOW = 2
    """No increase, and 20 % slower."""
    CONTROLLED = 3
    """Ramp down, then the machine's Stop."""
    PROTECTIVE = 4
    """The machine's Stop at once."""


class Phase(Enum):
    """Where a session stands."""

    IDLE = "idle"
    ARMED = "armed"
    WALKING = "walking"
    SLOWING = "slowing"
    STOPPING = "stopping"
    LATCHED = "latched"


@dataclass(frozen=True, slots=True)
class View:
    """What a condition may look at. `since_s`: when the present phase began; `armed_at_s`: when
    this session was armed; `confirmed_at_s`: the supervisor's last confirmation."""

    evidence: Evidence
    monitors: Monitors
    limits: Limits
    phase: Phase
    now_s: float
    since_s: float
    armed_at_s: float
    confirmed_at_s: float


Condition = Callable[[View], bool]
BOTH_HELD_S = 2.0
"""Both hands on the rails for so long clear a release."""
REGRIP_S = 1.0
"""Both hands on the rails for so long before any increase."""
STARTED_MPS = 0.0


@dataclass(frozen=True, slots=True)
class Interlock:
    """One row. `phases`: where it is looked at; `sentence`: for the supervisor; `clears`: what to
    do about it; `hazards`: the faults it answers; `cleared`: when it counts as absent."""

    name: str
    action: Action
    phases: frozenset[Phase]
    opened: Condition
    sentence: str
    clears: str
    hazards: tuple[str, ...]
    cleared: Condition


_MOVING = frozenset({Phase.WALKING, Phase.SLOWING})
_ACTIVE = _MOVING | {Phase.ARMED}
_RESTING = frozenset({Phase.IDLE, Phase.ARMED, Phase.LATCHED})
_WALKING = frozenset({Phase.WALKING})


def _since_armed(at_s: float | None, view: View) -> bool:
    """An event that came after the session was armed, and is not from the future."""
    return at_s is not None and view.armed_at_s <= at_s <= view.now_s


def _settled(at_s: float | None, view: View) -> bool:
    return age_s(at_s, view.now_s) >= BOTH_HELD_S


def _grip_silent(view: View) -> bool:
    return not grip_fresh(view.evidence, 2 * view.limits.grip_stale_s, view.now_s)


def _both_held(view: View) -> bool:
    return lasted_s(view.monitors.both_since_s, view.now_s) >= BOTH_HELD_S


def _one_hand_for(seconds: Callable[[Limits], float]) -> Condition:
    return lambda view: (
        lasted_s(view.monitors.one_hand_since_s, view.now_s) >= seconds(view.limits)
    )


def _belt_older_than(seconds: Callable[[Limits], float]) -> Condition:
    def older(view: View) -> bool:
        return not 0 <= view.evidence.belt.age_s(view.now_s) <= seconds(view.limits)

    return older


def _moves(view: View) -> bool:
    return (view.evidence.belt.speed_mps or 0.0) > 0 and not _belt_older_than(
        lambda limits: limits.belt_hold_s
    )(view)


def _did_not_start(view: View) -> bool:
    waited_s = view.now_s - view.since_s
    return view.monitors.moved_at_s is None and waited_s > view.limits.start_patience_s


def _row(
    name: str,
    action: Action,
    phases: frozenset[Phase],
    opened: Condition,
    sentence: str,
    *,
    clears: str = "",
    hazards: tuple[str, ...] = (),
    cleared: Condition | None = None,
) -> Interlock:
    absent = cleared or (lambda view: not opened(view))
    return Interlock(name, action, phases, opened, sentence, clears, hazards, absent)


INTERLOCKS: tuple[Interlock, ...] = (
    _row(
        "fall", Action.PROTECTIVE, _ACTIVE,
        lambda view: view.evidence.grip.frame.fall,
        "The fall sensor reported a fall.",
        clears="Help the patient first. The fall sensor must report no fall.",
        hazards=("F26", "F92"),
    ),
    _row(
        "tether", Action.PROTECTIVE, _ACTIVE,
        lambda view: not view.evidence.grip.frame.tether,
        "The pull-cord came off.",
        clears="Clip the pull-cord on again.",
        hazards=("F96",),
    ),
    _row(
        "grip_released", Action.PROTECTIVE, _MOVING,
        lambda view: view.monitors.grace_left <= 0,
        "Both hands left the handrails.",
        clears="Both hands must hold the rails for 2 seconds.",
        hazards=("F20", "F21", "F23", "F92"),
        cleared=_both_held,
    ),
    _row(
        "grip_silent", Action.PROTECTIVE, _ACTIVE, _grip_silent,
        "The grip unit fell silent.",
        clears="Check the grip unit's cable; both hands must hold the rails for 2 seconds.",
        hazards=("F21", "F24", "F27"),
        cleared=_both_held,
    ),
    _row(
        "link_lost", Action.PROTECTIVE, _ACTIVE,
        lambda view: not view.evidence.belt.linked,
        "The link to the treadmill was lost.",
        clears="The treadmill must be in reach and report a belt at rest.",
        hazards=("F1", "F11"),
    ),
    _row(
        "safety_key", Action.PROTECTIVE, _ACTIVE,
        lambda view: _since_armed(view.evidence.belt.safety_key_at_s, view),
        "The treadmill's safety key was pulled.",
        clears="Put the safety key back once the patient is safe.",
        hazards=("F96",),
        cleared=lambda view: _settled(view.evidence.belt.safety_key_at_s, view),
    ),
    _row(
        "console_stop", Action.PROTECTIVE, _MOVING,
        lambda view: _since_armed(view.evidence.belt.console_stop_at_s, view),
        "The belt was stopped at the treadmill's own console.",
        clears="Wait until the belt is at rest.",
        hazards=("F42",),
        cleared=lambda view: _settled(view.evidence.belt.console_stop_at_s, view),
    ),
    _row(
        "control_lost", Action.PROTECTIVE, _ACTIVE,
        lambda view: view.evidence.belt.control is Control.LOST,
        "The treadmill took control away: its console or another program has it.",
        clears="Close other programs that use the treadmill, then reset.",
        hazards=("F8",),
        cleared=lambda _: True,
    ),
    _row(
        "foreign_speed", Action.PROTECTIVE, _ACTIVE,
        lambda view: _since_armed(view.evidence.belt.foreign_at_s, view),
        "Somebody else raised the belt's speed.",
        clears="Close other programs that use the treadmill and leave its speed keys alone.",
        hazards=("F9", "F42"),
        cleared=lambda view: _settled(view.evidence.belt.foreign_at_s, view),
    ),
    _row(
        "overspeed", Action.PROTECTIVE, _MOVING,
        lambda view: lasted_s(view.monitors.overspeed_since_s, view.now_s)
        >= view.limits.overspeed_s,
        "The belt ran faster than its cap.",
        clears="Do not use this treadmill until it has been commissioned again.",
        hazards=("F33", "F34"),
    ),
    _row(
        "mismatch", Action.PROTECTIVE, _WALKING,
        lambda view: lasted_s(view.monitors.mismatch_since_s, view.now_s)
        >= view.limits.mismatch_s,
        "The belt does not run at the speed that was asked for.",
        clears="Check the treadmill's units and commission it again.",
        hazards=("F4", "F33", "F39"),
        cleared=lambda _: True,
    ),
    _row(
        "uncommanded_motion", Action.PROTECTIVE, _RESTING, _moves,
        "The belt moved without being asked to.",
        clears="Keep people off the belt; it must stay at rest for 2 seconds.",
        hazards=("F41", "F48", "F49"),
    ),
    _row(
        "write_failed", Action.PROTECTIVE, _MOVING,
        lambda view: _since_armed(view.evidence.belt.write_failed_at_s, view),
        "The treadmill did not take a command.",
        clears="The treadmill must be in reach and report a belt at rest.",
        hazards=("F3", "F12", "F19"),
        cleared=lambda view: _settled(view.evidence.belt.write_failed_at_s, view),
    ),
    _row(
        "guard_silent", Action.PROTECTIVE, _ACTIVE,
        lambda view: age_s(view.evidence.guard_seen_at_s, view.now_s)
        > view.limits.guard_silent_s,
        "The guard process fell silent.",
        clears="Restart Retrotread.",
        hazards=("F67",),
    ),
    _row(
        "turn_lost", Action.PROTECTIVE, _ACTIVE,
        lambda view: view.monitors.late_s > view.limits.turn_lost_s,
        "This computer was too busy to watch the belt.",
        clears="Close other programs on this computer.",
        hazards=("F70", "F74", "F79"),
    ),
    _row(
        "belt_lost", Action.PROTECTIVE, _ACTIVE,
        _belt_older_than(lambda limits: limits.belt_lost_s),
        "The treadmill has not reported its speed for too long. Pull the safety key.",
        clears="The treadmill must report a belt at rest.",
        hazards=("F1", "F2"),
    ),
    _row(
        "belt_silent", Action.CONTROLLED, _ACTIVE,
        _belt_older_than(lambda limits: limits.belt_stop_s),
        "The treadmill stopped reporting its speed.",
        clears="The treadmill must report a belt at rest.",
        hazards=("F1", "F2", "F39"),
    ),
    _row(
        "one_hand", Action.CONTROLLED, _MOVING,
        _one_hand_for(lambda limits: limits.one_hand_stop_s),
        "Only one hand was on the rails for too long.",
        clears="Both hands must hold the rails for 2 seconds.",
        hazards=("F20",),
        cleared=_both_held,
    ),
    _row(
        "console_lost", Action.CONTROLLED, _ACTIVE,
        lambda view: age_s(view.evidence.console_seen_at_s, view.now_s)
        > view.limits.console_silent_s,
        "No supervisor's console is connected.",
        clears="Open the console and sign in.",
        hazards=("F91",),
    ),
    _row(
        "not_confirmed", Action.CONTROLLED, _MOVING,
        lambda view: view.now_s - view.confirmed_at_s > view.limits.confirm_s,
        "Nobody confirmed that a supervisor is present.",
        clears="A supervisor must be beside the patient.",
        hazards=("F91",),
        cleared=lambda _: True,
    ),
    _row(
        "not_recorded", Action.CONTROLLED, _MOVING,
        lambda view: not view.evidence.journal_ok,
        "The session can no longer be recorded.",
        clears="Make room on the disk, or check that it can be written.",
        hazards=("F83", "F84"),
    ),
    _row(
        "did_not_start", Action.CONTROLLED, _WALKING, _did_not_start,
        "The belt did not start.",
        clears="Check the treadmill and its safety key.",
        hazards=("F4",),
        cleared=lambda _: True,
    ),
    _row(
        "one_hand_slow", Action.SLOW, _WALKING,
        _one_hand_for(lambda limits: limits.one_hand_hold_s),
        "Only one hand is on the rails: slower until both hold.",
    ),
    _row(
        "one_hand_prompt", Action.WARN, _MOVING, _one_hand_for(lambda _: 1.0),
        "Only one hand is on the rails.",
    ),
    _row(
        "regrip", Action.HOLD, _WALKING,
        lambda view: lasted_s(view.monitors.both_since_s, view.now_s) < REGRIP_S,
        "No increase until both hands have held for a second.",
    ),
    _row(
        "belt_late", Action.HOLD, _WALKING,
        _belt_older_than(lambda limits: limits.belt_hold_s),
        "The treadmill reports late: no increase.",
        hazards=("F6", "F15"),
    ),
    _row(
        "turn_late", Action.HOLD, _WALKING,
        lambda view: view.monitors.late_s > view.limits.turn_late_s,
        "This computer is busy: no increase.",
        hazards=("F74",),
    ),
    _row(
        "battery_low", Action.WARN, frozenset(Phase),
        lambda view: (view.evidence.grip.frame.battery_pct or math.inf) < 20,
        "The grip unit's battery is low.",
        hazards=("F30",),
    ),
)  # fmt: skip

BY_NAME = {interlock.name: interlock for interlock in INTERLOCKS}


def opened(view: View) -> tuple[Interlock, ...]:
    """The open interlocks, worst action first, table order within an action."""
    found = [row for row in INTERLOCKS if view.phase in row.phases and row.opened(view)]
    return tuple(sorted(found, key=lambda row: -row.action))

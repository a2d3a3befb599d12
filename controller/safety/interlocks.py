"""The interlocks: one table of what forbids motion, what it does, and what clears it.

Of all rows that are open, the worst action wins, and of those the first in the table names the
cause. Adding a hazard is adding a row.
"""

from dataclasses import dataclass

from controller.safety import conditions
from controller.safety.conditions import Condition
from controller.safety.view import Action, Phase, View


@dataclass(frozen=True, slots=True)
class Interlock:
    """One row. `phases`: where it is looked at; `sentence`: for the supervisor; `clears`: what to
    do about it; `hazards`: the catalogued faults it answers; `cleared`: when it counts as absent.
    """

    name: str
    action: Action
    phases: frozenset[Phase]
    opened: Condition
    sentence: str
    clears: str
    hazards: tuple[str, ...]
    cleared: Condition


_COMMANDED: frozenset[Phase] = frozenset()
"""Rows that no condition opens: a command, the gate, the ramp or a restart trips them."""
_WALKING = frozenset({Phase.WALKING})
_MOVING = _WALKING | {Phase.SLOWING}
_ACTIVE = _MOVING | {Phase.ARMED}
_RESTING = frozenset({Phase.IDLE, Phase.ARMED, Phase.LATCHED})


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
        "stop_pressed", Action.PROTECTIVE, _COMMANDED, conditions.never,
        "Stop was pressed.",
        clears="Wait until the belt is at rest.",
        cleared=conditions.always,
    ),
    _row(
        "gate", Action.PROTECTIVE, _COMMANDED, conditions.never,
        "The last check before the belt refused a command.",
        clears="Restart Retrotread and report this.",
        hazards=("F93",),
        cleared=conditions.always,
    ),
    _row(
        "internal_error", Action.PROTECTIVE, _COMMANDED, conditions.never,
        "Retrotread made a mistake and stopped the belt.",
        clears="Restart Retrotread and report this.",
        cleared=conditions.always,
    ),
    _row(
        "restarted", Action.PROTECTIVE, _COMMANDED, conditions.never,
        "Retrotread restarted while the belt may have been moving.",
        clears="Make sure that the patient is safe and the belt at rest.",
        hazards=("F64", "F65", "F77"),
        cleared=conditions.always,
    ),
    _row(
        "unknown_end", Action.PROTECTIVE, _COMMANDED, conditions.never,
        "How Retrotread last ended is not known: it starts here for the first time, or its notes "
        "are lost.",
        clears="Make sure that nobody is on the belt and that it is at rest.",
        hazards=("F86", "F87"),
        cleared=conditions.always,
    ),
    _row(
        "fall", Action.PROTECTIVE, _ACTIVE,
        conditions.fell,
        "The fall sensor reported a fall.",
        clears="Help the patient first. The fall sensor must report no fall.",
        hazards=("F26", "F92"),
    ),
    _row(
        "tether", Action.PROTECTIVE, _ACTIVE,
        conditions.tether_off,
        "The pull-cord came off.",
        clears="Clip the pull-cord on again.",
        hazards=("F96",),
    ),
    _row(
        "grip_released", Action.PROTECTIVE, _MOVING,
        conditions.grace_spent,
        "Both hands left the handrails.",
        clears="Both hands must hold the rails for 2 seconds.",
        hazards=("F20", "F21", "F23", "F92"),
        cleared=conditions.both_held,
    ),
    _row(
        "grip_silent", Action.PROTECTIVE, _ACTIVE, conditions.grip_silent,
        "The grip unit fell silent.",
        clears="Check the grip unit's cable; both hands must hold the rails for 2 seconds.",
        hazards=("F21", "F24", "F27"),
        cleared=conditions.both_held,
    ),
    _row(
        "grip_late", Action.PROTECTIVE, _ACTIVE,
        conditions.grip_late(lambda limits: limits.grip_stale_s),
        "What the grip unit says comes too late over the network.",
        clears="Find out why the network is slow, or connect the grip unit by wire.",
        hazards=("F21",),
    ),
    _row(
        "grip_disagrees", Action.PROTECTIVE, _ACTIVE, conditions.grip_disagrees,
        "The grip unit contradicts itself: force and contact do not agree.",
        clears="Check the grip unit; force and contact must agree.",
        hazards=("F22", "F28"),
    ),
    _row(
        "grip_garbled", Action.PROTECTIVE, _ACTIVE, conditions.grip_garbled,
        "The grip unit's lines arrive damaged.",
        clears="Check the grip unit's cable and its connectors.",
        hazards=("F7", "F17", "F32"),
    ),
    _row(
        "link_lost", Action.PROTECTIVE, _ACTIVE,
        conditions.unlinked,
        "The link to the treadmill was lost.",
        clears="The treadmill must be in reach and report a belt at rest.",
        hazards=("F1", "F11"),
    ),
    _row(
        "safety_key", Action.PROTECTIVE, _ACTIVE,
        conditions.happened(lambda belt: belt.safety_key_at_s),
        "The treadmill's safety key was pulled.",
        clears="Put the safety key back once the patient is safe.",
        hazards=("F96",),
        cleared=conditions.settled(lambda belt: belt.safety_key_at_s),
    ),
    _row(
        "console_stop", Action.PROTECTIVE, _MOVING,
        conditions.happened(lambda belt: belt.console_stop_at_s),
        "The belt was stopped at the treadmill's own console.",
        clears="Wait until the belt is at rest.",
        hazards=("F42",),
        cleared=conditions.settled(lambda belt: belt.console_stop_at_s),
    ),
    _row(
        "control_lost", Action.PROTECTIVE, _ACTIVE,
        conditions.control_lost,
        "The treadmill took control away: its console or another program has it.",
        clears="Close other programs that use the treadmill, then reset.",
        hazards=("F8",),
        cleared=conditions.always,
    ),
    _row(
        "foreign_speed", Action.PROTECTIVE, _ACTIVE,
        conditions.happened(lambda belt: belt.foreign_at_s),
        "Somebody else raised the belt's speed.",
        clears="Close other programs that use the treadmill and leave its speed keys alone.",
        hazards=("F9", "F42"),
        cleared=conditions.settled(lambda belt: belt.foreign_at_s),
    ),
    _row(
        "overspeed", Action.PROTECTIVE, _MOVING,
        conditions.overspeed,
        "The belt ran faster than its cap.",
        clears="Do not use this treadmill until it has been commissioned again.",
        hazards=("F33", "F34"),
    ),
    _row(
        "units", Action.PROTECTIVE, _MOVING, conditions.units_wrong,
        "The belt does not run at its lowest speed as it was asked to: its units may be wrong.",
        clears="Check whether the treadmill is set to mph or km/h, and commission it again.",
        hazards=("F33", "F38", "F40"),
        cleared=conditions.always,
    ),
    _row(
        "unresponsive", Action.PROTECTIVE, _MOVING, conditions.unresponsive,
        "The belt did not become slower when it was asked to.",
        clears="Do not use this treadmill until it has been commissioned again.",
        hazards=("F4", "F34", "F44"),
        cleared=conditions.always,
    ),
    _row(
        "frozen", Action.PROTECTIVE, _MOVING, conditions.frozen,
        "The treadmill repeats one and the same report.",
        clears="Switch the treadmill off and on again.",
        hazards=("F6", "F39"),
        cleared=conditions.always,
    ),
    _row(
        "incline", Action.PROTECTIVE, _MOVING, conditions.incline_moved,
        "The treadmill changed its incline by itself.",
        clears="Leave the treadmill's incline keys alone.",
        hazards=("F45",),
        cleared=conditions.always,
    ),
    _row(
        "mismatch", Action.PROTECTIVE, _WALKING,
        conditions.mismatch,
        "The belt does not run at the speed that was asked for.",
        clears="Check the treadmill's units and commission it again.",
        hazards=("F4", "F33", "F39"),
        cleared=conditions.always,
    ),
    _row(
        "witness_disagrees", Action.PROTECTIVE, _MOVING, conditions.witness_disagrees,
        "The belt's speed sensor and the treadmill contradict each other.",
        clears="Check the speed sensor; if it is well, commission the treadmill again.",
        hazards=("F33", "F40"),
        cleared=conditions.always,
    ),
    _row(
        "uncommanded_motion", Action.PROTECTIVE, _RESTING, conditions.moves,
        "The belt moved without being asked to.",
        clears="Keep people off the belt; it must stay at rest for 2 seconds.",
        hazards=("F41", "F48", "F49"),
    ),
    _row(
        "write_failed", Action.PROTECTIVE, _MOVING,
        conditions.happened(lambda belt: belt.write_failed_at_s),
        "The treadmill did not take a command.",
        clears="The treadmill must be in reach and report a belt at rest.",
        hazards=("F3", "F12", "F19"),
        cleared=conditions.settled(lambda belt: belt.write_failed_at_s),
    ),
    _row(
        "unanswered", Action.PROTECTIVE, _MOVING,
        conditions.unanswered(lambda limits: limits.answer_s),
        "The treadmill did not answer a command.",
        clears="The treadmill must be in reach and report a belt at rest.",
        hazards=("F3", "F5"),
    ),
    _row(
        "suspended", Action.PROTECTIVE, _ACTIVE, conditions.suspended,
        "This computer was asleep during the session, or may have been.",
        clears="Keep the computer from going to sleep.",
        hazards=("F79",),
        cleared=conditions.always,
    ),
    _row(
        "guard_silent", Action.PROTECTIVE, _ACTIVE,
        conditions.guard_silent,
        "The guard process fell silent.",
        clears="Restart Retrotread.",
        hazards=("F67",),
    ),
    _row(
        "turn_lost", Action.PROTECTIVE, _ACTIVE,
        conditions.turn_lost,
        "This computer was too busy to watch the belt.",
        clears="Close other programs on this computer.",
        hazards=("F70", "F74", "F79"),
    ),
    _row(
        "belt_lost", Action.PROTECTIVE, _ACTIVE,
        conditions.belt_older_than(lambda limits: limits.belt_lost_s),
        "The treadmill has not reported its speed for too long. Pull the safety key.",
        clears="The treadmill must report a belt at rest.",
        hazards=("F1", "F2"),
    ),
    _row(
        "belt_silent", Action.CONTROLLED, _ACTIVE,
        conditions.belt_older_than(lambda limits: limits.belt_stop_s),
        "The treadmill stopped reporting its speed.",
        clears="The treadmill must report a belt at rest.",
        hazards=("F1", "F2", "F39"),
    ),
    _row(
        "one_hand", Action.CONTROLLED, _MOVING,
        conditions.one_hand_too_long,
        "Only one hand was on the rails for too long.",
        clears="Both hands must hold the rails for 2 seconds.",
        hazards=("F20",),
        cleared=conditions.both_held,
    ),
    _row(
        "console_lost", Action.CONTROLLED, _ACTIVE,
        conditions.console_lost,
        "No supervisor's console is connected.",
        clears="Open the console and sign in.",
        hazards=("F91",),
    ),
    _row(
        "not_confirmed", Action.CONTROLLED, _MOVING,
        conditions.not_confirmed,
        "Nobody confirmed that a supervisor is present.",
        clears="A supervisor must be beside the patient.",
        hazards=("F91",),
        cleared=conditions.always,
    ),
    _row(
        "not_recorded", Action.CONTROLLED, _MOVING,
        conditions.not_recorded,
        "The session can no longer be recorded.",
        clears="Make room on the disk, or check that it can be written.",
        hazards=("F83", "F84"),
    ),
    _row(
        "did_not_start", Action.CONTROLLED, _WALKING, conditions.did_not_start,
        "The belt did not start.",
        clears="Check the treadmill and its safety key.",
        hazards=("F4",),
        cleared=conditions.always,
    ),
    _row(
        "too_slow", Action.CONTROLLED, _COMMANDED, conditions.never,
        "The treadmill cannot run as slowly as was asked.",
        clears="Wait until the belt is at rest.",
        hazards=("F38",),
        cleared=conditions.always,
    ),
    _row(
        "one_hand_slow", Action.SLOW, _WALKING,
        conditions.one_hand_held_back,
        "Only one hand is on the rails: slower until both hold.",
    ),
    _row(
        "one_hand_prompt", Action.WARN, _MOVING, conditions.one_hand_prompted,
        "Only one hand is on the rails.",
    ),
    _row(
        "regrip", Action.HOLD, _WALKING,
        conditions.regripping,
        "No increase until both hands have held for a second.",
    ),
    _row(
        "grip_missed", Action.HOLD, _WALKING, conditions.grip_missed,
        "The grip unit reports late: no increase.",
        hazards=("F15", "F24"),
    ),
    _row(
        "answer_late", Action.HOLD, _WALKING,
        conditions.unanswered(lambda _: conditions.ANSWER_LATE_S),
        "The treadmill answers late: no increase.",
        hazards=("F5", "F15"),
    ),
    _row(
        "belt_late", Action.HOLD, _WALKING,
        conditions.belt_older_than(lambda limits: limits.belt_hold_s),
        "The treadmill reports late: no increase.",
        hazards=("F6", "F15"),
    ),
    _row(
        "witness_silent", Action.HOLD, _WALKING, conditions.witness_silent,
        "The belt's speed sensor is not heard: no increase.",
        hazards=("F40",),
    ),
    _row(
        "turn_late", Action.HOLD, _WALKING,
        conditions.turn_late,
        "This computer is busy: no increase.",
        hazards=("F74",),
    ),
    _row(
        "battery_low", Action.HOLD, frozenset(Phase),
        conditions.battery_low,
        "The grip unit's battery is low: no increase, and no further session.",
        hazards=("F30",),
    ),
)  # fmt: skip

BY_NAME = {interlock.name: interlock for interlock in INTERLOCKS}
_WORST_FIRST = sorted(INTERLOCKS, key=lambda row: row.action, reverse=True)
BY_PHASE = {phase: tuple(row for row in _WORST_FIRST if phase in row.phases) for phase in Phase}
"""The rows that are looked at in each phase, worst action first, table order within an action."""


def opened(view: View) -> tuple[Interlock, ...]:
    """The open interlocks, in the order of `BY_PHASE`."""
    return tuple([row for row in BY_PHASE[view.phase] if row.opened(view)])

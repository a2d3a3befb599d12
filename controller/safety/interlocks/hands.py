"""The patient: hands on the rails, pull-cord, fall, and the grip unit that tells of them."""

from controller.safety import conditions
from controller.safety.interlocks.row import (
    ACTIVE,
    ON_BELT,
    TO_REST,
    WALKING,
    Interlock,
    row,
)
from controller.safety.view import Action, Phase

ROWS: tuple[Interlock, ...] = (
    row(
        "fall", Action.PROTECTIVE, TO_REST,
        conditions.fell,
        "The fall sensor reported a fall.",
        clears="Help the patient first. The fall sensor must report no fall.",
        hazards=("F26", "F92"),
        cleared=conditions.fell_no_more,
    ),
    row(
        "tether", Action.PROTECTIVE, TO_REST,
        conditions.tether_off,
        "The pull-cord came off.",
        clears="Clip the pull-cord on again.",
        hazards=("F96",),
        cleared=conditions.tether_on,
    ),
    row(
        "grip_released", Action.PROTECTIVE, ON_BELT,
        conditions.grace_spent,
        "Both hands left the handrails.",
        clears="Both hands must hold the rails for 2 seconds.",
        hazards=("F20", "F21", "F23", "F92"),
        cleared=conditions.both_held,
    ),
    row(
        "grip_silent", Action.PROTECTIVE, ACTIVE, conditions.grip_silent,
        "The grip unit fell silent.",
        clears="Check the grip unit's cable; both hands must hold the rails for 2 seconds.",
        hazards=("F21", "F24", "F27"),
        cleared=conditions.both_held,
    ),
    row(
        "grip_late", Action.PROTECTIVE, ACTIVE,
        conditions.grip_late(lambda limits: limits.grip_stale_s),
        "What the grip unit says comes too late over the network.",
        clears="Find out why the network is slow, or connect the grip unit by wire.",
        hazards=("F21",),
    ),
    row(
        "grip_disagrees", Action.PROTECTIVE, ACTIVE, conditions.grip_disagrees,
        "The grip unit contradicts itself: force and contact do not agree.",
        clears="Check the grip unit; force and contact must agree.",
        hazards=("F22", "F28"),
    ),
    row(
        "grip_garbled", Action.PROTECTIVE, ACTIVE, conditions.grip_garbled,
        "The grip unit's lines arrive damaged.",
        clears="Check the grip unit's cable and its connectors.",
        hazards=("F7", "F17", "F32"),
    ),
    row(
        "one_hand", Action.CONTROLLED, ON_BELT,
        conditions.one_hand_too_long,
        "Only one hand was on the rails for too long.",
        clears="Both hands must hold the rails for 2 seconds.",
        hazards=("F20",),
        cleared=conditions.both_held,
    ),
    row(
        "one_hand_slow", Action.SLOW, WALKING,
        conditions.one_hand_held_back,
        "Only one hand is on the rails: slower until both hold.",
    ),
    row(
        "one_hand_prompt", Action.WARN, ON_BELT, conditions.one_hand_prompted,
        "Only one hand is on the rails.",
    ),
    row(
        "regrip", Action.HOLD, WALKING,
        conditions.regripping,
        "No increase until both hands have held for a second.",
    ),
    row(
        "grip_missed", Action.HOLD, WALKING, conditions.grip_missed,
        "The grip unit reports late: no increase.",
        hazards=("F15", "F24"),
    ),
    row(
        "battery_low", Action.HOLD, frozenset(Phase),
        conditions.battery_low,
        "The grip unit's battery is low: no increase, and no further session.",
        hazards=("F30",),
    ),
)  # fmt: skip

"""This computer, its processes, the record, and the supervisor at the console."""

from controller.safety import conditions
from controller.safety.interlocks.row import (
    ACTIVE,
    ON_BELT,
    WALKING,
    Interlock,
    row,
)
from controller.safety.view import Action

ROWS: tuple[Interlock, ...] = (
    row(
        "suspended", Action.PROTECTIVE, ACTIVE, conditions.suspended,
        "This computer was asleep during the session, or may have been.",
        clears="Keep the computer from going to sleep.",
        hazards=("F79",),
        cleared=conditions.always,
    ),
    row(
        "guard_silent", Action.PROTECTIVE, ACTIVE,
        conditions.guard_silent,
        "The guard process fell silent.",
        clears="Restart Retrotread.",
        hazards=("F67",),
    ),
    row(
        "relay_open", Action.PROTECTIVE, ACTIVE, conditions.relay_open,
        "The safety relay has opened, or does not answer.",
        clears="Wait for the relay to close again; check its cable.",
        hazards=("F66", "F69"),
        cleared=conditions.always,
    ),
    row(
        "turn_lost", Action.PROTECTIVE, ACTIVE,
        conditions.turn_lost,
        "This computer was too busy to watch the belt.",
        clears="Close other programs on this computer.",
        hazards=("F70", "F74", "F79"),
    ),
    row(
        "console_lost", Action.CONTROLLED, ACTIVE,
        conditions.console_lost,
        "No supervisor's console is connected.",
        clears="Open the console and sign in.",
        hazards=("F91",),
    ),
    row(
        "not_confirmed", Action.CONTROLLED, ON_BELT,
        conditions.not_confirmed,
        "Nobody confirmed that a supervisor is present.",
        clears="A supervisor must be beside the patient.",
        hazards=("F91",),
        cleared=conditions.always,
    ),
    row(
        "not_recorded", Action.CONTROLLED, ON_BELT,
        conditions.not_recorded,
        "The session can no longer be recorded.",
        clears="Make room on the disk, or check that it can be written.",
        hazards=("F83", "F84", "F88"),
    ),
    row(
        "witness_silent", Action.HOLD, WALKING,
        conditions.witness_silent,
        "The belt's speed sensor is not heard: no increase.",
        hazards=("F40",),
    ),
    row(
        "turn_late", Action.HOLD, WALKING,
        conditions.turn_late,
        "This computer is busy: no increase.",
        hazards=("F74",),
    ),
)  # fmt: skip

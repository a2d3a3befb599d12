"""What no evidence opens: a command, an end, the gate, the ramp or a restart trips these."""

from controller.safety import conditions
from controller.safety.interlocks.row import (
    COMMANDED,
    Interlock,
    row,
)
from controller.safety.view import Action

ROWS: tuple[Interlock, ...] = (
    row(
        "stop_pressed", Action.PROTECTIVE, COMMANDED, conditions.never,
        "Stop was pressed.",
        clears="Wait until the belt is at rest.",
    ),
    row(
        "service_ended", Action.PROTECTIVE, COMMANDED, conditions.never,
        "Retrotread was told to end.",
        clears="Wait until the belt is at rest.",
    ),
    row(
        "guard_ended", Action.PROTECTIVE, COMMANDED, conditions.never,
        "The guard process has ended.",
        clears="Make sure that the patient is safe and the belt at rest.",
        hazards=("F67",),
    ),
    row(
        "gate", Action.PROTECTIVE, COMMANDED, conditions.never,
        "The last check before the belt refused a command.",
        clears="Restart Retrotread and report this.",
        hazards=("F93",),
    ),
    row(
        "internal_error", Action.PROTECTIVE, COMMANDED, conditions.never,
        "Retrotread made a mistake and stopped the belt.",
        clears="Restart Retrotread and report this.",
    ),
    row(
        "restarted", Action.PROTECTIVE, COMMANDED, conditions.never,
        "Retrotread restarted while the belt may have been moving.",
        clears="Make sure that the patient is safe and the belt at rest.",
        hazards=("F64", "F65", "F77"),
    ),
    row(
        "unknown_end", Action.PROTECTIVE, COMMANDED, conditions.never,
        "How Retrotread last ended is not known: it starts here for the first time, or its notes "
        "are lost.",
        clears="Make sure that nobody is on the belt and that it is at rest.",
        hazards=("F86", "F87"),
    ),
    row(
        "too_slow", Action.CONTROLLED, COMMANDED, conditions.never,
        "The treadmill cannot run as slowly as was asked.",
        clears="Wait until the belt is at rest.",
        hazards=("F38",),
    ),
)  # fmt: skip

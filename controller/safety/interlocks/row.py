"""One row of the table of interlocks, and the phases in which rows are looked at."""

from dataclasses import dataclass

from controller.safety.conditions import Condition
from controller.safety.view import Action, Phase


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


COMMANDED: frozenset[Phase] = frozenset()
"""Rows that no condition opens: a command, the gate, the ramp or a restart trips them."""
WALKING = frozenset({Phase.WALKING})
MOVING = WALKING | {Phase.SLOWING}
BELT_OFF = frozenset({Phase.BELT_OFF})
ON_BELT = MOVING | BELT_OFF
"""Somebody walks, whatever moves the belt."""
ACTIVE = ON_BELT | {Phase.ARMED}
TO_REST = ACTIVE | {Phase.STOPPING}
"""From the arming on until the belt is at rest: a stop that was for nothing becomes one for it."""
RESTING = frozenset({Phase.IDLE, Phase.ARMED, Phase.LATCHED})


def row(
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

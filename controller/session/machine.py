"""The life of a session as one table of phases and what moves between them.

A session is armed, walked, and stopped. There are two ways down: SLOWING ramps the belt down
before the machine's Stop (end of a program, a missing supervisor); a trip goes to STOPPING at
once (released rails, a fall, anything unknown). STOPPING ends only when fresh telemetry has shown
rest; a session stopped for safety then stays LATCHED until a supervisor resets it. A rest that a
program plans comes to rest ARMED, with the program's place kept. Nothing leads from a stop back to
WALKING but a Start that needs all that arming needs. A walk on a belt without power is a phase of
its own, from which no way leads to one that moves the belt.
"""

from enum import Enum

from controller.safety.view import Phase


class Move(Enum):
    """What can happen to a session."""

    ARM = "arm"
    DISARM = "disarm"
    START = "start"
    START_BELT_OFF = "start, belt off"
    WIND_DOWN = "wind down"
    SLOWED = "slowed"
    TRIP = "trip"
    REST = "rest"
    REST_LATCHED = "rest, latched"
    REST_PLANNED = "rest, planned"
    RESET = "reset"


TABLE: dict[tuple[Phase, Move], Phase] = {
    (Phase.IDLE, Move.ARM): Phase.ARMED,
    (Phase.IDLE, Move.TRIP): Phase.STOPPING,
    (Phase.ARMED, Move.DISARM): Phase.IDLE,
    (Phase.ARMED, Move.START): Phase.WALKING,
    (Phase.ARMED, Move.WIND_DOWN): Phase.STOPPING,
    (Phase.ARMED, Move.TRIP): Phase.STOPPING,
    (Phase.ARMED, Move.START_BELT_OFF): Phase.BELT_OFF,
    (Phase.BELT_OFF, Move.WIND_DOWN): Phase.STOPPING,
    (Phase.BELT_OFF, Move.TRIP): Phase.STOPPING,
    (Phase.WALKING, Move.WIND_DOWN): Phase.SLOWING,
    (Phase.WALKING, Move.TRIP): Phase.STOPPING,
    (Phase.SLOWING, Move.WIND_DOWN): Phase.SLOWING,
    (Phase.SLOWING, Move.SLOWED): Phase.STOPPING,
    (Phase.SLOWING, Move.TRIP): Phase.STOPPING,
    (Phase.STOPPING, Move.TRIP): Phase.STOPPING,
    (Phase.STOPPING, Move.REST): Phase.IDLE,
    (Phase.STOPPING, Move.REST_LATCHED): Phase.LATCHED,
    (Phase.STOPPING, Move.REST_PLANNED): Phase.ARMED,
    (Phase.LATCHED, Move.TRIP): Phase.STOPPING,
    (Phase.LATCHED, Move.RESET): Phase.IDLE,
}


def allows(phase: Phase, move: Move) -> bool:
    return (phase, move) in TABLE


def after(phase: Phase, move: Move) -> Phase:
    """The phase that a move leads to. Raises: `KeyError` for a move the table does not have."""
    return TABLE[phase, move]


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documents."""
    arrows = [
        f"    {phase.value} --> {target.value}: {move.value}"
        for (phase, move), target in TABLE.items()
        if phase is not target
    ]
    return "\n".join(["stateDiagram-v2", "    [*] --> idle", *arrows])

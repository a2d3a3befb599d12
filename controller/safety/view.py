"""What an interlock looks at, and what it may demand."""

from enum import Enum, IntEnum

from controller.safety.evidence import Evidence
from controller.safety.limits import Limits
from controller.safety.monitors import Monitors
from controller.safety.told import Care
from protocols.value import value


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
    BELT_OFF = "belt_off"
    """A walk on a belt whose motor stays off: the patient moves it."""

    __hash__ = object.__hash__  # several tables a turn are looked up by it


QUIET = frozenset({Phase.IDLE, Phase.LATCHED})
"""Phases in which rest was verified and nothing may move: no program is under way."""


@value
class View:
    """All that a condition may look at.

    `since_s`: when the present phase began; `armed_at_s`: when this session was armed;
    `confirmed_at_s`: the supervisor's last confirmation. Monotonic seconds. `reverse`: the belt is
    to run in reverse. `care`: what the patient has told.
    """

    evidence: Evidence
    monitors: Monitors
    limits: Limits
    phase: Phase
    now_s: float
    since_s: float
    armed_at_s: float
    confirmed_at_s: float
    reverse: bool = False
    care: Care = Care()

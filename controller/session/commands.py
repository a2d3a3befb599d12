"""What people ask of a session, and the answers they get."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Verb(Enum):
    """The things that can be asked for."""

    ARM = "arm"
    DISARM = "disarm"
    START = "start"
    SLOWER = "slower"
    FASTER = "faster"
    PAUSE = "pause"
    STOP = "stop"
    RESET = "reset"
    PRESENT = "present"
    REPORT = "report"
    """What the patient says: see `Told`."""
    COMMISSION = "commission"
    """Give the machine up to a commissioner, at rest."""


class Role(Enum):
    """Who asks."""

    ANYONE = "anyone"
    NETWORK = "network"
    """A program at the other end of a broker: it may slow the belt and stop it (S30)."""
    SUPERVISOR = "supervisor"
    VIEWER = "viewer"
    """Signed in to look."""
    ENGINEER = "engineer"
    """Sees to machines and users; a walk is a supervisor's."""


class Orientation(Enum):
    """The two ways to walk backward. A site has one, and each arming confirms it."""

    TURNED = "turned"
    """The patient faces the rear; the belt runs forward."""
    REVERSE_BELT = "reverse_belt"
    """The patient faces the front; the belt runs in reverse."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command. `reason` is one sentence, empty when accepted."""

    id: str
    verb: Verb
    reason: str = ""

    @property
    def accepted(self) -> bool:
        return not self.reason


def lets_in(answers: Iterable[Answer]) -> bool:
    """A commissioner was let in by one of these."""
    return any(answer.verb is Verb.COMMISSION and answer.accepted for answer in answers)

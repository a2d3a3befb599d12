"""Who comes after a child that has ended: a pure judgement from its code and its last heartbeat.

A commissioner takes control's place only after a control that says, by its own code, that it gives
way, and that was last heard to rest with nothing latched. Control comes back after a commissioner
that ended well at rest. Whoever ends otherwise was lost. A control that was never heard was lost,
too, unless the belt is known to have rested when it began: it was to stop it.
"""

from enum import Enum

from controller.guard.watch import RESTING, Watch
from controller.plan import GIVES_WAY


class Child(Enum):
    """Who may move the belt now."""

    CONTROL = "control"
    COMMISSIONER = "commissioner"


class Next(Enum):
    """What follows."""

    LEAVE = "leave"
    """The service ends as it was asked to."""
    CANNOT_SERVE = "cannot serve"
    """Control could not work as it was told to, and has said why."""
    RESCUE = "rescue"
    """The belt is stopped without it, unless it was last heard to rest; then control begins
    latched."""
    COMMISSIONER = "commissioner"
    CONTROL = "control"
    """Begins from its mark."""


def after(child: Child, code: int, watch: Watch, *, ending: bool, rests: bool) -> Next:
    """What follows the end of `child`; `ending`: the service was asked to end; `rests`: the belt
    rested when `child` began."""
    if watch.moving:
        return Next.RESCUE
    if child is Child.COMMISSIONER:
        return _after_commissioner(code, watch, ending=ending)
    if code == GIVES_WAY and watch.word == RESTING:
        return Next.LEAVE if ending else Next.COMMISSIONER
    if code != 0 and (watch.heard or not rests):
        return Next.RESCUE
    return Next.LEAVE if code == 0 or ending else Next.CANNOT_SERVE


def may_be_asked_to_leave(watch: Watch, *, rests: bool) -> bool:
    """A child that was not heard yet may have no ear for a signal: it would end, and the belt that
    may move would be left to nobody."""
    return watch.heard or rests


def _after_commissioner(code: int, watch: Watch, *, ending: bool) -> Next:
    """One that said nothing may have done anything."""
    if code != 0 or not watch.heard:
        return Next.RESCUE
    return Next.LEAVE if ending else Next.CONTROL

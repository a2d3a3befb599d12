"""What must be true before a session may be armed or started: tables of condition and sentence."""

from controller.safety import conditions, patient
from controller.safety.conditions import Condition
from controller.safety.duration import lasted_s
from controller.safety.rest import REST
from controller.safety.view import View
from protocols.belt import Control

ARM_LATENCY_S = 0.15
"""A grip unit on the network is slower than one on a wire; with more than this none is armed."""

Requirements = tuple[tuple[Condition, str], ...]

_too_late = conditions.grip_late(lambda _: ARM_LATENCY_S)


def _in_reach(view: View) -> bool:
    """The machine names speeds, and can run at or under the cap."""
    grid = view.evidence.belt.grid
    return grid is not None and 0 < grid.mps(grid.minimum) <= view.limits.cap_mps


def _starts_gently(view: View) -> bool:
    """Its lowest speed is one that may be asked of a belt not yet seen to move."""
    grid = view.evidence.belt.grid
    return grid is None or grid.mps(grid.minimum) <= view.limits.start_mps


def _both_steady(view: View) -> bool:
    return lasted_s(view.monitors.both_since_s, view.now_s) >= conditions.REGRIP_S


ARM: Requirements = (
    (lambda view: view.evidence.belt.linked, "The treadmill is not connected."),
    (
        lambda view: view.evidence.commissioned,
        "This treadmill may only be watched: run retrotread commission with nobody on its belt.",
    ),
    (_in_reach, "The treadmill has not said that it can run at or below the cap."),
    (_starts_gently, "The treadmill's lowest speed is too fast to start at."),
    (
        lambda view: not view.reverse or view.evidence.belt.reverse is not None,
        "This treadmill cannot run its belt in reverse.",
    ),
    *REST,
    (lambda view: not conditions.grip_silent(view), "The grip unit is not heard."),
    (
        lambda view: not _too_late(view),
        "The grip unit's way over the network takes too long or is not known; it may take 150 ms.",
    ),
    (
        lambda view: not conditions.grip_disagrees(view),
        "The grip unit contradicts itself: force and contact do not agree.",
    ),
    (lambda view: not conditions.grip_garbled(view), "The grip unit's lines arrive damaged."),
    (
        lambda view: not conditions.battery_low(view),
        "The grip unit's battery is low: charge it, or put in a new one.",
    ),
    (lambda view: not conditions.tether_off(view), "The pull-cord is not clipped on."),
    (lambda view: not conditions.fell(view), "The fall sensor reports a fall."),
    (
        lambda view: view.monitors.proven,
        "Let go of both rails once, then hold them, so that the sensors prove themselves.",
    ),
    (lambda view: view.monitors.hands.both, "Both hands must hold the rails."),
    (lambda view: not conditions.console_lost(view), "No supervisor is signed in."),
    (lambda view: not conditions.guard_silent(view), "The guard process is not heard."),
    (
        lambda view: not conditions.relay_open(view),
        "The safety relay is open, or does not answer. Check its cable.",
    ),
    (lambda view: not conditions.not_recorded(view), "The session cannot be recorded."),
    (
        lambda view: view.evidence.awake_since_s is not None,
        "Whether this computer sleeps cannot be told: its clocks do not say.",
    ),
)

START: Requirements = (
    (_both_steady, "Both hands must hold the rails for a second."),
    *REST,
    (
        lambda view: not conditions.heads_wrong(view),
        "The treadmill has not confirmed the direction of its belt yet.",
    ),
    (
        lambda view: view.evidence.belt.control is not Control.REFUSED,
        "The treadmill refuses to be controlled. Close other programs that use it.",
    ),
    (
        lambda view: not patient.heart_missed(view),
        "The heart rate is not heard, and this walk has a limit for it. Put the strap on.",
    ),
    (lambda view: not patient.heart_high(view), "The heart rate is above its limit."),
    (lambda view: not conditions.not_recorded(view), "The session cannot be recorded."),
    (
        lambda view: not conditions.not_marked(view),
        "That the belt may move is not on the disk yet. Try again in a moment.",
    ),
)


COMMISSION: Requirements = (
    (lambda view: view.evidence.belt.linked, "The treadmill is not connected."),
    *REST,
    (lambda view: not conditions.guard_silent(view), "The guard process is not heard."),
    (
        lambda view: not conditions.relay_open(view),
        "The safety relay is open, or does not answer. Check its cable.",
    ),
)
"""To give the machine up to a commissioner. Who stands beside it is the commissioner's to know."""

GO_ON: Requirements = (*ARM, *(needed for needed in START if needed not in ARM))
"""To start again after a rest that a program planned: all that an arming and a start need."""


def missing(requirements: Requirements, view: View) -> tuple[str, ...]:
    """The sentences of the requirements that are not met, in table order."""
    return tuple(sentence for met, sentence in requirements if not met(view))

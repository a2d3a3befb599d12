"""The gate: the last check before the wire. It refuses and stops; it never reshapes.

Written apart from ramp and step, with its own figures, so that one mistake cannot pass both. It
keeps an envelope of its own: how fast a belt may be asked to go now, given what it let through.
"""

import math
from typing import NamedTuple

from controller.safety.evidence import Evidence
from controller.safety.limits import Limits
from protocols.belt import BeltOrder, Control, Level

GATE_CAP_MPS = 0.89408
"""2.0 mph, whatever any setting says."""
GATE_RAMP_MPS2 = 0.10
GATE_STEP_S = 0.1
"""At most so much time counts between two orders: a stall earns no catch-up (S2)."""
GATE_GRIP_S = 0.75
"""Longer than any silence of the grip unit and than any grace, at any setting: half a second."""
GATE_BELT_S = 5.0
GATE_INCLINE_PCT = 5.0
GATE_LIFT_PCT = 1.0
GATE_LIFT_S = 2.0
"""One per cent in so long: half a per cent a second."""
ROUNDING = 1e-9
RUN, LOST = Level.RUN, Control.LOST


class Envelope(NamedTuple):
    """What the gate remembers: the last order it passed, when a hand was last seen to hold, and
    when another incline was last let through."""

    speed_mps: float = 0.0
    at_s: float = -math.inf
    held_at_s: float = -math.inf
    incline_pct: float | None = None
    lifted_at_s: float = -math.inf


class Verdict(NamedTuple):
    """`order` is what may go out: the one proposed, or a Stop. `breach` says why, or is empty."""

    order: BeltOrder
    breach: str
    envelope: Envelope


def check(
    order: BeltOrder,
    envelope: Envelope,
    evidence: Evidence,
    limits: Limits,
    now_s: float,
    *,
    belt_off: bool = False,
) -> Verdict:
    """Judge one order. Only RUN can be refused: everything else asks for no motion.

    `belt_off`: the motor is to stay off in this walk.
    """
    held_at_s = _held_at_s(envelope, evidence, now_s)
    if order.level is not RUN:
        return Verdict(order, "", Envelope(0.0, now_s, held_at_s))
    breach = "The motor is to stay off." if belt_off else ""
    breach = breach or _breach(order, envelope, held_at_s, evidence, limits, now_s)
    if breach:
        return Verdict(BeltOrder(Level.STOP, 0.0, now_s), breach, Envelope(0.0, now_s, held_at_s))
    lifted_at_s = now_s if _lifts(order, envelope) else envelope.lifted_at_s
    passed = Envelope(order.speed_mps, now_s, held_at_s, order.incline_pct, lifted_at_s)
    return Verdict(order, "", passed)


def _breach(
    order: BeltOrder,
    envelope: Envelope,
    held_at_s: float,
    evidence: Evidence,
    limits: Limits,
    now_s: float,
) -> str:
    """The first rule that the order breaks, as a sentence; empty if it breaks none."""
    step_s = min(max(now_s - envelope.at_s, 0.0), GATE_STEP_S)
    ramp_mps2 = min(limits.ramp_up_mps2, GATE_RAMP_MPS2)
    belt = evidence.belt
    rules = (
        (0 <= order.speed_mps < math.inf, "The speed is no magnitude."),
        (order.speed_mps <= min(limits.cap_mps, GATE_CAP_MPS), "The speed is above the cap."),
        (
            order.speed_mps <= envelope.speed_mps + ramp_mps2 * step_s + ROUNDING,
            "The speed rises faster than the ramp.",
        ),
        (order.decided_at_s == now_s, "The decision is not of this turn."),
        (0 <= now_s - held_at_s <= GATE_GRIP_S, "No hand is known to hold the rails."),
        (belt.linked and 0 <= belt.age_s(now_s) <= GATE_BELT_S, "The belt is not heard."),
        (evidence.commissioned, "The treadmill is not commissioned."),
        (order.reverse is (belt.reverse or False), "The belt heads another way."),
        (belt.grid is not None and belt.control is not LOST, "The belt is not ours."),
    )
    for kept, sentence in rules:
        if not kept:
            return sentence
    lifts = _lifts(order, envelope)
    return _lift_breach(order, envelope, evidence, limits, now_s) if lifts else ""


def _lifts(order: BeltOrder, envelope: Envelope) -> bool:
    """It asks for another incline than the order before."""
    return order.incline_pct is not None and order.incline_pct != envelope.incline_pct


def _lift_breach(
    order: BeltOrder, envelope: Envelope, evidence: Evidence, limits: Limits, now_s: float
) -> str:
    """The first rule that another incline breaks. The first of a walk steps from where the deck
    is."""
    asked_pct, belt = order.incline_pct or 0.0, evidence.belt
    from_pct = belt.inclination_pct if envelope.incline_pct is None else envelope.incline_pct
    step_pct = math.inf if from_pct is None else abs(asked_pct - from_pct)
    rules = (
        (math.isfinite(asked_pct) and asked_pct >= 0, "The incline is none to walk on."),
        (asked_pct <= min(limits.incline_pct, GATE_INCLINE_PCT), "The incline is too steep."),
        (belt.inclines is not None, "The deck is not ours."),
        (step_pct <= GATE_LIFT_PCT + ROUNDING, "The incline changes by too much."),
        (now_s - envelope.lifted_at_s >= GATE_LIFT_S, "The incline changes too soon."),
        (order.speed_mps == envelope.speed_mps, "The incline changes while the speed does."),
    )
    return next((sentence for kept, sentence in rules if not kept), "")


def _held_at_s(envelope: Envelope, evidence: Evidence, now_s: float) -> float:
    """When a frame last said that a hand holds: the frame's own time of receipt, not the turn's."""
    grip = evidence.grip
    moved_at_s = grip.advanced_at_s
    if moved_at_s is None or moved_at_s > now_s:
        return envelope.held_at_s
    if grip.frame.left_held or grip.frame.right_held:
        return max(envelope.held_at_s, moved_at_s)
    return envelope.held_at_s

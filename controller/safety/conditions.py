"""The conditions of the interlocks: one predicate over a `View` each."""

from collections.abc import Callable

from controller.safety import witness
from controller.safety.duration import lasted_s
from controller.safety.evidence import age_s, grip_fresh
from controller.safety.grip_watch import DAMAGED
from controller.safety.limits import Limits
from controller.safety.view import View
from protocols.belt import BeltReport, Control

Condition = Callable[[View], bool]
LOST, REFUSED = Control.LOST, Control.REFUSED

SETTLED_S = 2.0
"""How long a cause must be absent, both hands held, and the belt at rest, before a reset."""
EVE_S = 0.5
"""What is told so long before a phase begins, no turn may have looked at yet."""
REGRIP_S = 1.0
"""How long both hands must have held before any increase."""
PROMPT_S = 1.0
"""How long one hand may be off before a prompt."""
GRIP_LOST_S = 0.5
"""Longest silence of the grip unit at any setting (S13)."""
BATTERY_LOW_PCT = 20
DISAGREE_S = 0.3
DAMAGED_S = 1.0
FROZEN_S = 2.5
"""A machine that counts seconds has said nothing new for so long (S13, S14)."""
PROBE_S = 6.0
"""From the first motion until the belt is seen to run as it was asked to."""
ANSWER_LATE_S = 0.5
INCLINE_PCT = 0.5
INCLINE_LATE_S = 15.0
"""A lift goes one per cent in two to four seconds."""
WITNESS_S = 2.0
ASLEEP_S = 0.25
"""A computer whose clocks have parted by more was suspended meanwhile."""


def always(_: View) -> bool:
    return True


def never(_: View) -> bool:
    return False


def fell(view: View) -> bool:
    return view.evidence.grip.frame.fall


def fell_no_more(view: View) -> bool:
    """A unit that is heard says so."""
    return not grip_silent(view) and not fell(view)


def tether_on(view: View) -> bool:
    """A unit that is heard says so."""
    return not grip_silent(view) and not tether_off(view)


def tether_off(view: View) -> bool:
    """A unit that was never heard, or is gone, is silent: it says nothing of the pull-cord."""
    return view.evidence.grip.received_at_s is not None and not view.evidence.grip.frame.tether


def grace_spent(view: View) -> bool:
    return view.monitors.grace_left <= 0


def grip_silent(view: View) -> bool:
    """Twice the silence that counts as release: no grace is spent waiting for a dead sensor."""
    lost_s = min(2 * view.limits.grip_stale_s, GRIP_LOST_S)
    return not grip_fresh(view.evidence, lost_s, view.now_s)


def grip_late(limit_s: Callable[[Limits], float]) -> Condition:
    """What the grip unit says is older on arrival than this limit, or of an age not known."""

    def late(view: View) -> bool:
        latency_s = view.evidence.grip.latency_s
        return latency_s is None or not 0 <= latency_s <= limit_s(view.limits)

    return late


def grip_missed(view: View) -> bool:
    """Frames are late, though not yet by so much that it counts as release."""
    return not grip_fresh(view.evidence, view.limits.grip_stale_s / 2, view.now_s)


def grip_disagrees(view: View) -> bool:
    return lasted_s(view.monitors.grip.disagrees_since_s, view.now_s) >= DISAGREE_S


def grip_garbled(view: View) -> bool:
    damaged_at_s = view.monitors.grip.damaged_at_s
    return len(damaged_at_s) == DAMAGED and view.now_s - damaged_at_s[0] <= DAMAGED_S


def both_held(view: View) -> bool:
    return lasted_s(view.monitors.both_since_s, view.now_s) >= SETTLED_S


def regripping(view: View) -> bool:
    return lasted_s(view.monitors.both_since_s, view.now_s) < REGRIP_S


def one_hand_prompted(view: View) -> bool:
    return lasted_s(view.monitors.one_hand_since_s, view.now_s) >= PROMPT_S


def one_hand_held_back(view: View) -> bool:
    lasted = lasted_s(view.monitors.one_hand_since_s, view.now_s)
    return view.monitors.one_hand_since_s is not None and lasted >= view.limits.one_hand_hold_s


def one_hand_too_long(view: View) -> bool:
    return lasted_s(view.monitors.one_hand_since_s, view.now_s) >= view.limits.one_hand_stop_s


def battery_low(view: View) -> bool:
    battery_pct = view.evidence.grip.frame.battery_pct
    return battery_pct is not None and battery_pct < BATTERY_LOW_PCT


def unlinked(view: View) -> bool:
    return not view.evidence.belt.linked


def control_lost(view: View) -> bool:
    """It was taken away, or is refused while the belt moves in a walk."""
    control = view.evidence.belt.control
    return control is LOST or (control is REFUSED and view.monitors.moved_at_s is not None)


def belt_older_than(limit_s: Callable[[Limits], float]) -> Condition:
    """The belt's telemetry is older than this limit, never came, or is from the future."""

    def older(view: View) -> bool:
        return not 0 <= view.evidence.belt.age_s(view.now_s) <= limit_s(view.limits)

    return older


def moves(view: View) -> bool:
    """The belt was lately reported to move. A speed that is no number, or negative, is not rest."""
    fresh = 0 <= view.evidence.belt.age_s(view.now_s) <= view.limits.belt_hold_s
    return fresh and (view.evidence.belt.speed_mps or 0.0) != 0


def did_not_start(view: View) -> bool:
    """The patience begins when the ramp has come to the lowest speed, at which Start is written."""
    if view.monitors.moved_at_s is not None:
        return False
    grid = view.evidence.belt.grid
    climb_s = 0.0 if grid is None else grid.mps(grid.minimum) / view.limits.ramp_up_mps2
    return view.now_s - view.since_s > view.limits.start_patience_s + climb_s


def overspeed(view: View) -> bool:
    return lasted_s(view.monitors.overspeed_since_s, view.now_s) >= view.limits.overspeed_s


def mismatch(view: View) -> bool:
    return lasted_s(view.monitors.mismatch_since_s, view.now_s) >= view.limits.mismatch_s


def witness_disagrees(view: View) -> bool:
    return lasted_s(view.monitors.witness_since_s, view.now_s) > WITNESS_S


def witness_silent(view: View) -> bool:
    return view.evidence.witness_due and not witness.fresh(view.evidence, view.now_s)


def units_wrong(view: View) -> bool:
    """The belt has moved for a while and was never seen to run at its lowest speed as asked."""
    moved_s = lasted_s(view.monitors.moved_at_s, view.now_s)
    return not view.monitors.belt.probed and moved_s >= PROBE_S


def unresponsive(view: View) -> bool:
    excess_s = lasted_s(view.monitors.belt.excess_since_s, view.now_s)
    return excess_s >= view.limits.response_s


def frozen(view: View) -> bool:
    return view.evidence.belt.frozen_for_s(view.now_s) >= FROZEN_S


def heads_wrong(view: View) -> bool:
    """A belt without a direction heads forward."""
    return bool(view.evidence.belt.reverse) is not view.reverse


def incline_moved(view: View) -> bool:
    """Where the deck was and where it is are known, and it is not between where it was and where it
    was asked to go; or what is known is no number."""
    watched, now_pct = view.monitors.belt, view.evidence.belt.inclination_pct
    if watched.incline_pct is None or now_pct is None:
        return False
    was_pct = watched.incline_pct
    asked_pct = was_pct if watched.lift_pct is None else watched.lift_pct
    rises = was_pct - INCLINE_PCT <= now_pct <= asked_pct + INCLINE_PCT
    falls = asked_pct - INCLINE_PCT <= now_pct <= was_pct + INCLINE_PCT
    return not (rises or falls)


def incline_refused(view: View) -> bool:
    """The deck was asked to go somewhere and has not got there for long."""
    return lasted_s(view.monitors.belt.lifts_since_s, view.now_s) > INCLINE_LATE_S


def unanswered(limit_s: Callable[[Limits], float]) -> Condition:
    """A request has waited longer than this for the machine's answer."""
    return lambda view: (
        lasted_s(view.evidence.belt.unanswered_since_s, view.now_s) > limit_s(view.limits)
    )


def suspended(view: View) -> bool:
    awake_since_s = view.evidence.awake_since_s
    return awake_since_s is None or not awake_since_s <= view.armed_at_s


def happened(when: Callable[[BeltReport], float | None]) -> Condition:
    """The machine told of an event after the session was armed."""
    return _told_since(when, lambda view: view.armed_at_s)


def happens(when: Callable[[BeltReport], float | None]) -> Condition:
    """The machine told of an event in this phase, or in the turns that led to it: what it told
    while the belt was at rest is over when a walk begins."""
    return _told_since(when, lambda view: max(view.armed_at_s, view.since_s - EVE_S))


def _told_since(
    when: Callable[[BeltReport], float | None], since_s: Callable[[View], float]
) -> Condition:
    def told(view: View) -> bool:
        at_s = when(view.evidence.belt)
        return at_s is not None and since_s(view) <= at_s <= view.now_s

    return told


def settled(when: Callable[[BeltReport], float | None]) -> Condition:
    """The machine has not told of that event for a while."""
    return lambda view: age_s(when(view.evidence.belt), view.now_s) >= SETTLED_S


def guard_silent(view: View) -> bool:
    return age_s(view.evidence.guard_seen_at_s, view.now_s) > view.limits.guard_silent_s


def relay_open(view: View) -> bool:
    return not view.evidence.relay_ok


def console_lost(view: View) -> bool:
    return age_s(view.evidence.console_seen_at_s, view.now_s) > view.limits.console_silent_s


def not_confirmed(view: View) -> bool:
    return view.now_s - view.confirmed_at_s > view.limits.confirm_s


def not_recorded(view: View) -> bool:
    return not view.evidence.journal_ok or view.evidence.kept is None


def not_marked(view: View) -> bool:
    """After a power cut, nobody would know that the belt may have been moving (S10)."""
    return view.evidence.kept is None or not view.evidence.kept.moving


def turn_late(view: View) -> bool:
    return view.monitors.late_s > view.limits.turn_late_s


def turn_lost(view: View) -> bool:
    return view.monitors.late_s > view.limits.turn_lost_s

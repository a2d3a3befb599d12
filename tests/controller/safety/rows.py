"""What the table of interlocks must say of each that evidence opens, written down a second time."""

from dataclasses import dataclass
from typing import Any

from controller.safety.belt_watch import UNSEEN
from controller.safety.evidence import Hands
from controller.safety.grip_watch import GripWatch
from controller.safety.mark import CLEAN
from controller.safety.told import Care, Symptom
from controller.safety.view import Action, Phase
from protocols.belt import Control
from tests.controller.bedside import GRID, NOW_S, PROVEN, Changes

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase
MOVING = {WALKING, SLOWING}
ON_BELT = MOVING | {BELT_OFF}
ACTIVE = ON_BELT | {ARMED}
TO_REST = ACTIVE | {STOPPING}
A_MOMENT_S = 1e-3
CLIMB_S = GRID.mps(GRID.minimum) / 0.05
"""To the lowest speed, at which a belt is started."""


@dataclass(frozen=True)
class Row:
    """What the table must say of one interlock: `opens` and `not_yet` are changes to a view."""

    name: str
    action: Action
    phases: set[Phase]
    opens: Changes
    not_yet: Changes


def ago(seconds: float) -> float:
    return NOW_S - seconds


def over(seconds: float) -> float:
    return ago(seconds + A_MOMENT_S)


def under(seconds: float) -> float:
    return ago(seconds - A_MOMENT_S)


def row(name: str, action: Action, phases: set[Phase], opens: Any, not_yet: Any) -> Row:
    return Row(name, action, phases, opens, not_yet)


def belt(**changes: Any) -> Changes:
    return {"belt": changes}


def monitors(**changes: Any) -> Changes:
    return {"monitors": changes}


def care(**changes: Any) -> Changes:
    return {"care": Care(**changes)}


def heart(bpm: int | None, at_s: float) -> Changes:
    """Such a heart, heard then, and a limit of 120."""
    other = {"heart_rate_bpm": bpm, "heart_rate_at_s": at_s}
    return {"other": other, **care(heart_rate_limit_bpm=120)}


def one_hand(since_s: float) -> Changes:
    return monitors(hands=Hands(left=True), both_since_s=None, one_hand_since_s=since_s)


def event(name: str) -> tuple[Changes, Changes]:
    """The machine told of it just now; it told of it before this session was armed."""
    return belt(**{name: NOW_S}), belt(**{name: ago(10.5)})


ROWS = (
    row("fall", Action.PROTECTIVE, TO_REST, {"frame": {"fall": True}}, {}),
    row("tether", Action.PROTECTIVE, TO_REST, {"frame": {"tether": False}}, {}),
    row(
        "grip_released", Action.PROTECTIVE, ON_BELT,
        monitors(grace_left=0.0), monitors(grace_left=0.01),
    ),
    row(
        "grip_silent", Action.PROTECTIVE, ACTIVE,
        {"other": {"advanced_at_s": over(0.5)}}, {"other": {"advanced_at_s": under(0.5)}},
    ),
    row(
        "grip_late", Action.PROTECTIVE, ACTIVE,
        {"other": {"latency_s": 0.25 + A_MOMENT_S}}, {"other": {"latency_s": 0.25}},
    ),
    row(
        "grip_disagrees", Action.PROTECTIVE, ACTIVE,
        monitors(grip=GripWatch(disagrees_since_s=over(0.3))),
        monitors(grip=GripWatch(disagrees_since_s=under(0.3))),
    ),
    row(
        "grip_garbled", Action.PROTECTIVE, ACTIVE,
        monitors(grip=GripWatch(3, (under(1.0), NOW_S, NOW_S))),
        monitors(grip=GripWatch(3, (over(1.0), NOW_S, NOW_S))),
    ),
    row("link_lost", Action.PROTECTIVE, ACTIVE, belt(linked=False), belt(linked=True)),
    row("safety_key", Action.PROTECTIVE, TO_REST, *event("safety_key_at_s")),
    row("console_stop", Action.PROTECTIVE, MOVING, *event("console_stop_at_s")),
    row(
        "control_lost", Action.PROTECTIVE, ACTIVE,
        belt(control=Control.LOST),
        {**belt(control=Control.REFUSED), **monitors(moved_at_s=None)},
    ),
    row("foreign_speed", Action.PROTECTIVE, ACTIVE, *event("foreign_at_s")),
    row(
        "overspeed", Action.PROTECTIVE, MOVING,
        monitors(overspeed_since_s=over(1.0)), monitors(overspeed_since_s=under(1.0)),
    ),
    row(
        "units", Action.PROTECTIVE, MOVING,
        monitors(belt=UNSEEN, moved_at_s=over(6.0)), monitors(belt=UNSEEN, moved_at_s=under(6.0)),
    ),
    row(
        "unresponsive", Action.PROTECTIVE, MOVING,
        monitors(belt=PROVEN._replace(excess_since_s=over(2.0))),
        monitors(belt=PROVEN._replace(excess_since_s=under(2.0))),
    ),
    row(
        "frozen", Action.PROTECTIVE, MOVING,
        belt(speed_mps=0.3, elapsed_s=7, repeats=3, changed_at_s=over(2.5)),
        belt(speed_mps=0.3, elapsed_s=7, repeats=3, changed_at_s=under(2.5)),
    ),
    row(
        "incline", Action.PROTECTIVE, MOVING,
        {**belt(inclination_pct=1.6), **monitors(belt=PROVEN._replace(incline_pct=1.0))},
        {**belt(inclination_pct=1.5), **monitors(belt=PROVEN._replace(incline_pct=1.0))},
    ),
    row("direction", Action.PROTECTIVE, MOVING, belt(reverse=True), belt(reverse=False)),
    row(
        "mismatch", Action.PROTECTIVE, {WALKING},
        monitors(mismatch_since_s=over(3.0)), monitors(mismatch_since_s=under(3.0)),
    ),
    row(
        "uncommanded_motion", Action.PROTECTIVE, {IDLE, ARMED, LATCHED},
        belt(speed_mps=0.14), belt(speed_mps=0.14, reported_at_s=over(2.0)),
    ),
    row("write_failed", Action.PROTECTIVE, MOVING, *event("write_failed_at_s")),
    row("belt_garbled", Action.PROTECTIVE, ACTIVE, *event("garbled_at_s")),
    row(
        "unanswered", Action.PROTECTIVE, MOVING,
        belt(unanswered_since_s=over(1.0)), belt(unanswered_since_s=under(1.0)),
    ),
    row(
        "suspended", Action.PROTECTIVE, ACTIVE,
        {"other": {"awake_since_s": under(10.0)}}, {"other": {"awake_since_s": over(10.0)}},
    ),
    row(
        "guard_silent", Action.PROTECTIVE, ACTIVE,
        {"other": {"guard_seen_at_s": over(0.5)}}, {"other": {"guard_seen_at_s": under(0.5)}},
    ),
    row(
        "relay_open", Action.PROTECTIVE, ACTIVE,
        {"other": {"relay_ok": False}}, {"other": {"relay_ok": True}},
    ),
    row(
        "turn_lost", Action.PROTECTIVE, ACTIVE,
        monitors(late_s=0.25 + A_MOMENT_S), monitors(late_s=0.25),
    ),
    row(
        "belt_lost", Action.PROTECTIVE, ACTIVE,
        belt(reported_at_s=over(5.0)), belt(reported_at_s=under(5.0)),
    ),
    row(
        "belt_silent", Action.CONTROLLED, ACTIVE,
        belt(reported_at_s=over(3.0)), belt(reported_at_s=under(3.0)),
    ),
    row("one_hand", Action.CONTROLLED, ON_BELT, one_hand(over(6.0)), one_hand(under(6.0))),
    row(
        "console_lost", Action.CONTROLLED, ACTIVE,
        {"other": {"console_seen_at_s": over(5.0)}}, {"other": {"console_seen_at_s": under(5.0)}},
    ),
    row(
        "not_confirmed", Action.CONTROLLED, ON_BELT,
        {"confirmed_at_s": over(60.0)}, {"confirmed_at_s": under(60.0)},
    ),
    row(
        "not_recorded", Action.CONTROLLED, ON_BELT,
        {"other": {"kept": None}}, {"other": {"kept": CLEAN}},
    ),
    row(
        "did_not_start", Action.CONTROLLED, {WALKING},
        {"since_s": over(10.0 + CLIMB_S), **monitors(moved_at_s=None)},
        {"since_s": under(10.0 + CLIMB_S), **monitors(moved_at_s=None)},
    ),
    row("one_hand_slow", Action.SLOW, {WALKING}, one_hand(over(3.0)), one_hand(under(3.0))),
    row("one_hand_prompt", Action.WARN, ON_BELT, one_hand(over(1.0)), one_hand(under(1.0))),
    row(
        "regrip", Action.HOLD, {WALKING},
        monitors(both_since_s=under(1.0)), monitors(both_since_s=over(1.0)),
    ),
    row(
        "grip_missed", Action.HOLD, {WALKING},
        {"other": {"advanced_at_s": over(0.125)}}, {"other": {"advanced_at_s": under(0.125)}},
    ),
    row(
        "answer_late", Action.HOLD, {WALKING},
        belt(unanswered_since_s=over(0.5)), belt(unanswered_since_s=under(0.5)),
    ),
    row(
        "belt_late", Action.HOLD, {WALKING},
        belt(reported_at_s=over(2.0)), belt(reported_at_s=under(2.0)),
    ),
    row(
        "witness_disagrees", Action.PROTECTIVE, MOVING | {IDLE, ARMED, LATCHED},
        monitors(witness_since_s=over(2.0)), monitors(witness_since_s=under(2.0)),
    ),
    row(
        "witness_silent", Action.HOLD, {WALKING},
        {"other": {"witness_due": True, "witness_mps": 0.4, "witness_at_s": over(2.5)}},
        {"other": {"witness_due": True, "witness_mps": 0.4, "witness_at_s": under(2.5)}},
    ),
    row(
        "turn_late", Action.HOLD, {WALKING},
        monitors(late_s=0.1 + A_MOMENT_S), monitors(late_s=0.1),
    ),
    row(
        "motor_on", Action.PROTECTIVE, {BELT_OFF}, belt(speed_mps=0.01), belt(speed_mps=0.0),
    ),
    row(
        "symptom", Action.CONTROLLED, ACTIVE,
        care(symptom=Symptom.DIZZINESS), care(symptom=Symptom.PATIENT_REQUEST),
    ),
    row(
        "patient_request", Action.CONTROLLED, ACTIVE,
        care(symptom=Symptom.PATIENT_REQUEST), care(symptom=Symptom.CHEST_PAIN),
    ),
    row("pain", Action.CONTROLLED, ACTIVE, care(pain_peak=6), care(pain_peak=5)),
    row("pain_held", Action.HOLD, {WALKING}, care(pain_peak=4), care(pain_peak=3)),
    row("effort", Action.CONTROLLED, ACTIVE, care(effort_red=True), care(effort=15)),
    row(
        "heart_rate", Action.CONTROLLED, ON_BELT,
        monitors(heart_high_since_s=ago(3.0)), monitors(heart_high_since_s=under(3.0)),
    ),
    row("heart_high", Action.HOLD, {WALKING}, heart(121, NOW_S), heart(120, NOW_S)),
    row("heart_missed", Action.HOLD, {WALKING}, heart(80, over(5.0)), heart(80, under(5.0))),
    row(
        "heart_silent", Action.CONTROLLED, ON_BELT,
        {**heart(80, NOW_S), "monitors": {"heart_lost_since_s": ago(10.0)}},
        {**heart(80, NOW_S), "monitors": {"heart_lost_since_s": under(10.0)}},
    ),
    row("releases", Action.CONTROLLED, ON_BELT, care(releases=3), care(releases=2)),
    row(
        "incline_refused", Action.WARN, {WALKING},
        {"monitors": {"belt": PROVEN._replace(lifts_since_s=over(15.0))}},
        {"monitors": {"belt": PROVEN._replace(lifts_since_s=ago(15.0))}},
    ),
    row(
        "battery_low", Action.HOLD, set(Phase),
        {"frame": {"battery_pct": 19}}, {"frame": {"battery_pct": None}},
    ),
)  # fmt: skip

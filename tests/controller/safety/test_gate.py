"""The gate refuses each breach on its own and never reshapes an order."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.safety import gate
from controller.safety.conditions import GRIP_LOST_S
from controller.safety.gate import Envelope, Verdict
from controller.safety.limits import HARD, Limits, grace_s
from protocols.belt import BeltOrder, Control, InclineGrid, Level
from tests.controller.bedside import LIMITS, NOW_S, Changes, changed, healthy

SPEED_MPS = 0.3
ENVELOPE = Envelope(SPEED_MPS, NOW_S - 0.05, NOW_S - 0.05)
RUN = BeltOrder(Level.RUN, SPEED_MPS, NOW_S)


def judge(
    order: BeltOrder = RUN,
    envelope: Envelope = ENVELOPE,
    limits: Limits = LIMITS,
    now_s: float = NOW_S,
    **changes: Changes,
) -> Verdict:
    return gate.check(order, envelope, changed(healthy(), **changes), limits, now_s)


def run(**order: Any) -> BeltOrder:
    return replace(RUN, **order)


def test_its_own_figures_are_the_hard_limits() -> None:
    figures = (gate.GATE_CAP_MPS, gate.GATE_RAMP_MPS2, gate.GATE_BELT_S, gate.GATE_INCLINE_PCT)
    hard = (HARD.cap_mps, HARD.ramp_up_mps2, HARD.belt_lost_s, HARD.incline_pct)
    assert figures == pytest.approx(hard)


def test_it_bears_every_silence_and_grace_that_the_interlocks_bear_but_not_both() -> None:
    assert max(GRIP_LOST_S, grace_s(0.0, HARD)) < gate.GATE_GRIP_S
    assert GRIP_LOST_S + grace_s(0.0, HARD) > gate.GATE_GRIP_S


def test_a_sound_order_passes_unchanged_and_is_remembered() -> None:
    verdict = judge()
    assert verdict.order is RUN
    assert not verdict.breach
    assert verdict.envelope == Envelope(SPEED_MPS, NOW_S, NOW_S)


NO_HANDS: Changes = {"left_held": False, "right_held": False}
BREACHES: dict[str, tuple[str, dict[str, Any]]] = {
    "not a number": ("no magnitude", {"order": run(speed_mps=math.nan)}),
    "infinite": ("no magnitude", {"order": run(speed_mps=math.inf)}),
    "negative": ("no magnitude", {"order": run(speed_mps=-0.01)}),
    "above the cap in force": (
        "above the cap", {"limits": replace(LIMITS, cap_mps=SPEED_MPS - 1e-6)},
    ),
    "above the hard cap": (
        "above the cap",
        {
            "order": run(speed_mps=0.9),
            "limits": replace(LIMITS, cap_mps=9.0),
            "envelope": ENVELOPE._replace(speed_mps=0.9),
        },
    ),
    "faster than the ramp in force": (
        "faster than the ramp", {"order": run(speed_mps=SPEED_MPS + 0.05 * 0.05 + 1e-6)},
    ),
    "faster than the hard ramp": (
        "faster than the ramp",
        {"order": run(speed_mps=0.306), "limits": replace(LIMITS, ramp_up_mps2=9.0)},
    ),
    "catching up after a stall": (
        "faster than the ramp",
        {
            "order": run(speed_mps=SPEED_MPS + 0.05 * 0.1 + 1e-6),
            "envelope": ENVELOPE._replace(at_s=NOW_S - 0.2),
        },
    ),
    "rising in no time": (
        "faster than the ramp",
        {"order": run(speed_mps=0.301), "envelope": ENVELOPE._replace(at_s=NOW_S + 1)},
    ),
    "in reverse on a belt that heads forward": (
        "heads another way", {"order": run(reverse=True), "belt": {"reverse": False}},
    ),
    "in reverse on a belt without a direction": (
        "heads another way", {"order": run(reverse=True)},
    ),
    "forward on a belt that heads in reverse": ("heads another way", {"belt": {"reverse": True}}),
    "of an earlier turn": ("not of this turn", {"order": run(decided_at_s=NOW_S - 0.05)}),
    "of a later turn": ("not of this turn", {"order": run(decided_at_s=NOW_S + 0.05)}),
    "hands off": (
        "No hand", {"frame": NO_HANDS, "envelope": ENVELOPE._replace(held_at_s=NOW_S - 0.76)},
    ),
    "hands never seen": (
        "No hand", {"frame": NO_HANDS, "envelope": ENVELOPE._replace(held_at_s=-math.inf)},
    ),
    "hands seen in the future": (
        "No hand", {"frame": NO_HANDS, "envelope": ENVELOPE._replace(held_at_s=NOW_S + 1)},
    ),
    "a grip unit never heard": (
        "No hand",
        {
            "other": {"advanced_at_s": None},
            "envelope": ENVELOPE._replace(held_at_s=NOW_S - 0.76),
        },
    ),
    "a grip unit from the future": (
        "No hand",
        {
            "other": {"advanced_at_s": NOW_S + 1},
            "envelope": ENVELOPE._replace(held_at_s=NOW_S - 0.76),
        },
    ),
    "no link": ("not heard", {"belt": {"linked": False}}),
    "an old report": ("not heard", {"belt": {"reported_at_s": NOW_S - 5.01}}),
    "a report from the future": ("not heard", {"belt": {"reported_at_s": NOW_S + 0.01}}),
    "no report": ("not heard", {"belt": {"reported_at_s": None}}),
    "not commissioned": ("not commissioned", {"other": {"commissioned": False}}),
    "no grid": ("not ours", {"belt": {"grid": None}}),
    "control lost": ("not ours", {"belt": {"control": Control.LOST}}),
}  # fmt: skip


@pytest.mark.parametrize(("said", "breach"), BREACHES.values(), ids=BREACHES)
def test_each_breach_alone_is_a_stop(said: str, breach: dict[str, Any]) -> None:
    verdict = judge(**breach)
    assert said in verdict.breach
    assert verdict.order == BeltOrder(Level.STOP, 0.0, NOW_S)
    assert verdict.envelope.speed_mps == 0


@pytest.mark.parametrize("level", [Level.WATCH, Level.READY, Level.STOP])
def test_what_asks_for_no_motion_always_passes(level: Level) -> None:
    order = BeltOrder(level, math.nan, -1.0)
    verdict = judge(order, belt={"linked": False}, frame=NO_HANDS)
    assert (verdict.order, verdict.breach) == (order, "")
    assert verdict.envelope.speed_mps == 0


def test_after_a_stop_the_ramp_begins_at_nothing() -> None:
    stopped = judge(BeltOrder(Level.STOP, 0.0, NOW_S)).envelope
    verdict = judge(run(decided_at_s=NOW_S + 0.05), stopped, now_s=NOW_S + 0.05)
    assert verdict.breach == "The speed rises faster than the ramp."


def test_the_age_of_a_hold_is_the_frame_s_own() -> None:
    verdict = judge(other={"advanced_at_s": NOW_S - 0.7})
    assert verdict.envelope.held_at_s == NOW_S - 0.05
    later = judge(envelope=ENVELOPE._replace(held_at_s=-math.inf), other={"advanced_at_s": 999.5})
    assert later.envelope.held_at_s == 999.5


def test_one_hand_is_a_hand_for_the_gate() -> None:
    assert not judge(frame={"right_held": False}).breach


@given(
    speed_mps=st.floats(allow_nan=True, allow_infinity=True),
    before_mps=st.floats(0, 2),
    elapsed_s=st.floats(-10, 10),
    cap_mps=st.floats(0, 10),
    ramp_mps2=st.floats(0, 10),
)
def test_what_passes_is_under_the_cap_and_the_ramp(
    speed_mps: float, before_mps: float, elapsed_s: float, cap_mps: float, ramp_mps2: float
) -> None:
    limits = replace(LIMITS, cap_mps=cap_mps, ramp_up_mps2=ramp_mps2)
    envelope = Envelope(before_mps, NOW_S - elapsed_s, NOW_S)
    verdict = judge(run(speed_mps=speed_mps), envelope, limits)
    if verdict.order.level is Level.RUN:
        rise_mps = verdict.order.speed_mps - before_mps
        assert 0 <= verdict.order.speed_mps <= min(cap_mps, 0.89408)
        assert rise_mps <= 0.1 * min(max(elapsed_s, 0), 0.1) + 1e-9
    else:
        assert verdict.breach


def test_a_first_envelope_has_passed_nothing_and_seen_no_hand() -> None:
    assert Envelope() == Envelope(0.0, -math.inf, -math.inf, None, -math.inf)


@pytest.mark.parametrize("level", [Level.STOP, Level.RUN])
@pytest.mark.parametrize("linked", [True, False])
def test_the_envelope_keeps_speed_turn_and_hold_apart(level: Level, linked: bool) -> None:
    held_at_s = NOW_S - 0.02
    order = run(level=level)
    verdict = judge(order, other={"advanced_at_s": held_at_s}, belt={"linked": linked})
    passed_mps = SPEED_MPS if level is Level.RUN and linked else 0.0
    assert verdict.envelope == Envelope(passed_mps, NOW_S, held_at_s)


AT_ONCE = ENVELOPE._replace(at_s=NOW_S)
JUST_GOOD: dict[str, dict[str, Any]] = {
    "no speed": {"order": run(speed_mps=0.0)},
    "at the cap": {"limits": replace(LIMITS, cap_mps=SPEED_MPS)},
    "up with the ramp": {"order": run(speed_mps=SPEED_MPS + 0.05 * 0.0499)},
    "up for the longest turn": {
        "order": run(speed_mps=SPEED_MPS + 0.05 * 0.0999),
        "envelope": ENVELOPE._replace(at_s=NOW_S - 0.2),
    },
    "level, and at once": {"envelope": AT_ONCE},
    "level, and the clock goes back": {"envelope": ENVELOPE._replace(at_s=NOW_S + 1)},
    "rounded": {"order": run(speed_mps=SPEED_MPS + 1e-9), "envelope": AT_ONCE},
    "held for the last time": {
        "frame": NO_HANDS, "envelope": ENVELOPE._replace(held_at_s=NOW_S - 0.75),
    },
    "held by the right hand": {
        "frame": {"left_held": False}, "envelope": ENVELOPE._replace(held_at_s=-math.inf),
    },
    "held by the left hand": {
        "frame": {"right_held": False}, "envelope": ENVELOPE._replace(held_at_s=-math.inf),
    },
    "held, and a frame from the future": {"other": {"advanced_at_s": NOW_S + 1}},
    "held just now": {"envelope": ENVELOPE._replace(held_at_s=-math.inf)},
    "heard for the last time": {"belt": {"reported_at_s": NOW_S - 5.0}},
}  # fmt: skip


@pytest.mark.parametrize("good", JUST_GOOD.values(), ids=JUST_GOOD)
def test_at_its_bounds_an_order_still_passes(good: dict[str, Any]) -> None:
    assert not judge(**good).breach


@pytest.mark.parametrize("by_mps", [1.05e-9, 0.0004])
def test_at_once_an_order_may_not_rise(by_mps: float) -> None:
    verdict = judge(run(speed_mps=SPEED_MPS + by_mps), AT_ONCE)
    assert verdict.breach == "The speed rises faster than the ramp."


LIFT = InclineGrid(minimum=0, maximum=100, increment=5, units_per_pct=10)
STEEP = replace(LIMITS, incline_pct=3.0)
LIFTED = ENVELOPE._replace(incline_pct=1.0, lifted_at_s=NOW_S - 2.0)
DECK: Changes = {"inclines": LIFT, "inclination_pct": 1.0}


def lift(
    incline_pct: float | None = 2.0,
    envelope: Envelope = LIFTED,
    limits: Limits = STEEP,
    belt: Changes = DECK,
    **order: Any,
) -> Verdict:
    return judge(run(incline_pct=incline_pct, **order), envelope, limits, belt=belt)


def test_one_per_cent_after_two_seconds_in_a_steady_walk_passes_and_is_remembered() -> None:
    assert lift().breach == ""
    assert lift().envelope == Envelope(SPEED_MPS, NOW_S, NOW_S, 2.0, NOW_S)
    assert lift(0.0).breach == ""


@pytest.mark.parametrize(
    ("sentence", "how"),
    [
        ("none to walk on", {"incline_pct": -0.1}),
        ("none to walk on", {"incline_pct": math.nan}),
        ("none to walk on", {"incline_pct": math.inf}),
        ("too steep", {"limits": replace(LIMITS, incline_pct=1.9)}),
        (
            "too steep",
            {
                "incline_pct": 5.1,
                "limits": replace(LIMITS, incline_pct=9.0),
                "envelope": LIFTED._replace(incline_pct=5.0),
            },
        ),
        ("not ours", {"belt": {**DECK, "inclines": None}}),
        ("by too much", {"incline_pct": 2.01}),
        ("by too much", {"envelope": LIFTED._replace(incline_pct=3.01)}),
        ("too soon", {"envelope": LIFTED._replace(lifted_at_s=NOW_S - 1.99)}),
        ("while the speed does", {"speed_mps": SPEED_MPS - 0.001}),
    ],
)
def test_the_gate_refuses_an_incline_that_breaks_a_rule(sentence: str, how: Any) -> None:
    verdict = lift(**how)
    assert sentence in verdict.breach
    assert verdict.order.level is Level.STOP


def test_the_first_incline_of_a_walk_steps_from_where_the_deck_is() -> None:
    fresh = LIFTED._replace(incline_pct=None)
    assert lift(envelope=fresh).breach == ""
    far = lift(envelope=fresh, belt={**DECK, "inclination_pct": 0.9})
    assert "by too much" in far.breach
    unknown = lift(envelope=fresh, belt={**DECK, "inclination_pct": None})
    assert "by too much" in unknown.breach


def test_an_incline_that_stands_is_no_change_and_its_time_is_kept() -> None:
    stands = lift(1.0, speed_mps=SPEED_MPS - 0.001)
    assert stands.breach == ""
    assert stands.envelope.lifted_at_s == LIFTED.lifted_at_s
    none = lift(None)
    assert none.breach == ""
    assert none.envelope.lifted_at_s == LIFTED.lifted_at_s


def test_whatever_does_not_run_forgets_the_incline() -> None:
    stop = judge(BeltOrder(Level.STOP, 0.0, NOW_S), LIFTED)
    assert stop.envelope == Envelope(0.0, NOW_S, NOW_S)


def test_nothing_runs_while_the_motor_is_to_stay_off() -> None:
    verdict = gate.check(RUN, ENVELOPE, healthy(), LIMITS, NOW_S, belt_off=True)
    assert verdict.breach == "The motor is to stay off."
    assert verdict.order.level is Level.STOP
    ready = BeltOrder(Level.READY, 0.0, NOW_S)
    assert gate.check(ready, ENVELOPE, healthy(), LIMITS, NOW_S, belt_off=True).order is ready


def test_an_incline_at_its_bounds_still_passes() -> None:
    assert lift(limits=replace(LIMITS, incline_pct=2.0)).breach == ""
    level = LIFTED._replace(incline_pct=0.0)
    assert lift(1.0 + 1e-9, envelope=level).breach == ""
    assert "by too much" in lift(0.0, envelope=LIFTED._replace(incline_pct=1.005)).breach


def test_an_incline_hides_no_other_breach() -> None:
    unheld = LIFTED._replace(held_at_s=NOW_S - 0.76)
    verdict = judge(run(incline_pct=2.0), unheld, STEEP, belt=DECK, frame=NO_HANDS)
    assert verdict.breach == "No hand is known to hold the rails."

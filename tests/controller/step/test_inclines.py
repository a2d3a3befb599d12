"""How the deck follows a program: gently, a step at a time, and never beside anything else."""

import itertools
import math
from dataclasses import replace
from typing import Any

import pytest

from controller.programs.program import Program, ProgramPhase
from controller.safety.evidence import Hands
from controller.safety.told import Told
from controller.safety.view import Action, Phase, View
from controller.session.commands import Verb
from controller.step import Decision, State
from controller.step.incline import inclined
from protocols.belt import InclineGrid, Level
from tests.controller.bedside import LIMITS, Story, changed

IDLE, ARMED, WALKING, SLOWING, STOPPING, LATCHED, BELT_OFF = Phase
LIFT = InclineGrid(minimum=-30, maximum=100, increment=5, units_per_pct=10)
STEEP = replace(LIMITS, incline_pct=5.0)
LIFT_PCT_PER_S = 0.5


def climb(*rows: tuple[float, float], speed_mps: float = 0.2) -> Program:
    """Phases of (seconds, per cent)."""
    return Program("climb", "Climb", tuple(ProgramPhase(s, speed_mps, pct) for s, pct in rows))


CLIMB = climb((20.0, 0.0), (40.0, 3.0), (30.0, 0.0))


class Deck(Story):
    """A story with a deck that goes where it is told, unless it is stuck."""

    def __init__(self, limits: Any = STEEP, lift: InclineGrid | None = LIFT) -> None:
        super().__init__(limits)
        self.deck_pct = 0.0
        self.stuck = False
        self.asked: list[tuple[float, float]] = []
        self.belt["inclines"] = lift
        self.belt["inclination_pct"] = 0.0

    def turn(self, *commands: Any, after_s: float = 0.05) -> Decision:
        self.belt["inclination_pct"] = round(self.deck_pct, 1)
        decision = super().turn(*commands, after_s=after_s)
        asked_pct = decision.order.incline_pct
        if asked_pct is not None and (not self.asked or self.asked[-1][1] != asked_pct):
            self.asked.append((self.now_s, asked_pct))
        if asked_pct is not None and not self.stuck:
            most_pct = LIFT_PCT_PER_S * after_s
            self.deck_pct += max(-most_pct, min(most_pct, asked_pct - self.deck_pct))
        return decision


def test_a_program_s_incline_comes_and_goes_by_one_per_cent() -> None:
    deck = Deck().walking(50.0, CLIMB)
    deck.ask(Verb.PRESENT)
    deck.wait(38.0)
    assert [pct for _, pct in deck.asked] == [1.0, 2.0, 3.0, 2.0, 1.0, 0.0]  # type: ignore[attr-defined]
    times_s = [at_s for at_s, _ in deck.asked]  # type: ignore[attr-defined]
    assert 4.0 <= min(b - a for a, b in itertools.pairwise(times_s)) < 4.1
    assert deck.decision.breach == ""
    assert deck.cause is None


def test_within_a_phase_the_deck_stands_at_what_is_prescribed() -> None:
    deck = Deck().walking(50.0, CLIMB)
    assert deck.deck_pct == pytest.approx(3.0)  # type: ignore[attr-defined]


def test_a_level_program_writes_no_incline_at_all() -> None:
    deck = Deck().walking(40.0, climb((60.0, 0.0)))
    assert deck.asked == []  # type: ignore[attr-defined]


def test_a_free_walk_leaves_the_deck_as_it_is() -> None:
    deck = Deck()
    deck.deck_pct = 2.0
    deck.walking(30.0)
    assert deck.asked == []
    assert deck.phase is WALKING


def test_a_deck_left_inclined_is_brought_down_in_the_walk() -> None:
    deck = Deck()
    deck.deck_pct = 2.3
    deck.walking(40.0, climb((60.0, 0.0)))
    assert [pct for _, pct in deck.asked] == [1.5, 0.5, 0.0]
    assert deck.cause is None


def test_an_incline_is_rounded_down_to_the_machine_s_own() -> None:
    deck = Deck().walking(30.0, climb((60.0, 1.3)))
    assert deck.deck_pct == pytest.approx(1.0)  # type: ignore[attr-defined]


def test_nothing_is_asked_for_before_the_speed_stands() -> None:
    deck = Deck().walking(60.0, climb((100.0, 1.0), speed_mps=0.4))
    (at_s, _), *_ = deck.asked  # type: ignore[attr-defined]
    assert deck.set_point_mps == 0.4
    assert at_s > deck.state.since_s + 0.4 / LIMITS.ramp_up_mps2


@pytest.mark.parametrize("lift", [replace(LIFT, minimum=40), replace(LIFT, maximum=-5), None])
def test_a_lift_that_has_no_step_on_the_way_is_asked_for_nothing(lift: InclineGrid | None) -> None:
    deck = Deck().armed(climb((60.0, 5.0)))
    deck.must(Verb.START)
    deck.belt["inclines"] = lift
    deck.wait(30.0)
    assert deck.asked == []  # type: ignore[attr-defined]
    assert deck.phase is WALKING


def test_one_hand_keeps_the_deck_where_it_is() -> None:
    deck = Deck().walking(25.0, CLIMB)
    before = list(deck.asked)  # type: ignore[attr-defined]
    deck.hold(left=False).wait(4.0)
    assert deck.asked == before  # type: ignore[attr-defined]


def test_amber_pain_holds_the_incline_but_not_its_way_down() -> None:
    deck = Deck().walking(26.0, CLIMB)
    deck.must(Verb.REPORT, told=Told(pain_nprs=4))
    steepest_pct = deck.asked[-1][1]  # type: ignore[attr-defined]
    deck.wait(15.0)
    assert deck.asked[-1][1] == steepest_pct < 3.0  # type: ignore[attr-defined]
    deck.ask(Verb.PRESENT)
    deck.wait(40.0)
    assert deck.asked[-1][1] == 0.0  # type: ignore[attr-defined]


def test_a_deck_that_does_not_follow_is_told_of_and_asked_for_no_more() -> None:
    deck = Deck()
    deck.stuck = True
    deck.walking(58.0, CLIMB)
    assert deck.asked == [(deck.asked[0][0], 1.0)]
    assert "The treadmill does not incline as it was asked to." in deck.decision.warnings
    assert deck.phase is WALKING


def test_a_deck_that_moves_by_itself_beside_its_orders_is_stopped() -> None:
    deck = Deck().walking(40.0, CLIMB)
    deck.deck_pct += 0.7  # type: ignore[attr-defined]
    deck.stuck = True  # type: ignore[attr-defined]
    deck.turn()
    assert (deck.phase, deck.cause) == (STOPPING, "incline")


def test_the_deck_stays_where_it_is_while_the_belt_slows_down_and_stops() -> None:
    deck = Deck().walking(45.0, CLIMB)
    deck.must(Verb.PAUSE)
    before = list(deck.asked)  # type: ignore[attr-defined]
    while deck.phase is not IDLE:
        deck.turn()
        if deck.decision.order.level is not Level.RUN:
            assert deck.decision.order.incline_pct is None
    assert deck.asked == before  # type: ignore[attr-defined]
    assert deck.deck_pct == pytest.approx(3.0)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("lift", "told_pct"),
    [
        (None, 0.0),
        (replace(LIFT, increment=15), 0.0),
        (LIFT, None),
        (replace(LIFT, minimum=40), 0.0),
    ],
)
def test_a_program_that_needs_an_incline_is_refused_where_none_can_be_told(
    lift: InclineGrid | None, told_pct: float | None
) -> None:
    story = Story(STEEP)
    story.belt |= {"inclines": lift, "inclination_pct": told_pct}
    story.release().wait(0.2)
    story.hold().wait(2.2)
    answer = story.ask(Verb.ARM, program=CLIMB)
    assert answer.reason == "Climb needs inclines that this treadmill cannot be told."


def test_a_program_steeper_than_the_limit_is_refused_and_the_way_out_named() -> None:
    story = Deck(LIMITS)
    story.release().wait(0.2)
    story.hold().wait(2.2)
    reason = story.ask(Verb.ARM, program=CLIMB).reason
    assert reason.startswith("Climb inclines beyond the limit of 0 %: raise incline_pct")


@pytest.mark.parametrize("incline_pct", [-1.0, 5.1, float("nan"), float("inf")])
def test_an_incline_that_nobody_is_walked_on_is_refused(incline_pct: float) -> None:
    story = Deck()
    story.release().wait(0.2)
    story.hold().wait(2.2)
    assert not story.ask(Verb.ARM, program=climb((60.0, incline_pct))).accepted


LEVEL = "The treadmill's deck is inclined: bring it to level at its console."


@pytest.mark.parametrize(
    ("limits", "lift", "deck_pct", "reason"),
    [
        (LIMITS, None, 0.5, ""),
        (LIMITS, None, 0.6, LEVEL),
        (LIMITS, None, -0.5, ""),
        (LIMITS, None, -0.6, LEVEL),
        (LIMITS, None, None, ""),
        (STEEP, LIFT, 5.5, ""),
        (STEEP, LIFT, 5.6, LEVEL),
        (STEEP, None, 0.6, LEVEL),
        (LIMITS, LIFT, 0.6, LEVEL),
    ],
)
def test_a_deck_must_be_where_the_walk_begins_or_be_one_that_can_be_told(
    limits: Any, lift: InclineGrid | None, deck_pct: float | None, reason: str
) -> None:
    story = Story(limits)
    story.belt |= {"inclines": lift, "inclination_pct": deck_pct}
    story.release().wait(0.2)
    story.hold().wait(2.2)
    assert story.ask(Verb.ARM, program=climb((60.0, 0.0))).reason == reason


def test_a_free_walk_may_begin_on_any_deck_within_the_limit() -> None:
    story = Story(STEEP)
    story.belt["inclination_pct"] = 5.0
    assert story.armed().phase is ARMED


def test_on_the_finest_grid_a_step_is_one_per_cent_to_a_hair() -> None:
    deck = Deck(lift=replace(LIFT, increment=1)).walking(50.0, climb((60.0, 2.5)))
    assert [pct for _, pct in deck.asked] == [1.0, 2.0, 2.5]  # type: ignore[attr-defined]


def climbing(to_pct: float = 3.0, **changes: Any) -> tuple[State, View]:
    """A walk whose deck stands at 1 % and is due to go on."""
    deck = Deck().walking(9.0, climb((60.0, 3.0)))
    state = replace(deck.state, inclined_at_s=-math.inf, program=climb((60.0, to_pct)))
    assert (state.incline_pct, state.monitors.belt.lifts_since_s) == (1.0, None)
    return replace(state, **changes), deck.view


def watched(view: View, belt: dict[str, Any], **changes: Any) -> View:
    monitors = replace(view.monitors, belt=view.monitors.belt._replace(**belt), **changes)
    return replace(view, monitors=monitors)


def test_only_a_walk_moves_the_deck_and_only_one_that_is_seen() -> None:
    state, view = climbing()
    assert inclined(state, view, Action.WARN).incline_pct == 2.0
    for phase in Phase:
        elsewhere = replace(state, phase=phase)
        assert (inclined(elsewhere, view, Action.WARN) is not elsewhere) is (phase is WALKING)
    unseen = replace(view, evidence=changed(view.evidence, belt={"inclination_pct": None}))
    first = replace(state, incline_pct=None)
    assert inclined(first, unseen, Action.WARN) is first
    assert inclined(state, unseen, Action.WARN) is state


def test_each_thing_alone_keeps_the_deck_where_it_is() -> None:
    state, view = climbing()
    one_hand = watched(view, {}, hands=Hands(left=True))
    for kept in (one_hand, watched(view, {"probed": False}), watched(view, {"lifts_since_s": 1.0})):
        assert inclined(state, kept, Action.WARN) is state
    changing = replace(state, envelope=state.envelope._replace(speed_mps=0.1))
    assert inclined(changing, view, Action.WARN) is changing
    for ago_s, moves in ((3.9, False), (4.0, True), (4.1, True)):
        lately = replace(state, inclined_at_s=view.now_s - ago_s)
        assert (inclined(lately, view, Action.WARN) is not lately) is moves


@pytest.mark.parametrize(
    ("to_pct", "action", "next_pct"),
    [
        (3.0, Action.WARN, 2.0), (3.0, Action.HOLD, 1.0), (3.0, Action.SLOW, 1.0),
        (0.0, Action.WARN, 0.0), (0.0, Action.HOLD, 0.0), (0.0, Action.SLOW, 1.0),
    ],
)  # fmt: skip
def test_what_holds_the_speed_holds_the_way_up_and_what_slows_holds_both(
    to_pct: float, action: Action, next_pct: float
) -> None:
    state, view = climbing(to_pct)
    assert inclined(state, view, action).incline_pct == next_pct


@pytest.mark.parametrize(("to_pct", "next_pct"), [(3.0, 1.0), (0.0, 0.0)])
def test_below_the_speed_that_is_aimed_at_a_deck_goes_down_only(
    to_pct: float, next_pct: float
) -> None:
    state, view = climbing(to_pct)
    slower = state.ramp._replace(speed_mps=0.15)
    envelope = state.envelope._replace(speed_mps=0.15)
    state = replace(state, ramp=slower, envelope=envelope)
    assert inclined(state, view, Action.WARN).incline_pct == next_pct


@pytest.mark.parametrize(("deck_pct", "to_pct"), [(0.4, 0.0), (0.5, 0.0), (2.8, 3.0)])
def test_a_deck_that_is_as_good_as_there_is_asked_for_nothing(
    deck_pct: float, to_pct: float
) -> None:
    deck = Deck()
    deck.deck_pct = deck_pct
    deck.walking(20.0, climb((60.0, to_pct)))
    assert deck.asked == []


def test_a_deck_that_was_asked_to_be_there_is_asked_no_more() -> None:
    state, view = climbing(1.0)
    assert inclined(state, view, Action.WARN) is state

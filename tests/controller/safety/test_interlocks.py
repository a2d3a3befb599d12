"""Each interlock opens in its phases, demands its action, and counts as absent as stated."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from controller.safety.evidence import Evidence
from controller.safety.interlocks import BY_NAME, INTERLOCKS, opened
from controller.safety.interlocks.row import Interlock
from controller.safety.told import Care
from controller.safety.view import Action, Phase, View
from tests.architecture.safety_page import read
from tests.controller.bedside import LIMITS, NOW_S, PROVEN, look
from tests.controller.safety.rows import LATCHED, ROWS, WALKING, Row, ago, heart, over, under

COMMANDED = {
    "stop_pressed", "service_ended", "guard_ended", "gate", "internal_error", "restarted",
    "unknown_end", "too_slow",
}  # fmt: skip
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
each_phase = pytest.mark.parametrize("phase", Phase)


def names(view: View) -> list[str]:
    return [found.name for found in opened(view)]


def test_every_row_of_the_table_is_known_here() -> None:
    assert {row.name for row in ROWS} | COMMANDED == {found.name for found in INTERLOCKS}
    assert len(BY_NAME) == len(INTERLOCKS)


@each_phase
def test_nothing_is_open_when_everything_is_well(phase: Phase) -> None:
    assert names(look(phase)) == []


@each_row
def test_a_row_opens_in_its_phases_only(row: Row) -> None:
    assert {phase for phase in Phase if row.name in names(look(phase, **row.opens))} == row.phases


@each_row
def test_a_row_stays_closed_until_its_figure_is_passed(row: Row) -> None:
    assert [phase for phase in Phase if row.name in names(look(phase, **row.not_yet))] == []


@each_row
def test_a_row_demands_its_action_and_speaks_in_sentences(row: Row) -> None:
    found = BY_NAME[row.name]
    assert found.action is row.action
    texts = (
        [found.sentence, found.clears] if found.action >= Action.CONTROLLED else [found.sentence]
    )
    assert all(text[0].isupper() and text.endswith(".") for text in texts)


@pytest.mark.parametrize("name", sorted(COMMANDED))
def test_no_evidence_opens_a_commanded_row(name: str) -> None:
    controlled = name == "too_slow"
    assert BY_NAME[name].action is (Action.CONTROLLED if controlled else Action.PROTECTIVE)
    for phase in Phase:
        view = look(phase, frame={"fall": True}, other={"journal_ok": False})
        assert name not in names(view)
        assert not BY_NAME[name].opened(view)


def test_nobody_heard_of_opens_every_interlock_that_needs_somebody() -> None:
    nothing = replace(look(WALKING, monitors={"moved_at_s": None}), evidence=Evidence())
    assert set(names(nothing)) == {
        "grip_silent", "link_lost", "guard_silent", "belt_lost", "belt_silent",
        "console_lost", "not_recorded", "belt_late", "relay_open", "suspended", "grip_missed",
    }  # fmt: skip


@pytest.mark.parametrize(("stale_s", "silent_s"), [(0.1, 0.2), (0.25, 0.5), (0.5, 0.5)])
def test_no_setting_lets_a_grip_unit_be_silent_for_longer_than_half_a_second(
    stale_s: float, silent_s: float
) -> None:
    limits = replace(LIMITS, grip_stale_s=stale_s)
    heard = look(limits=limits, other={"advanced_at_s": under(silent_s)})
    assert "grip_silent" not in names(heard)
    silent = look(limits=limits, other={"advanced_at_s": over(silent_s)})
    assert "grip_silent" in names(silent)


def test_the_worst_action_comes_first_and_the_table_breaks_ties() -> None:
    view = look(
        WALKING,
        frame={"fall": True, "tether": False, "battery_pct": 1},
        other={"journal_ok": False},
    )
    assert names(view) == ["fall", "tether", "not_recorded", "battery_low"]


@pytest.mark.parametrize(
    ("before_pct", "now_pct", "moved"),
    [(None, 5.0, False), (0.0, None, False), (0.0, -0.6, True), (0.0, math.nan, True)],
)
def test_an_incline_moves_when_both_are_known_and_differ(
    before_pct: float | None, now_pct: float | None, moved: bool
) -> None:
    watched = PROVEN._replace(incline_pct=before_pct)
    view = look(belt={"inclination_pct": now_pct}, monitors={"belt": watched})
    assert ("incline" in names(view)) is moved


@pytest.mark.parametrize(
    ("heads", "wanted", "wrong"),
    [(None, False, False), (None, True, True), (True, True, False), (False, True, True)],
)
def test_a_belt_without_a_direction_heads_forward(
    heads: bool | None, wanted: bool, wrong: bool
) -> None:
    view = look(belt={"reverse": heads}, reverse=wanted)
    assert ("direction" in names(view)) is wrong


LATCHING = [row for row in ROWS if row.action >= Action.CONTROLLED]
EVENTS = {"safety_key", "console_stop", "foreign_speed", "write_failed", "belt_garbled"}
BOTH_HELD = {"grip_released", "grip_silent", "one_hand", "releases"}
AT_ONCE = COMMANDED | {
    "control_lost", "mismatch", "not_confirmed", "did_not_start", "units", "unresponsive",
    "frozen", "incline", "suspended", "relay_open", "witness_disagrees",
    "symptom", "patient_request", "pain", "effort", "heart_silent",
}  # fmt: skip


@pytest.mark.parametrize("row", LATCHING, ids=lambda row: row.name)
def test_a_cause_is_present_while_its_row_would_open(row: Row) -> None:
    present = not BY_NAME[row.name].cleared(look(LATCHED, **row.opens))
    assert present is (row.name not in AT_ONCE | {"grip_released", "grip_silent", "releases"})


@pytest.mark.parametrize("row", LATCHING, ids=lambda row: row.name)
def test_a_cause_is_absent_once_all_is_well(row: Row) -> None:
    assert BY_NAME[row.name].cleared(look(LATCHED))


@pytest.mark.parametrize("name", sorted(COMMANDED))
def test_a_commanded_cause_is_absent_as_soon_as_it_has_acted(name: str) -> None:
    assert BY_NAME[name].cleared(look(LATCHED))


@pytest.mark.parametrize("name", sorted(BOTH_HELD))
def test_a_lost_grip_is_absent_when_both_hands_have_held_for_two_seconds(name: str) -> None:
    cleared = BY_NAME[name].cleared
    assert not cleared(look(LATCHED, monitors={"both_since_s": under(2.0)}))
    assert not cleared(look(LATCHED, monitors={"both_since_s": None}))
    assert cleared(look(LATCHED, monitors={"both_since_s": over(2.0)}))


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_event_is_absent_when_it_has_not_come_again_for_two_seconds(name: str) -> None:
    cleared = BY_NAME[name].cleared
    key = {"foreign_speed": "foreign_at_s", "belt_garbled": "garbled_at_s"}.get(
        name, f"{name}_at_s"
    )
    assert not cleared(look(LATCHED, belt={key: under(2.0)}))
    assert cleared(look(LATCHED, belt={key: over(2.0)}))


@pytest.mark.parametrize("latency_s", [None, -0.5, math.nan])
def test_a_way_of_unknown_length_is_too_long(latency_s: float | None) -> None:
    assert "grip_late" in names(look(WALKING, other={"latency_s": latency_s}))


def test_at_their_figures_the_battery_and_the_incline_are_still_well() -> None:
    view = look(
        WALKING,
        frame={"battery_pct": 20},
        belt={"inclination_pct": 1.5},
        monitors={"belt": PROVEN._replace(incline_pct=1.0)},
    )
    assert names(view) == []
    belt = replace(view.evidence.belt, inclination_pct=1.52)
    assert "incline" in names(replace(view, evidence=replace(view.evidence, belt=belt)))


@pytest.mark.parametrize(
    ("now_pct", "open_"), [(0.4, True), (0.5, False), (1.0, False), (2.5, False), (2.6, True)]
)
def test_a_deck_may_be_anywhere_between_where_it_was_and_where_it_was_asked_to_go(
    now_pct: float, open_: bool
) -> None:
    for was_pct, asked_pct in ((1.0, 2.0), (2.0, 1.0)):
        watched = PROVEN._replace(incline_pct=was_pct, lift_pct=asked_pct)
        view = look(WALKING, belt={"inclination_pct": now_pct}, monitors={"belt": watched})
        assert ("incline" in names(view)) is open_


@pytest.mark.parametrize(("before", "peak", "found"), [(1, 3, "pain_held"), (1, 4, "pain")])
def test_pain_counts_by_how_far_it_has_risen_too(before: int, peak: int, found: str) -> None:
    assert found in names(look(WALKING, care=Care(pain_before=before, pain_peak=peak)))
    held = names(look(WALKING, care=Care(pain_before=before + 1, pain_peak=peak)))
    assert found not in held


def test_a_heart_without_a_limit_is_nobody_s_affair() -> None:
    view = look(WALKING, monitors={"heart_lost_since_s": ago(60.0)})
    assert names(view) == []


def test_a_heart_that_is_not_known_is_missed_and_not_too_fast() -> None:
    assert names(look(WALKING, **heart(None, NOW_S))) == ["heart_missed"]
    assert names(look(WALKING, **heart(200, over(5.0)))) == ["heart_missed"]


def test_a_commanded_row_is_told_shut() -> None:
    assert BY_NAME["gate"].opened(look(WALKING)) is False


CASE = read((Path(__file__).parents[3] / "docs" / "safety.md").read_text())


@pytest.mark.parametrize("found", INTERLOCKS, ids=lambda found: found.name)
def test_a_row_answers_the_faults_whose_entries_name_it_and_no_others(found: Interlock) -> None:
    named = {fault.number for fault in CASE.faults if found.name in fault.named("Watched")}
    assert set(found.hazards) == named

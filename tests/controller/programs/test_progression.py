"""Proposals, worked out by hand: lights, rows, steps back, and what bounds them."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.programs.library import built_in
from controller.programs.outcome import Light, Outcome, judged
from controller.programs.prescription import MOST_SHARE, Prescription, prescribed, raised, room
from controller.programs.program import Part
from controller.programs.progression import Act, propose
from controller.programs.rules import Change, Row, Sheet
from protocols.units import mps_from_mph

GENTLE = built_in()["knee-oa-gentle"]
MONDAY = date(2026, 3, 2).toordinal()
START = Prescription()
DAYS = (0, 2, 4)
"""Monday, Wednesday, Friday."""
MINUTE_S, TENTH_MPS = 60.0, round(mps_from_mph(0.1), 9)


def day(number: int, per_week: int = 3) -> int:
    """Of the n-th session, from 0."""
    return MONDAY + 7 * (number // per_week) + DAYS[number % per_week]


def walked(sheet: Sheet, now: Prescription, number: int = 0, **more: Any) -> Outcome:
    """A green session, walked as prescribed, but for what is said otherwise."""
    phases = prescribed(sheet, now).phases
    good = Outcome(
        day=day(number, sheet.per_week),
        program=sheet.program.id,
        nprs_peak=2,
        nprs_before=1,
        rpe=12,
        settled=True,
        minutes=sum(phase.duration_s for phase in phases if not phase.rests) / 60,
        top_speed_mps=max(phase.speed_mps for phase in phases),
        incline_pct=max(phase.incline_pct for phase in phases),
        prescription=now,
    )
    return replace(good, **more)


@pytest.mark.parametrize(
    ("more", "light", "said"),
    [
        ({}, Light.GREEN, ()),
        ({"nprs_peak": 3, "nprs_before": 2}, Light.GREEN, ()),
        ({"nprs_peak": 4, "nprs_before": 4}, Light.AMBER, ("Peak pain was 4 of 10.",)),
        ({"nprs_peak": 5, "nprs_before": 4}, Light.AMBER, ("Peak pain was 5 of 10.",)),
        ({"nprs_peak": 3, "nprs_before": 1}, Light.AMBER, ("Pain rose by 2.",)),
        ({"nprs_peak": 6, "nprs_before": 6}, Light.RED, ("Peak pain was 6 of 10.",)),
        ({"nprs_peak": 3, "nprs_before": 0}, Light.RED, ("Pain rose by 3.",)),
        ({"nprs_peak": math.nan}, Light.AMBER,
         ("Peak pain was nan of 10.", "Pain rose by nan.")),
        ({"nprs_peak": None}, Light.AMBER, ("Pain before and during the session is not known.",)),
        ({"nprs_before": None}, Light.AMBER, ("Pain before and during the session is not known.",)),
        ({"nprs_before": None, "nprs_peak": 7}, Light.RED, ("Peak pain was 7 of 10.",)),
        ({"settled": None}, Light.AMBER,
         ("Whether the pain settled by the next day is not known: ask.",)),
        ({"settled": False}, Light.RED, ("The pain had not settled by the next day.",)),
        ({"rpe": 13}, Light.GREEN, ()),
        ({"rpe": 14}, Light.AMBER, ("Effort was 14 of 6-20.",)),
        ({"rpe": 15}, Light.RED, ("Effort was 15 of 6-20.",)),
        ({"rpe": 4, "rpe_scale": "0-10"}, Light.GREEN, ()),
        ({"rpe": 5, "rpe_scale": "0-10"}, Light.AMBER, ("Effort was 5 of 0-10.",)),
        ({"rpe": 7, "rpe_scale": "0-10"}, Light.RED, ("Effort was 7 of 0-10.",)),
        ({"rpe": None}, Light.AMBER,
         ("Effort, on a scale of 6 to 20 or 0 to 10, is not known.",)),
        ({"rpe_scale": "smiles"}, Light.AMBER,
         ("Effort, on a scale of 6 to 20 or 0 to 10, is not known.",)),
        ({"releases": 1}, Light.AMBER, ("Releases of the rails: 1.",)),
        ({"releases": 3}, Light.RED, ("Releases of the rails: 3.",)),
        ({"completed": False}, Light.AMBER, ("The session was not walked to its end.",)),
        ({"minutes": 4.4}, Light.AMBER,
         ("It was walked shorter, slower or flatter than prescribed.",)),
        ({"top_speed_mps": 0.3}, Light.AMBER,
         ("It was walked shorter, slower or flatter than prescribed.",)),
        ({"prescription": Prescription(steeper_pct=1)}, Light.AMBER,
         ("It was walked shorter, slower or flatter than prescribed.",)),
        ({"releases": 1, "rpe": 15}, Light.RED, ("Effort was 15 of 6-20.",)),
    ],
)  # fmt: skip
def test_a_session_has_the_worst_light_of_all_that_is_known_of_it(
    more: dict[str, Any], light: Light, said: tuple[str, ...]
) -> None:
    assert judged(walked(GENTLE, START, **more), GENTLE) == (light, said)


def test_a_program_has_its_own_number_of_releases() -> None:
    sheet = built_in()["familiarisation"]
    assert judged(walked(sheet, START, releases=2), sheet)[0] is Light.RED
    assert judged(walked(GENTLE, START, releases=2), GENTLE)[0] is Light.AMBER


TEN: tuple[tuple[dict[str, Any], Light, Act, dict[str, float]], ...] = (
    ({}, Light.GREEN, Act.RAISE, {"longer_s": 60}),
    ({}, Light.GREEN, Act.RAISE, {"longer_s": 120}),
    ({"nprs_peak": 4, "nprs_before": 3}, Light.AMBER, Act.REPEAT, {"longer_s": 120}),
    ({}, Light.GREEN, Act.RAISE, {"longer_s": 180}),
    ({"rpe": 16}, Light.RED, Act.REDUCE, {"longer_s": 120}),
    ({"settled": False}, Light.RED, Act.CLINICIAN, {"longer_s": 60}),
    ({"releases": 1}, Light.AMBER, Act.REPEAT, {"longer_s": 60}),
    ({}, Light.GREEN, Act.RAISE, {"longer_s": 120}),
    ({"settled": None}, Light.AMBER, Act.REPEAT, {"longer_s": 120}),
    ({}, Light.GREEN, Act.RAISE, {"longer_s": 180}),
)
"""Ten sessions of knee-oa-gentle, worked by hand: how each went, and what is proposed after it."""


def test_ten_sessions_of_one_patient_are_proposed_as_worked_by_hand() -> None:
    now, outcomes = START, list[Outcome]()
    for number, (more, light, act, after) in enumerate(TEN):
        outcomes.append(walked(GENTLE, now, number, **more))
        proposal = propose(GENTLE, now, outcomes)
        assert (proposal.light, proposal.act) == (light, act), number
        assert proposal.prescription == Prescription(**after), number
        assert proposal.reasons
        assert proposal.source.startswith("Published guidance")
        now = proposal.prescription


def accepted(sheet: Sheet, sessions: int) -> list[Prescription]:
    """What is prescribed after each of so many green sessions, every proposal being accepted."""
    now, outcomes, found = START, list[Outcome](), list[Prescription]()
    for number in range(sessions):
        outcomes.append(walked(sheet, now, number))
        now = propose(sheet, now, outcomes).prescription
        found.append(now)
    return found


def test_gentle_gains_minutes_then_speed_by_the_week_and_incline_every_second() -> None:
    found = accepted(GENTLE, 5 + 3 + 3 + 1)
    assert [now.longer_s / MINUTE_S for now in found[:5]] == [1, 2, 3, 4, 5]
    full = found[4]
    assert found[5:7] == [full, full]
    assert found[7] == replace(full, faster_mps=TENTH_MPS)
    assert found[8:10] == [found[7], found[7]]
    assert found[10] == replace(found[7], steeper_pct=1)
    assert found[11] == replace(found[10], faster_mps=2 * TENTH_MPS)


def test_progressive_gains_speed_by_the_week_and_minutes_otherwise() -> None:
    found = accepted(built_in()["knee-oa-progressive"], 6)
    assert [now.longer_s / MINUTE_S for now in found] == [2, 4, 4, 6, 8, 8]
    assert [round(now.faster_mps / TENTH_MPS) for now in found] == [0, 0, 1, 1, 1, 2]


def test_rests_shrink_to_a_minute_before_the_speed_rises() -> None:
    sheet = built_in()["stroke-30"]
    found = accepted(sheet, 12)
    assert [now.rest_shorter_s for now in found[2::3]] == [30, 60, 60, 60]
    assert [round(now.faster_mps / TENTH_MPS) for now in found[2::3]] == [0, 0, 1, 2]
    rests_s = [phase.duration_s for phase in prescribed(sheet, found[-1]).phases if phase.rests]
    assert rests_s == [60, 60]


def test_a_share_of_the_measured_speed_rises_by_ten_per_cent_a_week() -> None:
    sheet = built_in()["stroke-weekly-10pct"]
    now = accepted(sheet, 18)[-1]
    shares = [phase.base_share for phase in prescribed(sheet, now).phases]
    assert shares == [0.5, MOST_SHARE, 0.5]


def test_incline_waits_until_the_speed_is_at_its_bound() -> None:
    found = accepted(built_in()["conditioning-15"], 3 * 6)
    assert [now.steeper_pct for now in found[2::3]] == [0, 0, 0, 0, 0, 1]
    assert found[14].faster_mps == pytest.approx(mps_from_mph(0.5))


def test_a_week_takes_its_days() -> None:
    sheet = built_in()["knee-oa-6wk"]
    daily = [walked(sheet, START, day=MONDAY + n) for n in range(3)]
    assert propose(sheet, START, daily).act is Act.REPEAT
    assert propose(sheet, START, [walked(sheet, START, n) for n in range(3)]).act is Act.RAISE


def test_getting_used_to_it_ends_after_two_easy_sessions() -> None:
    sheet = built_in()["familiarisation"]
    easy = [walked(sheet, START, n, rpe=11) for n in range(2)]
    assert propose(sheet, START, easy[:1]).act is Act.REPEAT
    assert propose(sheet, START, easy).act is Act.READY
    assert propose(sheet, START, [easy[0], walked(sheet, START, 1, rpe=12)]).act is Act.REPEAT
    other = walked(sheet, START, 1, rpe=2, rpe_scale="0-10")
    assert propose(sheet, START, [easy[0], other]).act is Act.REPEAT


def test_a_proposal_shows_its_change_its_reasons_and_its_rule() -> None:
    proposal = propose(GENTLE, START, [walked(GENTLE, START)])
    assert proposal.changes == "1 minute longer."
    assert proposal.reasons == ("Green sessions in a row: 1.",)
    assert proposal.rule.startswith("After 1 green session: 1 minute longer. (1 minute more")
    steep = Prescription(longer_s=300, faster_mps=TENTH_MPS)
    red = propose(GENTLE, steep, [walked(GENTLE, steep, rpe=18)])
    assert red.changes == "0.1 mph (0.16 km/h) slower."
    assert red.rule == "The common rules: see docs/programs.md."


def test_the_program_s_beginning_is_not_taken_back() -> None:
    proposal = propose(GENTLE, START, [walked(GENTLE, START, nprs_peak=7)])
    assert (proposal.act, proposal.prescription) == (Act.CLINICIAN, START)
    assert "there is nothing to take back" in proposal.reasons[-1]


def test_without_sessions_of_this_program_it_begins_as_it_says() -> None:
    other = walked(built_in()["stroke-30"], START)
    proposal = propose(GENTLE, START, [other])
    assert (proposal.light, proposal.act, proposal.prescription) == (None, Act.REPEAT, START)


def test_what_was_walked_on_another_prescription_raises_nothing() -> None:
    proposal = propose(GENTLE, Prescription(longer_s=60), [walked(GENTLE, START)])
    assert proposal.act is Act.REPEAT
    assert "not walked as is prescribed now" in proposal.reasons[-1]


def test_a_course_that_is_walked_is_said_to_be() -> None:
    sheet = built_in()["stroke-short-6"]
    outcomes = [walked(sheet, START, n, rpe=14) for n in range(6)]
    assert propose(sheet, START, outcomes[:5]).reasons == ("Effort was 14 of 6-20.",)
    assert "6 sessions are walked" in propose(sheet, START, outcomes).reasons[-1]


SHEETS = st.sampled_from(list(built_in().values()))
MUCH = st.floats(0, 1e4)
PRESCRIPTIONS = st.builds(Prescription, MUCH, MUCH, MUCH, MUCH, MUCH)


@given(SHEETS, PRESCRIPTIONS)
def test_whatever_is_prescribed_keeps_the_program_s_bounds(
    sheet: Sheet, prescription: Prescription
) -> None:
    program = prescribed(sheet, prescription)
    assert program.duration_s <= program.max_s + 1e-6
    for before, after in zip(sheet.program.phases, program.phases, strict=True):
        assert after.speed_mps <= program.cap_mps
        assert after.incline_pct <= sheet.max_incline_pct
        assert (after.base_share or 0) <= MOST_SHARE
        if after.part in (Part.WARM_UP, Part.COOL_DOWN):
            assert after == before
        if after.rests:
            assert 30 <= after.duration_s <= before.duration_s


@given(SHEETS)
def test_the_default_prescription_is_the_file_itself(sheet: Sheet) -> None:
    assert prescribed(sheet, START) == sheet.program


NPRS = st.none() | st.integers(0, 10)
OUTCOMES = st.builds(
    dict,
    nprs_peak=NPRS,
    nprs_before=NPRS,
    rpe=st.none() | st.integers(6, 20),
    releases=st.integers(0, 4),
    completed=st.booleans(),
    settled=st.none() | st.booleans(),
)


@given(SHEETS, st.lists(OUTCOMES, max_size=20))
def test_a_proposal_raises_only_after_green_by_one_row_and_within_bounds(
    sheet: Sheet, told: list[dict[str, Any]]
) -> None:
    now, outcomes = START, list[Outcome]()
    for number, more in enumerate(told):
        outcomes.append(walked(sheet, now, number, **more))
        proposal = propose(sheet, now, outcomes)
        light = judged(outcomes[-1], sheet)[0]
        steps = [row for row in sheet.rows if raised(sheet, now, row) == proposal.prescription]
        assert (proposal.act is Act.RAISE) <= (light is Light.GREEN)
        if proposal.act is Act.RAISE:
            assert any(room(sheet, now, row) for row in steps)
        elif light is not Light.RED:
            assert proposal.prescription == now
        assert min(vars_of(proposal.prescription)) >= 0
        now = proposal.prescription


def vars_of(now: Prescription) -> tuple[float, ...]:
    return (
        now.longer_s, now.rest_shorter_s, now.faster_mps, now.base_more, now.steeper_pct,
    )  # fmt: skip


def test_the_last_step_is_as_long_as_the_bound_allows() -> None:
    row = Row(Change.MINUTES, 300.0, sessions=1)
    now = Prescription(longer_s=180.0)
    assert room(GENTLE, now, row) == 120.0
    assert raised(GENTLE, now, row).longer_s == 300.0
    assert room(GENTLE, Prescription(longer_s=300.0), row) == 0.0

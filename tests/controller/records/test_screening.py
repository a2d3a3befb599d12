"""Who may be set off, and why not: the checklist, row by row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.records import screening
from controller.records.notes import Consent, Measured, Moment, Pressure, Screening, SessionNotes
from controller.records.screening import Question, Topic, checklist, judge

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ASKED = checklist()
GOOD = {
    **{topic.key: False for topic in ASKED.parq.topics},
    **{question.key: question.good for question in ASKED.question},
}


def answered(**changes: Any) -> Screening:
    facts: dict[str, Any] = {
        "checklist": ASKED.id, "version": ASKED.version, "at": NOW, "answers": GOOD,
        "parq_version": "2024",
    }  # fmt: skip
    return Screening(**{**facts, **changes})


def before(**figures: Any) -> Measured:
    return Measured(**{"moment": Moment.BEFORE, "at": NOW, "pain_nprs": 2, **figures})


def ready(**changes: Any) -> SessionNotes:
    """A patient of whom everything is known and nothing forbids."""
    facts: dict[str, Any] = {
        "patient": "P-07", "supervisor": "anna.k", "program": "demo", "orientation": "turned",
        "screening": answered(), "orientation_explained": True, "safety_key_checked": True,
        "consent": Consent(given=True, form_version="3", at=NOW, explained_by="anna.k"),
        "measured": (before(),),
    }  # fmt: skip
    return SessionNotes(**{**facts, **changes})


def with_answers(**changes: bool) -> SessionNotes:
    return ready(screening=answered(answers={**GOOD, **changes}))


def test_nothing_stands_between_a_ready_patient_and_the_belt() -> None:
    assert judge(ready(), ASKED, NOW).free


def test_of_a_patient_of_whom_nothing_is_known_everything_is_missing() -> None:
    notes = SessionNotes(patient="P-07", supervisor="a", program="demo", orientation="turned")
    assert judge(notes, ASKED, NOW).missing == (
        "The screening questions have not been answered.",
        "The patient has not consented.",
        "It has not been explained to the patient which way to face.",
        "The safety key has not been checked.",
        "Pain before the walk (0 to 10) has not been asked.",
    )


@pytest.mark.parametrize("question", ASKED.question, ids=lambda question: question.key)
def test_a_bad_answer_has_the_consequence_that_the_checklist_names(question: Question) -> None:
    judged = judge(with_answers(**{question.key: not question.good}), ASKED, NOW)
    expected = {
        "refuse": ((), (question.because,)),
        "clearance": ((screening.CLEARANCE_MISSING,), ()),
        "measure": ((question.because,), ()),
    }
    assert (judged.missing, judged.refused) == expected[question.then]


@pytest.mark.parametrize("topic", ASKED.parq.topics, ids=lambda topic: topic.key)
def test_a_yes_to_any_topic_of_the_form_asks_for_clearance(topic: Topic) -> None:
    judged = judge(with_answers(**{topic.key: True}), ASKED, NOW)
    assert judged.missing == (screening.CLEARANCE_MISSING,)


@pytest.mark.parametrize("key", ASKED.keys)
def test_every_question_must_be_answered(key: str) -> None:
    answers = {name: answer for name, answer in GOOD.items() if name != key}
    judged = judge(ready(screening=answered(answers=answers)), ASKED, NOW)
    assert judged.missing == (f"1 screening question is not answered: {key}.",)


def test_clearance_lasts_a_year_and_begins_when_it_is_given() -> None:
    def missing(days: float) -> tuple[str, ...]:
        at = NOW - timedelta(days=days)
        answers = {**GOOD, "recent_fall": True}
        given = answered(answers=answers, cleared_by="Dr. Lee", cleared_at=at)
        return judge(ready(screening=given), ASKED, NOW).missing

    assert [missing(days) for days in (0, 365)] == [(), ()]
    assert missing(365.01) == (screening.CLEARANCE_OLD,)
    assert missing(-0.01) == (screening.CLEARANCE_LATER,)


def test_answers_to_other_questions_are_none() -> None:
    for changes in ({"version": "2025-9"}, {"checklist": "another"}):
        judged = judge(ready(screening=answered(**changes)), ASKED, NOW)
        assert "older version" in judged.missing[0]
    assert judge(ready(screening=answered(parq_version="")), ASKED, NOW).missing == (
        "The edition of the PAR-Q+ form is not noted.",
    )


@pytest.mark.parametrize(
    ("systolic", "diastolic", "refused"),
    [(200, 100, False), (201, 80, True), (120, 101, True), (300, 200, True)],
)
def test_pressure_at_rest_forbids_above_its_limits(
    systolic: int, diastolic: int, refused: bool
) -> None:
    pressure = Pressure(systolic_mmhg=systolic, diastolic_mmhg=diastolic)
    judged = judge(ready(measured=(before(pressure=pressure),)), ASKED, NOW)
    assert judged.refused == (("Blood pressure at rest is above 200/100 mmHg.",) if refused else ())


def test_after_a_stroke_pressure_is_measured_first() -> None:
    pressure = Pressure(systolic_mmhg=140, diastolic_mmhg=90)
    stroke = with_answers(stroke=True)
    assert len(judge(stroke, ASKED, NOW).missing) == 1
    measured = stroke.model_copy(update={"measured": (before(pressure=pressure),)})
    assert judge(measured, ASKED, NOW).free


@pytest.mark.parametrize(("nprs", "free"), [(0, True), (5, True), (6, False), (10, False)])
def test_pain_in_the_red_before_the_walk_forbids_it(nprs: int, free: bool) -> None:
    assert judge(ready(measured=(before(pain_nprs=nprs),)), ASKED, NOW).free is free


@pytest.mark.parametrize("missing", ["given", "form_version", "explained_by"])
def test_consent_is_to_a_form_that_somebody_explained(missing: str) -> None:
    facts = {"given": True, "form_version": "3", "at": NOW, "explained_by": "anna.k"}
    consent = Consent(**{**facts, missing: False if missing == "given" else ""})
    assert len(judge(ready(consent=consent), ASKED, NOW).missing) == 1


def test_support_of_body_weight_needs_the_harness() -> None:
    assert not judge(ready(body_weight_support_pct=20), ASKED, NOW).free
    assert judge(ready(body_weight_support_pct=20, harness=True), ASKED, NOW).free


@given(st.dictionaries(st.sampled_from(ASKED.keys), st.booleans()))
def test_nobody_is_free_unless_every_answer_is_known_and_good(answers: dict[str, bool]) -> None:
    judged = judge(ready(screening=answered(answers=answers)), ASKED, NOW)
    assert judged.free is (answers == GOOD)


def test_no_sentence_names_the_patient() -> None:
    judged = judge(ready(patient="Marker-77", consent=None), ASKED, NOW)
    assert "Marker-77" not in " ".join(judged.missing + judged.refused)

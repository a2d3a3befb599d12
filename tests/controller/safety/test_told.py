"""What a session has been told, folded report by report."""

import math

import pytest

from controller.safety.told import (
    EFFORT_ENDS,
    EFFORTS,
    PAIN_AT_MOST,
    Care,
    Scale,
    Symptom,
    Told,
    heard,
    pain_over,
    released,
)


def test_what_a_report_does_not_speak_of_stays() -> None:
    care = Care(pain_peak=3, effort=11, effort_scale=Scale.BORG_6_20, symptom=Symptom.ATAXIA)
    assert heard(care, Told()) == care


def test_the_highest_pain_and_the_first_symptom_count() -> None:
    care = heard(heard(Care(), Told(pain_nprs=5)), Told(pain_nprs=2, symptom=Symptom.PALLOR))
    care = heard(care, Told(symptom=Symptom.DIZZINESS))
    assert (care.pain_peak, care.symptom) == (5, Symptom.PALLOR)


def test_a_symptom_goes_before_a_wish() -> None:
    care = heard(Care(), Told(symptom=Symptom.PATIENT_REQUEST))
    assert heard(care, Told(symptom=Symptom.CHEST_PAIN)).symptom is Symptom.CHEST_PAIN


@pytest.mark.parametrize("scale", Scale)
def test_effort_is_red_from_hard_on_and_stays_so(scale: Scale) -> None:
    hard = EFFORT_ENDS[scale]
    assert hard in EFFORTS[scale]
    mild = heard(Care(), Told(effort=hard - 1, effort_scale=scale))
    assert not mild.effort_red
    red = heard(mild, Told(effort=hard, effort_scale=scale))
    after = heard(red, Told(effort=hard - 1, effort_scale=scale))
    assert red.effort_red
    assert after.effort_red
    assert (after.effort, after.effort_scale) == (hard - 1, scale)


@pytest.mark.parametrize("told", [Told(effort=15), Told(effort_scale=Scale.BORG_6_20)])
def test_half_an_effort_is_none(told: Told) -> None:
    assert heard(Care(), told) == Care()


@pytest.mark.parametrize(
    ("before", "peak", "over"),
    [(None, None, False), (None, 5, False), (None, 6, True), (3, 5, False), (3, 6, True),
     (0, 2, False), (0, 3, True), (5, 3, False)],
)  # fmt: skip
def test_pain_is_over_by_itself_or_by_its_rise(
    before: int | None, peak: int | None, over: bool
) -> None:
    assert pain_over(Care(pain_before=before, pain_peak=peak), 6, 3) is over


def test_one_letting_go_and_its_flutter_are_one() -> None:
    care = released(Care(), 100.0)
    assert (care.releases, care.released_at_s) == (1, 100.0)
    assert released(care, 101.9) == care
    assert released(care, 102.0).releases == 2
    assert Care().released_at_s == -math.inf


def test_the_scales_are_those_in_use_and_hard_is_where_they_say_so() -> None:
    assert PAIN_AT_MOST == 10
    assert {Scale.BORG_6_20: range(6, 21), Scale.CR_0_10: range(11)} == EFFORTS
    assert EFFORT_ENDS == {Scale.BORG_6_20: 15, Scale.CR_0_10: 7}


def test_a_wish_stays_when_the_next_report_names_no_symptom() -> None:
    wished = heard(Care(), Told(symptom=Symptom.PATIENT_REQUEST))
    assert heard(wished, Told(pain_nprs=1)).symptom is Symptom.PATIENT_REQUEST


def test_without_a_pain_before_nothing_has_risen() -> None:
    assert not pain_over(Care(pain_peak=1), 6, 1)
    assert pain_over(Care(pain_peak=1), 6, 0)

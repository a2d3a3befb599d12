"""A patient's course over the sessions."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from controller.records.notes import Moment, Patient
from controller.records.report.patient import Proposed, Sums, Walk, judged, patient_page
from tests.controller.records.noted import BEFORE, measured, notes
from tests.controller.records.test_report import HOSTILE, Pages, told

PATIENT = Patient(pseudonym="KN-017", program="knee-oa-6wk", baseline_mps=0.6)
PROPOSED = Proposed(10, "green", "raise", "One minute more.", ("Green.",), "a", "b")


def walk(number: int, before: int, peak: int, figures: Sums | None, *, whole: bool = True) -> Walk:
    at = BEFORE + timedelta(days=2 * number)
    said = (measured(Moment.BEFORE, before, at=at), measured(Moment.PEAK, peak, 13, at=at))
    return Walk(at.timestamp(), notes(measured=said), figures, whole)


def walks(count: int) -> list[Walk]:
    return [
        walk(
            n,
            max(0, 6 - n // 3),
            max(0, 7 - n // 3),
            Sums(300 + 10 * n, 90 + 6 * n, 0.4 + n / 100, n % 2),
        )
        for n in range(count)
    ]


def test_the_course_is_told_with_what_a_change_is_worth() -> None:
    text = told(patient_page(PATIENT, walks(10), [PROPOSED]))
    assert "10 sessions" in text
    assert "Pain before: from 6 to 3 (-3): 2 points or more" in text
    assert "Pain peak: from 7 to 4 (-3)" in text
    assert "Pain after" not in text.split("Speed")[0].split("A change")[0]
    assert "Raise. One minute more. Green. Rule: a Grounds: b" in text
    assert "without a comparison" in text
    assert "13 of 20" in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [(0, "noise"), (1, "noise"), (-1.3, "noise"), (-1.5, "more than noise"), (2, "usually notice"),
     (-4, "usually notice")],
)  # fmt: skip
def test_a_small_change_is_called_noise(change: float, expected: str) -> None:
    assert expected in judged(change)


def test_sessions_are_in_the_order_of_their_days() -> None:
    html = patient_page(PATIENT, list(reversed(walks(3))))
    assert html.index("2026-11-26") < html.index("2026-11-28") < html.index("2026-11-30")


def test_a_record_that_cannot_be_read_leaves_a_gap_and_says_so() -> None:
    some = [*walks(3), walk(3, 5, 6, None, whole=False)]
    text = told(patient_page(PATIENT, some))
    assert "not read" in text


def test_one_session_or_none_is_a_page_too() -> None:
    for count in (0, 1):
        page = Pages(patient_page(PATIENT, walks(count)))
        assert page.open == []
    assert "No session is kept" in told(patient_page(PATIENT, []))


def test_forty_sessions_have_labels_that_do_not_touch() -> None:
    html = patient_page(PATIENT, walks(40))
    page = Pages(html)
    places = [float(a["x"] or 0) for tag, a in page.tags if tag == "text" and
              a.get("text-anchor") == "middle"]  # fmt: skip
    first = places[: len(places) // 3]
    assert len(first) >= 5
    assert all(after - before >= 60 for before, after in pairwise(first))


def test_a_proposal_cannot_smuggle_html() -> None:
    html = patient_page(
        PATIENT, walks(2), [replace(PROPOSED, changes=HOSTILE, reasons=(HOSTILE,), rule=HOSTILE)]
    )
    assert "<script" not in html
    assert Pages(html).open == []

"""The table of a visit, as a story and as a whole."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from controller.records.notes import Moment
from controller.records.visit import REFUSALS, TABLE, Entered, Stage, after, refusal, stage_of


def test_a_visit_from_its_beginning_to_the_next_morning() -> None:
    story = {
        Entered.CONSENT: Stage.BEFORE,
        Entered.SCREENING: Stage.BEFORE,
        Entered.CHECKS: Stage.BEFORE,
        Entered.MEASURED_BEFORE: Stage.BEFORE,
        Entered.ARMED: Stage.WALKING,
        Entered.MEASURED_DURING: Stage.WALKING,
        Entered.RESTED: Stage.AFTER,
        Entered.MEASURED_AFTER: Stage.AFTER,
        Entered.CLOSED: Stage.CLOSED,
        Entered.MEASURED_NEXT_MORNING: Stage.CLOSED,
    }
    stage = Stage.BEFORE
    for entered, expected in story.items():
        assert refusal(stage, entered) == ""
        stage = after(stage, entered)
        assert stage is expected
    assert stage_of(story) is Stage.CLOSED


def test_a_patient_who_walks_is_not_closed_nor_asked_the_questions() -> None:
    for entered in (Entered.CLOSED, Entered.SCREENING, Entered.CONSENT, Entered.MEASURED_AFTER):
        assert refusal(Stage.WALKING, entered) == REFUSALS[Stage.WALKING]


def test_what_happened_and_what_is_remarked_can_always_be_entered() -> None:
    for stage, entered in itertools.product(Stage, (Entered.REMARK, Entered.ADVERSE_EVENT)):
        assert refusal(stage, entered) == ""
        assert after(stage, entered) is stage


def test_only_arming_leads_to_walking_and_a_closed_visit_stays_closed() -> None:
    moves = [(stage, entered, to) for (stage, entered), to in TABLE.items() if stage is not to]
    into = {entered for _, entered, to in moves if to is Stage.WALKING}
    assert into == {Entered.ARMED}
    assert {to for (stage, _), to in TABLE.items() if stage is Stage.CLOSED} == {Stage.CLOSED}


def test_every_moment_of_a_measurement_has_its_word() -> None:
    assert {Entered(moment.value) for moment in Moment} <= set(Entered)


@given(st.lists(st.sampled_from(Entered)))
def test_a_visit_never_returns_to_before(entries: list[Entered]) -> None:
    stages = [stage_of(entries[:count]) for count in range(len(entries) + 1)]
    order = list(Stage)
    firsts = [stages.index(stage) for stage in order if stage in stages]
    assert firsts == sorted(firsts)
    left = next((n for n, stage in enumerate(stages) if stage is not Stage.BEFORE), len(stages))
    assert Stage.BEFORE not in stages[left:]

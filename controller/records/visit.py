"""A visit as the desk sees it: one table of stages, and what may be entered in each.

A patient is chosen; questions, checks and measurements come before; control arms, and a record of
its own begins; while the patient walks, people report; after the belt rests, they measure again
and close. The next morning belongs to a closed visit. Where a visit stands is a fold over its
events, so that a desk that was restarted knows.

The table says what is entered when. Whether a patient may be armed is `screening.judge`'s, and
whether the belt may move is control's alone.
"""

from collections.abc import Iterable
from enum import Enum


class Stage(Enum):
    """Where a visit stands."""

    BEFORE = "before"
    WALKING = "walking"
    AFTER = "after"
    CLOSED = "closed"


class Entered(Enum):
    """What can be entered for a visit. A measurement is known by its moment."""

    SCREENING = "screening"
    CONSENT = "consent"
    CHECKS = "checks"
    MEASURED_BEFORE = "before"
    ARMED = "armed"
    MEASURED_DURING = "during"
    SYMPTOM = "symptom"
    RESTED = "rested"
    MEASURED_PEAK = "peak"
    MEASURED_AFTER = "after"
    ASSISTANCE = "assistance"
    CLOSED = "closed"
    MEASURED_NEXT_MORNING = "next_morning"
    ADVERSE_EVENT = "adverse_event"
    REMARK = "remark"


_STAYS: dict[Stage, tuple[Entered, ...]] = {
    Stage.BEFORE: (
        Entered.SCREENING, Entered.CONSENT, Entered.CHECKS, Entered.MEASURED_BEFORE,
    ),
    Stage.WALKING: (
        Entered.ARMED, Entered.MEASURED_DURING, Entered.MEASURED_PEAK, Entered.SYMPTOM,
    ),
    Stage.AFTER: (
        Entered.RESTED, Entered.MEASURED_DURING, Entered.MEASURED_PEAK, Entered.MEASURED_AFTER,
        Entered.SYMPTOM, Entered.ASSISTANCE,
    ),
    Stage.CLOSED: (Entered.MEASURED_NEXT_MORNING,),
}  # fmt: skip
_ALWAYS = (Entered.REMARK, Entered.ADVERSE_EVENT)
_MOVES: dict[tuple[Stage, Entered], Stage] = {
    (Stage.BEFORE, Entered.ARMED): Stage.WALKING,
    (Stage.BEFORE, Entered.CLOSED): Stage.CLOSED,
    (Stage.WALKING, Entered.RESTED): Stage.AFTER,
    (Stage.AFTER, Entered.ARMED): Stage.WALKING,
    (Stage.AFTER, Entered.CLOSED): Stage.CLOSED,
}

TABLE: dict[tuple[Stage, Entered], Stage] = {
    **{(stage, each): stage for stage, stays in _STAYS.items() for each in stays + _ALWAYS},
    **_MOVES,
}

REFUSALS: dict[Stage, str] = {
    Stage.BEFORE: "That comes later: the patient has not walked yet.",
    Stage.WALKING: "That cannot be entered while the patient walks. Stop the belt first.",
    Stage.AFTER: "The patient has walked already. Correct what was entered, or open a new visit.",
    Stage.CLOSED: "The visit is closed. Correct what was entered, or open a new visit.",
}


def refusal(stage: Stage, entered: Entered) -> str:
    """Why this cannot be entered now; empty if it can. A correction can be, always."""
    return "" if (stage, entered) in TABLE else REFUSALS[stage]


def after(stage: Stage, entered: Entered) -> Stage:
    """Where an entry leads. Total: what the table does not have changes nothing."""
    return TABLE.get((stage, entered), stage)


def stage_of(entries: Iterable[Entered]) -> Stage:
    """Where a visit stands after all that was entered, in its order."""
    stage = Stage.BEFORE
    for entered in entries:
        stage = after(stage, entered)
    return stage


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documents."""
    arrows = [
        f"    {stage.value} --> {target.value}: {entered.value}"
        for (stage, entered), target in _MOVES.items()
    ]
    return "\n".join(["stateDiagram-v2", "    [*] --> before", *arrows])
